#include "state/rocksdb/rocks_backend.h"

#include <memory>
#include <utility>
#include <vector>

#include "state/keyed_snapshot.h"
#include "state/rocksdb/cell_key.h"
#include "state/rocksdb/rocks_store.h"
#include "state/rocksdb/working_directory.h"
#include "weir/engine/hash.h"

namespace weir::engine {
namespace {

BytesView view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

class RocksBackend final : public KeyedStateBackend, public ByteCells {
 public:
  explicit RocksBackend(const BackendRequest& request)
      : KeyedStateBackend(request.range),
        keys_(request.max_parallelism),
        store_(request.environment.disks.of(request.process), request.environment.clock, request.background,
               make_working_directory(request)) {}
  ~RocksBackend() override;

  BackgroundWork& work() { return store_.work(); }

  std::unique_ptr<PendingStateSnapshot> snapshot(CheckpointId checkpoint) override;
  Status restore(BytesView snapshot) override;
  std::uint64_t digest(KeyGroupRange wanted) override;
  ByteCells* cells() override { return this; }

  StateSlot register_cell(const std::string& state_name) override;
  bool get(StateSlot slot, Bytes& value) override { return store_.get(family(slot), current(), value); }
  void put(StateSlot slot, BytesView value) override { store_.put(family(slot), current(), value); }
  void remove(StateSlot slot) override { store_.remove(family(slot), current()); }

 private:
  class Snapshot;
  class RestoreCells;
  struct State {
    std::string name;
    bool registered;  // false: restored, and nobody asked for it so far (ST-6)
  };
  // A state, its slot and its column family have the same number.
  static FamilyIndex family(StateSlot slot) { return {slot.value}; }
  StateSlot state_named(BytesView name);
  BytesView current() {
    const CurrentKey& key = current_key();
    WEIR_ASSERT(key.turn != 0, "keyed state is used without a current key");
    if (encoded_turn_ != key.turn) {
      keys_.encode(key.group, key.bytes, current_);
      encoded_turn_ = key.turn;
    }
    return current_;
  }
  // Calls use(group, key, value) for the cells of one state in `range`, ascending.
  template <class Use>
  void each_cell(StateSlot slot, const rocksdb::Snapshot* snapshot, KeyGroupRange range, Use use);

  CellKeys keys_;
  Bytes current_;                   // composite key of the current cell
  std::uint64_t encoded_turn_ = 0;  // the current key's when `current_` is of it
  RocksStore store_;
  std::vector<State> states_;
  std::vector<Snapshot*> outstanding_;
};

// Pins a sequence number of the database until it is destroyed or its backend is.
class RocksBackend::Snapshot final : public PendingStateSnapshot {
 public:
  explicit Snapshot(RocksBackend& backend)
      : backend_(&backend), pinned_(backend.store_.pin()), states_(backend.states_.size()) {
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

  Bytes write() override {
    WEIR_ASSERT(backend_ != nullptr, "a snapshot is written after its backend is gone");
    KeyedCells cells(backend_->range());
    for (std::uint16_t i = 0; i < states_; ++i) {
      cells.begin_state(backend_->states_[i].name);
      backend_->each_cell(StateSlot{i}, pinned_, backend_->range(),
                          [&](KeyGroup group, BytesView key, BytesView value) { cells.add(group, key, value); });
    }
    return cells.encode();
  }

 private:
  RocksBackend* backend_;
  const rocksdb::Snapshot* pinned_;
  std::size_t states_;  // those created later have no cells in it
};

class RocksBackend::RestoreCells final : public KeyedCellVisitor {
 public:
  explicit RestoreCells(RocksBackend& backend) : backend_(backend) {}
  Status cell(BytesView state, KeyGroup group, BytesView key, BytesView value) override {
    backend_.keys_.encode(group, key, composite_);
    backend_.store_.add_to_batch(family(backend_.state_named(state)), composite_, value);
    return {};
  }

 private:
  RocksBackend& backend_;
  Bytes composite_;
};

// Giving a pin back may queue a compaction, so the executor is let go first.
RocksBackend::~RocksBackend() {
  store_.disconnect();
  for (Snapshot* snapshot : outstanding_) snapshot->release();
}

// The flush gives the tree its shape at points that the run decides, and never by the size of a memtable.
std::unique_ptr<PendingStateSnapshot> RocksBackend::snapshot(CheckpointId) {
  auto pending = std::make_unique<Snapshot>(*this);
  store_.request_flush();
  return pending;
}

Status RocksBackend::restore(BytesView snapshot) {
  RestoreCells cells(*this);
  Status status = read_keyed_snapshot(snapshot, range(), cells);
  if (status.ok()) store_.write_batch();
  return status;
}

std::uint64_t RocksBackend::digest(KeyGroupRange wanted) {
  std::uint64_t sum = 0;
  for (std::uint16_t i = 0; i < states_.size(); ++i) {
    const std::uint64_t name = hash_bytes(states_[i].name);
    each_cell(StateSlot{i}, nullptr, wanted, [&](KeyGroup, BytesView key, BytesView value) {
      sum += combine(name, combine(hash_bytes(key), hash_bytes(value)));
    });
  }
  return sum;
}

StateSlot RocksBackend::register_cell(const std::string& state_name) {
  const StateSlot slot = state_named(state_name);
  if (states_[slot.value].registered) fail_registered_twice(state_name);
  states_[slot.value].registered = true;
  return slot;
}

StateSlot RocksBackend::state_named(BytesView name) {
  for (std::uint16_t i = 0; i < states_.size(); ++i) {
    if (states_[i].name == name) return StateSlot{i};
  }
  states_.push_back({std::string(name), false});
  return StateSlot{store_.create_family(states_.back().name).value};
}

template <class Use>
void RocksBackend::each_cell(StateSlot slot, const rocksdb::Snapshot* snapshot, KeyGroupRange range, Use use) {
  const auto cursor = store_.iterate(family(slot), snapshot);
  for (cursor->Seek(keys_.lower_bound(range.first)); cursor->Valid(); cursor->Next()) {
    const BytesView cell = view(cursor->key());
    const KeyGroup group = keys_.group(cell);
    if (range.last < group) break;
    use(group, keys_.key(cell), view(cursor->value()));
  }
  RocksStore::check(*cursor);
}

}  // namespace

Backend make_rocks_backend(const BackendRequest& request) {
  auto backend = std::make_unique<RocksBackend>(request);
  BackgroundWork* work = &backend->work();
  return {std::move(backend), work};
}

}  // namespace weir::engine
