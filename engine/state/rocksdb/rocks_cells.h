#pragma once

// The states of a RocksDB backend, one column family each, and the cells in them.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "state/keyed_snapshot.h"
#include "state/rocksdb/cell_key.h"
#include "state/rocksdb/rocks_store.h"
#include "weir/engine/keyed_backend.h"

namespace weir::engine {

std::vector<std::string> names_of(const std::vector<StateMeta>& states);

class RocksStates {
 public:
  struct State {
    StateMeta meta;  // of the bytes in the family
    StateTtl ttl{};
    const CellOps* ops = nullptr;  // null: restored, and nobody asked for it so far (ST-6)
  };
  // `restored`: what the families of `store` are, in their order.
  RocksStates(RocksStore& store, const CellKeys& keys, const std::vector<StateMeta>& restored = {})
      : store_(store), keys_(keys) {
    for (const StateMeta& meta : restored) states_.push_back({meta});
  }

  const std::vector<State>& all() const { return states_; }
  // Throws OperatorFailure when the name is taken or the restored cells are of another kind or type. Cells of an older
  // form are rewritten at once (eager migration, flink-semantics 5.4).
  FamilyIndex register_state(const StateRegistration& state, KeyGroupRange range, Time now);
  // Or says which state the content does not fit.
  Status restore(const KeyedSnapshotContent& content, Time now);

  // As of the backend that has these states.
  std::uint64_t digest(KeyGroupRange range);
  std::vector<StateKey> keys_of(BytesView state_name, BytesView name_space, KeyGroupRange range);

  // Calls use(parts, value) for the cells of one family in `range`, ascending; of the pinned content, or of the newest.
  template <class Use>
  void each_cell(FamilyIndex family, const rocksdb::Snapshot* snapshot, KeyGroupRange range, Use use);
  // Calls use(parts, value) for the cells whose composite key starts with `stem`, until it says false.
  template <class Use>
  void each_entry(FamilyIndex family, BytesView stem, Use use);

 private:
  static BytesView view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }
  std::optional<std::uint16_t> find(BytesView name) const;
  std::uint16_t create(const StateMeta& meta);
  Status check(const KeyedSnapshotContent& content) const;
  void migrate(std::uint16_t state, const StateRegistration& now, KeyGroupRange range, Time at);
  bool add(const SnapshotCell& cell, const StateMeta& written, std::uint16_t state, Time now);
  bool add_bytes(const SnapshotCell& cell, std::uint16_t state, BytesView bytes);  // false: no cell of its kind

  RocksStore& store_;
  const CellKeys& keys_;
  std::vector<State> states_;  // by number of family
  Bytes composite_;
};

template <class Use>
void RocksStates::each_cell(FamilyIndex family, const rocksdb::Snapshot* snapshot, KeyGroupRange range, Use use) {
  const auto cursor = store_.iterate(family, snapshot);
  for (cursor->Seek(keys_.lower_bound(range.first)); cursor->Valid(); cursor->Next()) {
    if (!keys_.well_formed(view(cursor->key()))) RocksStore::refuse_key();
    const CellKeys::Parts at = keys_.parts(view(cursor->key()));
    if (range.last < at.group) break;
    use(at, view(cursor->value()));
  }
  RocksStore::check(*cursor);
}

template <class Use>
void RocksStates::each_entry(FamilyIndex family, BytesView stem, Use use) {
  const auto cursor = store_.iterate(family, nullptr);
  for (cursor->Seek(rocksdb::Slice(stem.data(), stem.size())); cursor->Valid(); cursor->Next()) {
    const BytesView composite = view(cursor->key());
    if (composite.substr(0, stem.size()) != stem) break;
    if (!use(keys_.parts(composite), view(cursor->value()))) break;
  }
  RocksStore::check(*cursor);
}

}  // namespace weir::engine
