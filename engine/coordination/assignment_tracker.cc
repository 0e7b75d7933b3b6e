#include "coordination/assignment_tracker.h"

#include <iterator>
#include <utility>

namespace weir::engine {
namespace {

void move_all(std::vector<SourceSplit>&& from, std::vector<SourceSplit>& to) {
  to.insert(to.end(), std::move_iterator(from.begin()), std::move_iterator(from.end()));
}

}  // namespace

void AssignmentTracker::snapshot(CheckpointId checkpoint) {
  by_checkpoint_[checkpoint] = std::exchange(uncheckpointed_, {});
}

void AssignmentTracker::completed(CheckpointId checkpoint) {
  by_checkpoint_.erase(by_checkpoint_.begin(), by_checkpoint_.upper_bound(checkpoint));
}

std::vector<SourceSplit> AssignmentTracker::take_back(std::uint32_t index, CheckpointId restored) {
  std::vector<SourceSplit> back;
  for (auto at = by_checkpoint_.upper_bound(restored); at != by_checkpoint_.end(); ++at) {
    move_all(std::exchange(at->second[index], {}), back);
  }
  move_all(std::exchange(uncheckpointed_[index], {}), back);
  return back;
}

void AssignmentTracker::clear() {
  uncheckpointed_.clear();
  by_checkpoint_.clear();
}

}  // namespace weir::engine
