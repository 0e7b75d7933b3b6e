#include "state/changelog/changelog.h"

#include <algorithm>
#include <utility>

#include "weir/engine/assert.h"
#include "weir/engine/hash.h"

namespace weir::engine {
namespace {

std::string segment_name(std::uint64_t number) { return "log-" + std::to_string(number); }
std::string materialization_name(std::uint64_t id) { return "materialized-" + std::to_string(id); }

}  // namespace

// A snapshot of files: what the plan chose, or a materialisation of its own.
class Changelog::Pending final : public PendingStateSnapshot, public NativeSnapshot {
 public:
  Pending(const std::shared_ptr<Core>& core, const SnapshotRequest& request, ChangelogManifest manifest)
      : core_(core), request_(request), manifest_(std::move(manifest)) {}

  Bytes write() override { fail_invariant("native()", "a changelog snapshot is files", __FILE__, __LINE__); }
  NativeSnapshot* native() override { return this; }
  const std::vector<Linked>& linked() const override { return linked_; }
  Content read() override;
  void uploaded(const std::vector<SharedFile>& shared) override;

  // Either these, or `own`.
  std::vector<SharedFile> reused;
  std::vector<Piece> upload;
  std::vector<std::shared_ptr<MaterializedFile>> files;  // among `reused`
  std::optional<Materialization> own;

 private:
  void materialize(Core& core, Content& content);

  std::weak_ptr<Core> core_;
  SnapshotRequest request_;
  ChangelogManifest manifest_;
  std::vector<Linked> linked_;  // none: a local copy has the manifest, and the log is read where it is
};

NativeSnapshot::Content Changelog::Pending::read() {
  const auto core = core_.lock();
  WEIR_ASSERT(core != nullptr, "a snapshot is written after its backend is gone");
  Content content{"changelog", {}, std::move(reused), {}, {}};
  for (const Piece& piece : upload) content.shared.push_back({piece.seal.name, *piece.content});
  if (own) materialize(*core, content);
  content.joint = encode_manifest(manifest_);
  return content;
}

void Changelog::Pending::materialize(Core& core, Content& content) {
  Bytes bytes = own->write();
  manifest_.materialized = true;
  manifest_.next_materialization = own->id + 1;
  manifest_.pieces = {{materialization_name(own->id), own->size, own->hash}};
  core.adopt({manifest_.pieces.front(), own->until, std::make_shared<const Bytes>(bytes)});
  content.shared.push_back({manifest_.pieces.front().name, std::move(bytes)});
  own->snapshot.reset();
}

// SN-24: from here on the files are the JobManager's to delete.
void Changelog::Pending::uploaded(const std::vector<SharedFile>& shared) {
  for (const auto& file : files) file->sent = true;
  if (const auto core = core_.lock()) core->uploads.uploaded(request_.checkpoint, shared);
}

Bytes Changelog::Materialization::write() {
  Bytes bytes = snapshot->write();
  size = bytes.size();
  hash = hash_bytes(bytes);
  return bytes;
}

// SN-22: what it covers goes. Snapshots under way hold on to the segments that they chose.
void Changelog::Core::adopt(Piece materialized) {
  if (base && base->number > materialized.number) return;
  base = std::move(materialized);
  while (!log.empty() && log.front().number < base->number) log.pop_front();
}

void Changelog::close_segment() {
  Bytes bytes = state_.cut();
  if (forms_changed()) return core_->lose_base();
  if (bytes.empty()) return;
  const std::uint64_t number = core_->next_segment++;
  auto sealed = seal(segment_name(number), bytes);
  core_->log.push_back({std::move(sealed), number, std::make_shared<const Bytes>(std::move(bytes))});
}

// Cells that were logged before a state changed its form are of another form than those after it.
bool Changelog::forms_changed() {
  bool changed = false;
  for (StateMeta& meta : state_.states()) {
    StateMeta& known = core_->forms.try_emplace(meta.name, meta).first->second;
    changed |= known != meta;
    known = std::move(meta);
  }
  return changed;
}

std::unique_ptr<PendingStateSnapshot> Changelog::take(const SnapshotRequest& request) {
  close_segment();
  auto pending = std::make_unique<Pending>(core_, request, manifest());
  const bool nothing = !core_->base && core_->log.empty();
  if (request.kind == SnapshotKind::FullCheckpoint || !core_->stands() || nothing) {
    pending->own = Materialization{core_->next_materialization++, core_->next_segment, state_.whole()};
    core_->uploads.begun(request.checkpoint, {materialization_name(pending->own->id)});
  } else {
    plan(*pending, request);
  }
  return pending;
}

ChangelogManifest Changelog::manifest() const {
  ChangelogManifest manifest{range_, core_->base.has_value(), core_->next_segment, core_->next_materialization, {}};
  if (core_->base) manifest.pieces.push_back(core_->base->seal);
  for (const Piece& piece : core_->log) manifest.pieces.push_back(piece.seal);
  return manifest;
}

// A piece that a confirmed checkpoint has is referred to, and so is a materialisation that is durable by itself; all
// others are uploaded, once more if need be (SN-13, SN-14). Every later checkpoint has a segment that an earlier one
// had, until the log goes, so a confirmed segment is not needed any more. A materialisation is: a checkpoint that was
// begun before it was written, and so stands on the log instead, may be confirmed after one that has it.
void Changelog::plan(Pending& pending, const SnapshotRequest& request) {
  std::vector<std::string> uploads;
  const auto place = [&](const Piece& piece) {
    const auto known = core_->uploads.plan({piece.seal.name}, SharingStrategy::Reuse);
    if (!known.reused.empty()) {
      pending.reused.push_back(known.reused.front());
    } else if (piece.file != nullptr) {
      pending.reused.push_back({piece.seal.name, piece.file->path, piece.seal.size});
    } else {
      WEIR_ASSERT(piece.content != nullptr, "a piece of the log is neither confirmed nor at hand");
      pending.upload.push_back(piece);
      uploads.push_back(piece.seal.name);
    }
    if (piece.file != nullptr) pending.files.push_back(piece.file);
    return !known.reused.empty();
  };
  if (core_->base) place(*core_->base);
  for (Piece& piece : core_->log) {
    if (place(piece)) piece.content.reset();
  }
  core_->uploads.begun(request.checkpoint, uploads);
}

void Changelog::restored(const ChangelogManifest& manifest, const std::vector<StateMeta>& states,
                         const std::vector<SharedFile>& files, CheckpointId base) {
  Core& core = *core_;
  core.next_segment = manifest.next_segment;
  core.next_materialization = manifest.next_materialization;
  core.must_cover = 0;
  for (const StateMeta& meta : states) core.forms.emplace(meta.name, meta);
  const std::size_t segments = manifest.pieces.size() - (manifest.materialized ? 1 : 0);
  std::uint64_t number = manifest.next_segment - segments;
  for (const SealedFile& piece : manifest.pieces) {
    if (manifest.materialized && !core.base) {
      core.base = Piece{piece, number};
    } else {
      core.log.push_back({piece, number++});
    }
  }
  core.uploads.restored(base, files);
}

std::optional<Changelog::Materialization> Changelog::begin_materialization() {
  close_segment();
  if (core_->stands() && core_->log.empty()) return std::nullopt;
  return Materialization{core_->next_materialization++, core_->next_segment, state_.whole()};
}

void Changelog::materialized(const Materialization& done, std::shared_ptr<MaterializedFile> file) {
  core_->adopt({{materialization_name(done.id), done.size, done.hash}, done.until, nullptr, std::move(file)});
}

}  // namespace weir::engine
