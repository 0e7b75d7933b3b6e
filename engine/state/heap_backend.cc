#include "state/heap_backend.h"

#include <algorithm>
#include <utility>

#include "state/heap_tables.h"
#include "state/keyed_snapshot.h"
#include "weir/engine/hash.h"

namespace weir::engine {
namespace {

class HeapBackend final : public KeyedStateBackend {
 public:
  HeapBackend(KeyGroupRange range, const Clock* clock, const DefectSet& defects)
      : KeyedStateBackend(range, clock), defects_(defects), tables_(*this, current_key(), versions_, defects) {}
  ~HeapBackend() override;

  std::unique_ptr<PendingStateSnapshot> snapshot(const SnapshotRequest& request) override;
  Status restore(BytesView snapshot) override;
  std::uint64_t digest(KeyGroupRange wanted) override;
  std::vector<StateKey> get_keys(BytesView state_name, BytesView name_space) override;
  HeapTables* tables() override { return &tables_; }

 private:
  class Snapshot;
  void release(Snapshot& snapshot);
  Bytes write(const Snapshot& snapshot);

  const DefectSet defects_;
  SnapshotVersions versions_;
  RestoringTables tables_;
  std::vector<Snapshot*> open_;
  KeyedSnapshotEncoder encoder_;
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

std::unique_ptr<PendingStateSnapshot> HeapBackend::snapshot(const SnapshotRequest&) {
  auto snapshot = std::make_unique<Snapshot>(*this, versions_.open());
  if (defects_.has(Defect::ReleaseVersionEarly)) versions_.release(snapshot->version);
  return snapshot;
}

void HeapBackend::release(Snapshot& snapshot) {
  std::erase(open_, &snapshot);
  versions_.release(snapshot.version);
  for (const auto& table : tables_.all()) table->trim();
}

Status HeapBackend::restore(BytesView snapshot) {
  WEIR_ASSERT(versions_.none_open(), "state is restored under an open snapshot");
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

std::unique_ptr<KeyedStateBackend> make_heap_backend(KeyGroupRange range, const Clock* clock,
                                                     const DefectSet& defects) {
  return std::make_unique<HeapBackend>(range, clock, defects);
}

}  // namespace weir::engine
