#pragma once

// Cells of bytes whose changes are logged as well (SN-20).

#include "state/changelog/log_segment.h"
#include "weir/engine/keyed_backend.h"

namespace weir::engine {

class LoggedCells final : public ByteCells {
 public:
  LoggedCells(ByteCells& cells, const CurrentKey& key) : cells_(cells), key_(key) {}

  StateSlot register_state(const StateRegistration& state) override { return cells_.register_state(state); }
  bool get(const Place& place, Bytes& value) override { return cells_.get(place, value); }
  void put(const Place& place, BytesView value) override {
    cells_.put(place, value);
    changes_.put(at(place), value);
  }
  void append(StateSlot state, BytesView bytes) override {
    cells_.append(state, bytes);
    changes_.append(at({state}), bytes);
  }
  void remove(const Place& place) override {
    cells_.remove(place);
    changes_.remove(at(place));
  }
  void each_entry(StateSlot state, EntryVisitor& visitor) override { cells_.each_entry(state, visitor); }

  ChangeSet& changes() { return changes_; }

 private:
  ChangedPlace at(const Place& place) const {
    const BytesView key = key_.address.substr(0, key_.key_size);
    return {place.state.value, key_.group, key_.address.substr(key_.key_size), key, place.user_key};
  }

  ByteCells& cells_;
  const CurrentKey& key_;
  ChangeSet changes_;
};

}  // namespace weir::engine
