#include "state/rocksdb/canonical_snapshots.h"

#include <utility>

namespace weir::engine {

Bytes canonical(RocksStates& cells, const std::vector<RocksStates::State>& states, const rocksdb::Snapshot* pinned,
                KeyGroupRange range, BytesView key_schema, Time taken_at) {
  KeyedCells out(range);
  for (std::uint16_t i = 0; i < states.size(); ++i) {
    const RocksStates::State& state = states[i];
    out.begin_state(state.meta);
    if (state.ttl.cleans_snapshots()) out.leave_out({state.ttl, state.ops->unexpired, taken_at});
    cells.each_cell(FamilyIndex{i}, pinned, range, [&](const CellKeys::Parts& at, BytesView value) {
      out.add_entry(at.group, at.name_space, at.key, at.user_key, value);
    });
  }
  return out.encode(key_schema);
}

class CanonicalSnapshots::Pending final : public PendingStateSnapshot {
 public:
  Pending(CanonicalSnapshots& all, RocksStore& store, RocksStates& cells, KeyGroupRange range, std::string key_schema,
          Time now)
      : all_(&all),
        store_(store),
        cells_(cells),
        range_(range),
        key_schema_(std::move(key_schema)),
        taken_at_(now),
        pinned_(store.pin()),
        states_(cells.all()) {
    all_->open_.push_back(this);
  }
  ~Pending() override {
    if (all_ == nullptr) return;
    std::erase(all_->open_, this);
    release();
  }
  void release() {
    store_.unpin(pinned_);
    all_ = nullptr;
  }
  Bytes write() override {
    WEIR_ASSERT(all_ != nullptr, "a snapshot is written after its backend is gone");
    return canonical(cells_, states_, pinned_, range_, key_schema_, taken_at_);
  }

 private:
  CanonicalSnapshots* all_;
  RocksStore& store_;
  RocksStates& cells_;
  KeyGroupRange range_;
  std::string key_schema_;
  Time taken_at_;
  const rocksdb::Snapshot* pinned_;
  std::vector<RocksStates::State> states_;  // as they are then; those created later have no cells in it
};

std::unique_ptr<PendingStateSnapshot> CanonicalSnapshots::take(RocksStore& store, RocksStates& cells,
                                                               KeyGroupRange range, std::string key_schema, Time now) {
  return std::make_unique<Pending>(*this, store, cells, range, std::move(key_schema), now);
}

void CanonicalSnapshots::release_all() {
  for (Pending* snapshot : open_) snapshot->release();
  open_.clear();
}

}  // namespace weir::engine
