#pragma once

// What a subtask knows of the checkpoints whose barriers it has seen, until their part is taken. More than one only
// where channels are not aligned (BA-14).

#include <algorithm>
#include <vector>

#include "weir/engine/events.h"
#include "weir/engine/types.h"

namespace weir::engine {

struct BarrierFact {
  CheckpointId checkpoint;
  Time timestamp{};  // of the trigger at the coordinator
  CheckpointType type{};
  bool announced = false;  // its timeout is armed (BA-13)
  Time alignment_started{};
  Duration alignment{};
  Duration start_delay{};  // from the trigger to the first barrier, or to the trigger message
};

class BarrierFacts {
 public:
  BarrierFact& of(CheckpointId checkpoint) {
    const auto known =
        std::find_if(facts_.begin(), facts_.end(), [&](const auto& f) { return f.checkpoint == checkpoint; });
    return known != facts_.end() ? *known : facts_.emplace_back(BarrierFact{checkpoint});
  }
  // Its part is taken, or it never will be; nor are those of older ones.
  void forget(CheckpointId checkpoint) {
    std::erase_if(facts_, [&](const BarrierFact& f) { return f.checkpoint <= checkpoint; });
  }

 private:
  std::vector<BarrierFact> facts_;
};

}  // namespace weir::engine
