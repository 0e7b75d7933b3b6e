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
  put(std::move(checkpoint));
  std::vector<CompletedCheckpoint> subsumed;
  for (const CheckpointId id : surplus()) subsumed.push_back(take(id));
  return subsumed;
}

void CompletedStore::put(CompletedCheckpoint checkpoint) {
  WEIR_ASSERT(checkpoint.id > newest_id(), "completed checkpoints have ascending ids (P8)");
  retained_.push_back(std::move(checkpoint));
}

std::vector<CheckpointId> CompletedStore::surplus() const {
  std::vector<CheckpointId> ids;
  for (std::size_t i = 0; i + std::max(num_retained_, 1u) < retained_.size(); ++i) ids.push_back(retained_[i].id);
  return ids;
}

CompletedCheckpoint CompletedStore::take(CheckpointId checkpoint) {
  const auto found =
      std::find_if(retained_.begin(), retained_.end(), [&](const auto& c) { return c.id == checkpoint; });
  WEIR_ASSERT(found != retained_.end(), "only what is retained is taken");
  CompletedCheckpoint taken = std::move(*found);
  retained_.erase(found);
  return taken;
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
