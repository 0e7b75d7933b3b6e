#include "checkpoint/completed_store.h"

#include <algorithm>
#include <utility>

#include "weir/engine/assert.h"

namespace weir::engine {

std::uint64_t total_size(const CompletedCheckpoint& checkpoint) {
  std::uint64_t bytes = 0;
  for (const SubtaskPart& subtask : checkpoint.subtasks) bytes += subtask.state.size;
  return bytes;
}

std::string metadata_path(CheckpointId checkpoint) { return "chk-" + std::to_string(checkpoint.value) + "/_metadata"; }

std::vector<std::string> files_of(const CompletedCheckpoint& checkpoint) {
  std::vector<std::string> files{metadata_path(checkpoint.id)};
  for (const SubtaskPart& subtask : checkpoint.subtasks) {
    if (!subtask.state.path.empty()) files.push_back(subtask.state.path);
  }
  return files;
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

bool CompletedStore::references(std::string_view path) const {
  for (const CompletedCheckpoint& checkpoint : retained_) {
    for (const SubtaskPart& subtask : checkpoint.subtasks) {
      if (subtask.state.path == path) return true;
    }
  }
  return false;
}

std::vector<CompletedCheckpoint> CompletedStore::clear() { return std::exchange(retained_, {}); }

}  // namespace weir::engine
