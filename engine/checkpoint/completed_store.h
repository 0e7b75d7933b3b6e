#pragma once

// The completed checkpoints that are retained, oldest first (CO-41, CO-42). Lives in the JobManager's memory
// (CO-46).

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/completed_checkpoint.h"
#include "weir/engine/events.h"
#include "weir/engine/options.h"
#include "weir/engine/types.h"

namespace weir::engine {

// Whether retained checkpoints outlive a job that ended so (CO-49).
bool keeps(Retention retention, JobState ended);

class CompletedStore {
 public:
  explicit CompletedStore(std::uint32_t num_retained) : num_retained_(num_retained) {}

  // Adds first, subsumes second (CO-41): returns what is no longer retained, oldest first; never the newest (CO-42).
  // Ids ascend.
  std::vector<CompletedCheckpoint> add(CompletedCheckpoint checkpoint);
  // With high availability in two steps: one whose pointer is durable is retained, and one whose pointer is gone is not
  // (CO-41, CO-48).
  void put(CompletedCheckpoint checkpoint);
  std::vector<CheckpointId> surplus() const;  // those that should go, oldest first
  CompletedCheckpoint take(CheckpointId checkpoint);
  // Null when there is none.
  const CompletedCheckpoint* newest() const { return retained_.empty() ? nullptr : &retained_.back(); }
  const CompletedCheckpoint* before_newest() const;
  // The one that goes when another one comes; null while there is room.
  const CompletedCheckpoint* next_to_go() const { return retained_.size() < num_retained_ ? nullptr : oldest(); }
  CheckpointId newest_id() const { return retained_.empty() ? kNoCheckpoint : retained_.back().id; }
  // The lowest id that protects shared files (SH-4): an unclaimed one protects nothing (SH-7, SP-12). 0: none does.
  CheckpointId lowest_id() const;
  // Whether a retained checkpoint would lose state if that private file went.
  bool references(std::string_view path) const;
  // All that the retained checkpoints refer to.
  std::set<std::string> shared_files() const;
  const std::vector<CompletedCheckpoint>& all() const { return retained_; }
  // Empties the store (end of the job).
  std::vector<CompletedCheckpoint> clear();
  std::size_t size() const { return retained_.size(); }

 private:
  const CompletedCheckpoint* oldest() const { return retained_.empty() ? nullptr : &retained_.front(); }

  std::uint32_t num_retained_;
  std::vector<CompletedCheckpoint> retained_;
};

}  // namespace weir::engine
