#include "state/heap_backend.h"

#include <algorithm>
#include <utility>

#include "state/changelog/changelog.h"
#include "state/changelog/log_segment.h"
#include "state/heap_tables.h"
#include "state/keyed_snapshot.h"
#include "weir/engine/hash.h"

namespace weir::engine {
namespace {

// Reads hand out references to objects that nobody may change, so that a job cannot tell this backend from RocksDB by
// changing what it was given (ST-1).
//
// With a changelog the content as of the last cut stays open as a version: what was written since is what a cell's own
// version says, so that nothing is logged at the access itself (SN-20).
class HeapBackend final : public KeyedStateBackend, private LoggedState {
 public:
  HeapBackend(KeyGroupRange range, const Clock* clock, const DefectSet& defects, bool with_changelog)
      : KeyedStateBackend(range, clock), defects_(defects), tables_(*this, current_key(), versions_, defects) {
    if (!with_changelog) return;
    changelog_.emplace(static_cast<LoggedState&>(*this), range);
    last_cut_ = versions_.open();
  }
  ~HeapBackend() override;

  std::unique_ptr<PendingStateSnapshot> snapshot(const SnapshotRequest& request) override;
  Status restore(BytesView snapshot) override;
  std::uint64_t digest(KeyGroupRange wanted) override;
  std::vector<StateKey> get_keys(BytesView state_name, BytesView name_space) override;
  HeapTables* tables() override { return &tables_; }
  Changelog* changelog() override { return changelog_ ? &*changelog_ : nullptr; }
  void notify_checkpoint_complete(CheckpointId checkpoint) override {
    if (changelog_) changelog_->notify_complete(checkpoint);
  }
  void notify_checkpoint_aborted(CheckpointId checkpoint) override {
    if (changelog_) changelog_->notify_aborted(checkpoint);
  }

 private:
  class Snapshot;
  std::unique_ptr<PendingStateSnapshot> whole() override;
  Bytes cut() override;
  std::vector<StateMeta> states() const override;
  void release(Snapshot& snapshot);
  Bytes write(const Snapshot& snapshot);

  const DefectSet defects_;
  SnapshotVersions versions_;
  RestoringTables tables_;
  std::vector<Snapshot*> open_;
  KeyedSnapshotEncoder encoder_;
  std::optional<Changelog> changelog_;
  SnapshotVersions::Version last_cut_ = 0;
};

// A version, until it or its backend is destroyed.
class HeapBackend::Snapshot final : public PendingStateSnapshot, private KeyedSnapshotEncoder::Values {
 public:
  Snapshot(HeapBackend& backend, SnapshotVersions::Version shown) : version(shown), backend_(&backend) {
    taken_at_ = backend.now();
    backend.open_.push_back(this);
  }
  ~Snapshot() override {
    if (backend_ != nullptr) backend_->release(*this);
  }
  void orphan() { backend_ = nullptr; }
  Bytes write() override;

  const SnapshotVersions::Version version;

 private:
  bool write(const KeyedSnapshotEncoder::Cell& cell, ByteBuffer& out) override;

