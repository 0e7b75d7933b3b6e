#include "checkpoint/subtask_checkpoints.h"

#include <algorithm>

namespace weir::engine {

SubtaskCheckpoints::Begin SubtaskCheckpoints::begin(CheckpointId checkpoint) {
  if (checkpoint <= last_) return Begin::Ignore;
  last_ = checkpoint;
  return take_aborted(checkpoint) ? Begin::MarkerOnly : Begin::Snapshot;
}

void SubtaskCheckpoints::abandon(CheckpointId checkpoint) {
  last_ = std::max(last_, checkpoint);
  take_aborted(checkpoint);
}

bool SubtaskCheckpoints::on_aborted(CheckpointId checkpoint) {
  if (checkpoint <= last_) return discard_async(checkpoint);
  largest_aborted_ = std::max(largest_aborted_, checkpoint);
  const auto place = std::lower_bound(aborted_.begin(), aborted_.end(), checkpoint);
  if (place == aborted_.end() || *place != checkpoint) aborted_.insert(place, checkpoint);
  std::erase_if(aborted_, [&](CheckpointId c) { return c.value + kRememberedAborts < largest_aborted_.value; });
  return false;
}

bool SubtaskCheckpoints::on_completed(CheckpointId checkpoint) {
  if (checkpoint <= completed_) return false;
  completed_ = checkpoint;
  return true;
}

bool SubtaskCheckpoints::running(CheckpointId checkpoint) const {
  return std::find(running_.begin(), running_.end(), checkpoint) != running_.end();
}

// BA-20: what is too far below the largest aborted checkpoint to be remembered counts as aborted as well.
bool SubtaskCheckpoints::take_aborted(CheckpointId checkpoint) {
  const bool listed = std::binary_search(aborted_.begin(), aborted_.end(), checkpoint);
  std::erase_if(aborted_, [&](CheckpointId c) { return c <= checkpoint; });
  return listed || checkpoint.value + kRememberedAborts < largest_aborted_.value;
}

bool SubtaskCheckpoints::leave_running(CheckpointId checkpoint) {
  const auto found = std::find(running_.begin(), running_.end(), checkpoint);
  if (found == running_.end()) return false;
  running_.erase(found);
  return true;
}

}  // namespace weir::engine
