#include "checkpoint/completed_store.h"

#include <algorithm>
#include <utility>

#include "weir/engine/assert.h"

namespace weir::engine {

bool keeps(Retention retention, JobState ended) {
  if (ended == JobState::Failed) return retention != Retention::Never;
  return ended == JobState::Canceled && retention == Retention::OnCancellation;
}

std::vector<CompletedCheckpoint> CompletedStore::add(CompletedCheckpoint checkpoint) {
  WEIR_ASSERT(checkpoint.id > newest_id(), "completed checkpoints have ascending ids (P8)");
  retained_.push_back(std::move(checkpoint));
  std::vector<CompletedCheckpoint> subsumed;
  while (retained_.size() > std::max(num_retained_, 1u)) {
    subsumed.push_back(std::move(retained_.front()));
    retained_.erase(retained_.begin());
  }
  return subsumed;
}

const CompletedCheckpoint* CompletedStore::before_newest() const {
  return retained_.size() < 2 ? nullptr : &retained_[retained_.size() - 2];
}

CheckpointId CompletedStore::lowest_id() const {
  const auto lowest = std::find_if(retained_.begin(), retained_.end(), [](const auto& c) { return c.claimed; });
  return lowest == retained_.end() ? kNoCheckpoint : lowest->id;
}

bool CompletedStore::references(std::string_view path) const {
  return std::any_of(retained_.begin(), retained_.end(), [&](const CompletedCheckpoint& checkpoint) {
    const std::vector<std::string> files = files_of(checkpoint);
    return std::find(files.begin(), files.end(), path) != files.end();
  });
}

std::set<std::string> CompletedStore::shared_files() const {
  std::vector<std::string> paths;
  for (const CompletedCheckpoint& checkpoint : retained_) append_shared_files(checkpoint, paths);
  return {paths.begin(), paths.end()};
}

std::vector<CompletedCheckpoint> CompletedStore::clear() { return std::exchange(retained_, {}); }

}  // namespace weir::engine
