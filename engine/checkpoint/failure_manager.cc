#include "checkpoint/failure_manager.h"

namespace weir::engine {

bool CheckpointFailureManager::failed(CheckpointId checkpoint, AbortReason reason) {
  if (!counts_as_failure(reason) || checkpoint <= last_success_) return false;
  counted_.insert(checkpoint);
  if (counted_.size() <= tolerable_) return false;
  counted_.clear();
  return true;
}

void CheckpointFailureManager::succeeded(CheckpointId checkpoint) {
  if (checkpoint <= last_success_) return;
  last_success_ = checkpoint;
  counted_.clear();
}

}  // namespace weir::engine
