#include "state/rocksdb/rocks_backend.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "state/keyed_snapshot.h"
#include "state/rocksdb/rocks_cells.h"
#include "state/rocksdb/working_directory.h"

namespace weir::engine {
namespace {

class RocksBackend final : public KeyedStateBackend, public ByteCells {
 public:
  explicit RocksBackend(const BackendRequest& request)
      : KeyedStateBackend(request.range, &request.environment.clock),
        keys_(request.max_parallelism),
        store_(request.environment.disks.of(request.process), request.environment.clock, request.background,
               make_working_directory(request)),
        states_(store_, keys_) {}
  ~RocksBackend() override;

  BackgroundWork& work() { return store_.work(); }

  std::unique_ptr<PendingStateSnapshot> snapshot(CheckpointId checkpoint) override;
  Status restore(BytesView snapshot) override;
  std::uint64_t digest(KeyGroupRange wanted) override;
  std::vector<StateKey> get_keys(BytesView state_name, BytesView name_space) override;
  ByteCells* cells() override { return this; }

  StateSlot register_state(const StateRegistration& state) override {
    return StateSlot{states_.register_state(state, range(), now()).value};
  }
  bool get(const Place& place, Bytes& value) override { return store_.get(family(place.state), address(place), value); }
  void put(const Place& place, BytesView value) override { store_.put(family(place.state), address(place), value); }
  void append(StateSlot state, BytesView bytes) override { store_.append(family(state), address({state}), bytes); }
  void remove(const Place& place) override { store_.remove(family(place.state), address(place)); }
  void each_entry(StateSlot state, EntryVisitor& visitor) override;

 private:
  class Snapshot;
  // A state, its slot and its column family have the same number.
  static FamilyIndex family(StateSlot slot) { return {slot.value}; }
  BytesView current_key_bytes() const { return current_key().address.substr(0, current_key().key_size); }
  BytesView address(const Place& place);

  CellKeys keys_;
  Bytes current_;                   // composite key of the current cell
  std::uint64_t encoded_turn_ = 0;  // the current key's when `current_` is of it
  Bytes entry_;                     // composite key of an entry of the current map
  RocksStore store_;
  RocksStates states_;
  std::vector<Snapshot*> outstanding_;
};

// Pins a sequence number of the database until it is destroyed or its backend is.
class RocksBackend::Snapshot final : public PendingStateSnapshot {
 public:
  explicit Snapshot(RocksBackend& backend)
      : backend_(&backend), pinned_(backend.store_.pin()), states_(backend.states_.all()), taken_at_(backend.now()) {
    backend.outstanding_.push_back(this);
  }
  ~Snapshot() override {
    if (backend_ == nullptr) return;
    std::erase(backend_->outstanding_, this);
    release();
  }
  void release() {
    backend_->store_.unpin(pinned_);
    backend_ = nullptr;
  }
  Bytes write() override;

 private:
  RocksBackend* backend_;
  const rocksdb::Snapshot* pinned_;
  std::vector<RocksStates::State> states_;  // as they are then; those created later have no cells in it
  Time taken_at_;
};

Bytes RocksBackend::Snapshot::write() {
  WEIR_ASSERT(backend_ != nullptr, "a snapshot is written after its backend is gone");
  KeyedCells cells(backend_->range());
  for (std::uint16_t i = 0; i < states_.size(); ++i) {
    const RocksStates::State& state = states_[i];
    cells.begin_state(state.meta);
    if (state.ttl.cleans_snapshots()) cells.leave_out({state.ttl, state.ops->unexpired, taken_at_});
    backend_->states_.each_cell(FamilyIndex{i}, pinned_, backend_->range(),
                                [&](const CellKeys::Parts& at, BytesView value) {
                                  cells.add_entry(at.group, at.name_space, at.key, at.user_key, value);
                                });
  }
  return cells.encode(backend_->key_schema());
}

// Giving a pin back may queue a compaction, so the executor is let go first.
RocksBackend::~RocksBackend() {
  store_.disconnect();
  for (Snapshot* snapshot : outstanding_) snapshot->release();
}

BytesView RocksBackend::address(const Place& place) {
  const CurrentKey& key = current_key();
  WEIR_ASSERT(key.turn != 0, "keyed state is used without a current key");
  if (place.user_key) {
    keys_.encode_entry(key.group, current_key_bytes(), current_namespace(), *place.user_key, entry_);
    return entry_;
  }
  if (encoded_turn_ != key.turn) {
    keys_.encode(key.group, current_key_bytes(), current_namespace(), current_);
    encoded_turn_ = key.turn;
  }
  return current_;
}

void RocksBackend::each_entry(StateSlot state, EntryVisitor& visitor) {
  const CurrentKey& key = current_key();
  WEIR_ASSERT(key.turn != 0, "keyed state is used without a current key");
  Bytes stem;
  keys_.encode_stem(key.group, current_key_bytes(), current_namespace(), stem);
  states_.each_entry(family(state), stem, [&](const CellKeys::Parts& at, BytesView value) {
    const bool ours = at.key == current_key_bytes() && at.name_space == current_namespace();
    return !ours || visitor.entry(at.user_key, value);
  });
}

// The flush gives the tree its shape at points that the run decides, and never by the size of a memtable.
std::unique_ptr<PendingStateSnapshot> RocksBackend::snapshot(CheckpointId) {
  auto pending = std::make_unique<Snapshot>(*this);
  store_.request_flush();
  return pending;
}

Status RocksBackend::restore(BytesView snapshot) {
  KeyedSnapshotContent content;
  if (Status s = parse_keyed_snapshot(snapshot, range(), content); !s.ok()) return s;
  if (Status s = check_key_schema(content.key_schema); !s.ok()) return s;
  note_key_schema(content.key_schema);
  return states_.restore(content, now());
}

std::uint64_t RocksBackend::digest(KeyGroupRange wanted) {
  std::uint64_t sum = 0;
  for (std::uint16_t i = 0; i < states_.all().size(); ++i) {
    const StateMeta& meta = states_.all()[i].meta;
    if (meta.stamped) continue;
    const std::uint64_t name = hash_bytes(meta.name);
    states_.each_cell(FamilyIndex{i}, nullptr, wanted, [&](const CellKeys::Parts& at, BytesView value) {
      const std::uint64_t address = hash_address(hash_bytes(at.key), at.name_space);
      sum += meta.kind == StateKind::Map ? digest_entry(name, address, at.user_key, value)
                                         : digest_cell(name, address, value);
    });
  }
  return sum;
}

std::vector<StateKey> RocksBackend::get_keys(BytesView state_name, BytesView name_space) {
  std::vector<StateKey> keys;
  for (std::uint16_t i = 0; i < states_.all().size(); ++i) {
    if (states_.all()[i].meta.name != state_name || states_.all()[i].ops == nullptr) continue;
    states_.each_cell(FamilyIndex{i}, nullptr, range(), [&](const CellKeys::Parts& at, BytesView) {
      if (at.name_space == name_space) keys.push_back({Bytes(at.key), at.group});
    });
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());  // a map has one for each entry
  return keys;
}

}  // namespace

Backend make_rocks_backend(const BackendRequest& request) {
  auto backend = std::make_unique<RocksBackend>(request);
  BackgroundWork* work = &backend->work();
  return {std::move(backend), work};
}

}  // namespace weir::engine
