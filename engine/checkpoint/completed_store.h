#pragma once

// The completed checkpoints that are retained, oldest first (CO-41, CO-42). Lives in the JobManager's memory (CO-46).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "weir/engine/events.h"
#include "weir/engine/messages.h"
#include "weir/engine/types.h"

namespace weir::engine {

// One subtask's part of a completed checkpoint.
struct SubtaskPart {
  SnapshotHandle state;   // path empty: no state (CO-25)
  bool finished = false;  // CO-51
  friend bool operator==(const SubtaskPart&, const SubtaskPart&) = default;
};

struct CompletedCheckpoint {
  CheckpointId id;
  std::vector<SubtaskPart> subtasks;  // indexed by SubtaskId
  friend bool operator==(const CompletedCheckpoint&, const CompletedCheckpoint&) = default;
};

std::uint64_t total_size(const CompletedCheckpoint& checkpoint);
std::string metadata_path(CheckpointId checkpoint);  // "chk-7/_metadata" (SH-11)
// Every file of it in the order of deletion: metadata first, so that a crash in between leaves orphans and never a
// checkpoint that has metadata but lacks files (CO-44).
std::vector<std::string> files_of(const CompletedCheckpoint& checkpoint);

class CompletedStore {
 public:
  explicit CompletedStore(std::uint32_t num_retained) : num_retained_(num_retained) {}

  // Adds first, subsumes second (CO-41): returns what is no longer retained, oldest first; never the newest (CO-42).
  // Ids ascend.
  std::vector<CompletedCheckpoint> add(CompletedCheckpoint checkpoint);
  // Null when there is none.
  const CompletedCheckpoint* newest() const { return retained_.empty() ? nullptr : &retained_.back(); }
  const CompletedCheckpoint* before_newest() const;
  CheckpointId newest_id() const { return retained_.empty() ? kNoCheckpoint : retained_.back().id; }
  // Whether a retained checkpoint would lose state if that file went.
  bool references(std::string_view path) const;
  // Empties the store (end of the job).
  std::vector<CompletedCheckpoint> clear();
  std::size_t size() const { return retained_.size(); }

 private:
  std::uint32_t num_retained_;
  std::vector<CompletedCheckpoint> retained_;
};

}  // namespace weir::engine
