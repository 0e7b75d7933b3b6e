#pragma once

// The last checkpoints that ran into their timeout, remembered only so that what comes for them late is called by its
// name (CO-24).

#include <algorithm>
#include <deque>

#include "weir/engine/types.h"

namespace weir::engine {

class ExpiredCheckpoints {
 public:
  static constexpr std::size_t kRemembered = 16;

  void add(CheckpointId checkpoint) {
    ids_.push_back(checkpoint);
    if (ids_.size() > kRemembered) ids_.pop_front();
  }
  bool contains(CheckpointId checkpoint) const { return std::find(ids_.begin(), ids_.end(), checkpoint) != ids_.end(); }

 private:
  std::deque<CheckpointId> ids_;
};

}  // namespace weir::engine
