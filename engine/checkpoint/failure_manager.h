#pragma once

// How many failed checkpoints in a row a job tolerates (CO-38).

#include <cstdint>
#include <set>

#include "weir/engine/events.h"
#include "weir/engine/types.h"

namespace weir::engine {

class CheckpointFailureManager {
 public:
  explicit CheckpointFailureManager(std::uint32_t tolerable) : tolerable_(tolerable) {}

  // True when the job has to fail: more than the tolerable number of different checkpoints, all newer than the last
  // success, failed for a reason that counts (CO-37). Counting then starts anew.
  bool failed(CheckpointId checkpoint, AbortReason reason);
  void succeeded(CheckpointId checkpoint);

 private:
  std::uint32_t tolerable_;
  CheckpointId last_success_ = kNoCheckpoint;
  std::set<CheckpointId> counted_;
};

}  // namespace weir::engine
