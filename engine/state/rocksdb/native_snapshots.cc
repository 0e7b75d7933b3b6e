#include "state/rocksdb/native_snapshots.h"

#include <algorithm>
#include <utility>

#include "state/rocksdb/session_id.h"
#include "weir/engine/assert.h"
#include "weir/engine/hash.h"
#include "weir/engine/operator.h"

namespace weir::engine {
namespace {

void check(const Status& status, const std::string& path) {
  if (status.ok()) return;
  throw OperatorFailure{FailureCause::SnapshotFailed, "no snapshot of '" + path + "': " + status.message()};
}

SharingStrategy strategy_of(SnapshotKind kind, const DefectSet& defects) {
  if (kind == SnapshotKind::NativeSavepoint && defects.has(Defect::ShareFilesOfSavepoint))
    return SharingStrategy::Reuse;
  switch (kind) {
    case SnapshotKind::Checkpoint:
      return SharingStrategy::Reuse;
    case SnapshotKind::FullCheckpoint:
      return SharingStrategy::Full;
    default:
      return SharingStrategy::Exclusive;
  }
}

SealedFile seal(const NativeSnapshot::File& file) { return engine::seal(file.name, file.content); }

}  // namespace

// The links are its own until it is read or given up; with `linked`, while it lives.
class NativeSnapshots::Pending final : public PendingStateSnapshot, public NativeSnapshot {
 public:
  Pending(const std::shared_ptr<Core>& core, const SnapshotRequest& request, std::string links, NativeJoint joint)
      : core_(core), request_(request), links_(std::move(links)), joint_(std::move(joint)) {}
  ~Pending() override {
    if (const auto core = core_.lock()) remove_links(*core);
  }

  void keep_linked(const std::vector<std::string>& tables) {
    for (const std::string& name : tables) linked_.push_back({name, links_ + "/" + name});
  }
  void plan(ConfirmedUploads::Plan plan, std::vector<File> exclusive) {
    upload_ = std::move(plan.upload);
    content_.reused = std::move(plan.reused);
    content_.exclusive = std::move(exclusive);
  }

  Bytes write() override { fail_invariant("native()", "a native snapshot is files", __FILE__, __LINE__); }
  NativeSnapshot* native() override { return this; }
  const std::vector<Linked>& linked() const override { return linked_; }
  Content read() override;
  void uploaded(const std::vector<SharedFile>& shared) override;

 private:
  void read_tables(Core& core);
  void join();
  // What cannot be removed stays until the next attempt starts.
  void remove_links(Core& core) {
    if (!links_.empty()) static_cast<void>(core.disk.remove_directory(std::exchange(links_, {})));
  }

  std::weak_ptr<Core> core_;
  SnapshotRequest request_;
  std::string links_;
  NativeJoint joint_;
  std::vector<std::string> upload_;  // tables
  std::vector<Linked> linked_;
  Content content_;
};

NativeSnapshot::Content NativeSnapshots::Pending::read() {
  const auto core = core_.lock();
  WEIR_ASSERT(core != nullptr, "a snapshot is written after its backend is gone");
  read_tables(*core);
  if (linked_.empty()) remove_links(*core);
  join();
  return std::move(content_);
}

// SN-16: a savepoint's tables are nobody else's.
void NativeSnapshots::Pending::read_tables(Core& core) {
  const bool alone = strategy_of(request_.kind, core.defects) == SharingStrategy::Exclusive;
  for (const std::string& name : upload_) {
    const Result<BytesView> bytes = core.disk.read(links_ + "/" + name);
    check(bytes.status(), name);
    File& file = (alone ? content_.exclusive : content_.shared).emplace_back(File{name, Bytes(bytes.value())});
    erase_session_id(file.content);
    if (!alone) core.known[name] = seal(file);
    joint_.files.push_back(seal(file));
  }
}

void NativeSnapshots::Pending::join() {
  for (const File& file : content_.exclusive) {
    if (std::find(upload_.begin(), upload_.end(), file.name) == upload_.end()) joint_.files.push_back(seal(file));
  }
  std::sort(joint_.files.begin(), joint_.files.end(),
            [](const SealedFile& a, const SealedFile& b) { return a.name < b.name; });
  content_.backend = joint_.backend;
  content_.joint = encode_joint(joint_);
}

void NativeSnapshots::Pending::uploaded(const std::vector<SharedFile>& shared) {
  const auto core = core_.lock();
  if (core == nullptr || strategy_of(request_.kind, core->defects) == SharingStrategy::Exclusive) return;  // SP-4
  core->uploads.uploaded(request_.checkpoint, shared);
  if (core->defects.has(Defect::ReuseUnconfirmedFiles)) core->uploads.notify_complete(request_.checkpoint);
}

NativeSnapshots::NativeSnapshots(Environment& environment, LocalDisk& disk, std::string directory, std::string backend,
                                 bool keeps_linked)
    : core_(std::make_shared<Core>(Core{disk, environment.defects})),
      directory_(std::move(directory)),
      backend_(std::move(backend)),
      keeps_linked_(keeps_linked) {}

std::unique_ptr<PendingStateSnapshot> NativeSnapshots::take(const SnapshotRequest& request, const RocksStore& store,
                                                            NativeJoint joint) {
  RocksStore::LiveFiles live = store.live_files();
  forget_obsolete(live.tables);
  const SharingStrategy strategy = strategy_of(request.kind, core_->defects);
  const ConfirmedUploads::Plan plan = core_->uploads.plan(live.tables, strategy, request.merged);
  if (strategy != SharingStrategy::Exclusive) core_->uploads.begun(request.checkpoint, plan.upload);
  joint.backend = backend_;
  for (const SharedFile& file : plan.reused) joint.files.push_back(core_->known.at(file.name));
  const std::string links = directory_ + "-chk-" + std::to_string(request.checkpoint.value);
  auto pending = std::make_unique<Pending>(core_, request, links, std::move(joint));
  const bool linked = keeps_linked_ && strategy != SharingStrategy::Exclusive;
  link_tables(linked ? live.tables : plan.upload, links);
  if (linked) pending->keep_linked(live.tables);
  std::vector<NativeSnapshot::File> exclusive;
  for (auto& [name, content] : live.others) {
    if (name.starts_with("MANIFEST-")) erase_unique_ids(content);
    exclusive.push_back({std::move(name), std::move(content)});
  }
  pending->plan(plan, std::move(exclusive));
  return pending;
}

void NativeSnapshots::link_tables(const std::vector<std::string>& names, const std::string& links) {
  check(core_->disk.make_directory(links), links);
  for (const std::string& name : names) {
    check(core_->disk.link(directory_ + "/" + name, links + "/" + name), name);
  }
}

void NativeSnapshots::forget_obsolete(const std::vector<std::string>& live) {
  std::erase_if(core_->known,
                [&](const auto& entry) { return !std::binary_search(live.begin(), live.end(), entry.first); });
}

void NativeSnapshots::restored(const NativeJoint& joint, const std::vector<SharedFile>& files, CheckpointId base) {
  backend_ = joint.backend;
  for (const SealedFile& file : joint.files) core_->known[file.name] = file;
  if (base != kNoCheckpoint) core_->uploads.restored(base, files);
}

}  // namespace weir::engine