  HeapBackend* backend_;
  Time taken_at_{};
  std::vector<const HeapTable*> sources_;  // per state number; orphans behind all tables have none
  std::vector<BytesView> orphan_cells_;
  ByteBuffer whole_;
};

Bytes HeapBackend::Snapshot::write() {
  WEIR_ASSERT(backend_ != nullptr, "a snapshot is written after its backend is gone");
  KeyedSnapshotEncoder& encoder = backend_->encoder_;
  std::size_t cells = 0;
  for (const auto& table : backend_->tables_.all()) cells += table->size();
  encoder.begin(backend_->range(), cells);
  const bool torn = backend_->defects_.has(Defect::WriteAfterSyncPart);
  const SnapshotVersions::Version shown = torn ? backend_->versions_.now() : version;
  sources_.clear();
  orphan_cells_.clear();
  for (const auto& table : backend_->tables_.all()) {
    encoder.begin_state(table->state().meta);
    sources_.push_back(table.get());
    table->each_at(shown, [&](const HeapTable::Found& f) { encoder.add(f.group, f.name_space, f.key, f.cell); });
  }
  backend_->tables_.each_orphan([&](const StateMeta& meta) { encoder.begin_state(meta); },
                                [&](const SnapshotCell& c) {
                                  const auto number = static_cast<std::uint32_t>(orphan_cells_.size());
                                  encoder.add(c.group, c.name_space, c.key, number);
                                  orphan_cells_.push_back(c.cell);
                                });
  return encoder.encode(backend_->key_schema(), *this);
}

bool HeapBackend::Snapshot::write(const KeyedSnapshotEncoder::Cell& cell, ByteBuffer& out) {
  if (cell.state >= sources_.size()) {
    out.append(orphan_cells_[cell.number]);
    return true;
  }
  const HeapTable& table = *sources_[cell.state];
  const StateRegistration& state = table.state();
  if (!state.ttl.cleans_snapshots()) {
    table.write_cell(cell.number, out);
    return true;
  }
  whole_.clear();
  table.write_cell(cell.number, whole_);
  return state.ops->unexpired(state.ttl, taken_at_, whole_, out);
}

HeapBackend::~HeapBackend() {
  for (Snapshot* snapshot : open_) snapshot->orphan();
}

std::unique_ptr<PendingStateSnapshot> HeapBackend::snapshot(const SnapshotRequest& request) {
  return changelog_ && is_checkpoint(request.kind) ? changelog_->take(request) : whole();
}

std::unique_ptr<PendingStateSnapshot> HeapBackend::whole() {
  auto snapshot = std::make_unique<Snapshot>(*this, versions_.open());
  if (defects_.has(Defect::ReleaseVersionEarly)) versions_.release(snapshot->version);
  return snapshot;
}

Bytes HeapBackend::cut() {
  ChangeSet changes;
  ByteBuffer cell;
  for (std::uint16_t number = 0; number < tables_.all().size(); ++number) {
    const HeapTable& table = *tables_.all()[number];
    table.each_since(
        last_cut_,
        [&](const HeapTable::Found& f) {
          cell.clear();
          table.write_cell(f.cell, cell);
          changes.put({number, f.group, f.name_space, f.key}, cell);
        },
        [&](const HeapTable::Found& f) {
          changes.remove({number, f.group, f.name_space, f.key});
        });
  }
  const auto before = std::exchange(last_cut_, versions_.open());
  versions_.release(before);
  for (const auto& table : tables_.all()) table->trim();
  return changes.empty() ? Bytes() : changes.encode(range(), key_schema(), states());
}

std::vector<StateMeta> HeapBackend::states() const {
  std::vector<StateMeta> metas;
  for (const auto& table : tables_.all()) metas.push_back(table->state().meta);
  tables_.each_orphan([&](const StateMeta& meta) { metas.push_back(meta); }, [](const SnapshotCell&) {});
  return metas;
}

void HeapBackend::release(Snapshot& snapshot) {
  std::erase(open_, &snapshot);
  versions_.release(snapshot.version);
  for (const auto& table : tables_.all()) table->trim();
}

Status HeapBackend::restore(BytesView snapshot) {
  WEIR_ASSERT(open_.empty(), "state is restored under an open snapshot");
  if (changelog_) changelog_->lose_base();
  auto restored = std::make_unique<RestoringTables::Restored>();
  restored->bytes = snapshot;
  if (Status s = parse_keyed_snapshot(restored->bytes, range(), restored->content); !s.ok()) return s;
  if (Status s = check_key_schema(restored->content.key_schema); !s.ok()) return s;
  note_key_schema(restored->content.key_schema);
  return tables_.add(std::move(restored));
}

std::uint64_t HeapBackend::digest(KeyGroupRange wanted) {
  std::uint64_t sum = 0;
  for (const auto& table : tables_.all()) {
    if (!table->state().meta.stamped) sum += table->digest(wanted);
  }
  // States nobody registered count as content like all others (ST-6).
  const StateMeta* meta = nullptr;
  std::uint64_t name = 0;
  const auto begin = [&](const StateMeta& m) {
    meta = &m;
    name = hash_bytes(m.name);
  };
  tables_.each_orphan(begin, [&](const SnapshotCell& c) {
    if (!wanted.contains(c.group) || meta->stamped) return;
    const std::uint64_t address = hash_address(hash_bytes(c.key), c.name_space);
    sum += meta->kind == StateKind::Map ? digest_map(name, address, c.cell) : digest_cell(name, address, c.cell);
  });
  return sum;
}

std::vector<StateKey> HeapBackend::get_keys(BytesView state_name, BytesView name_space) {
  std::vector<StateKey> keys;
  for (const auto& table : tables_.all()) {
    if (table->name() != state_name) continue;
    table->each_at(versions_.now(), [&](const HeapTable::Found& f) {
      if (f.name_space == name_space) keys.push_back({Bytes(f.key), f.group});
    });
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

}  // namespace

std::unique_ptr<KeyedStateBackend> make_heap_backend(KeyGroupRange range, const Clock* clock, const DefectSet& defects,
                                                     bool with_changelog) {
  return std::make_unique<HeapBackend>(range, clock, defects, with_changelog);
}

}  // namespace weir::engine
