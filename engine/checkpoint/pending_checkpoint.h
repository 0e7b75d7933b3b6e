#pragma once

// One checkpoint from its trigger until it is completed or aborted: who has acknowledged, with what (CO-22, CO-23).

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checkpoint/completed_checkpoint.h"
#include "checkpoint/plan.h"
#include "checkpoint/request_decider.h"
#include "weir/engine/defects.h"
#include "weir/engine/events.h"
#include "weir/engine/messages.h"

namespace weir::engine {

class PendingCheckpoint {
 public:
  // `subtasks`: how many the job has. `timestamp`: when the coordinator created it (CO-17). `coordinated`: some
  // operators have coordinators, whose part it needs (CO-22).
  PendingCheckpoint(CheckpointId id, const CheckpointRequest& request, Time timestamp, CheckpointPlan plan,
                    std::size_t subtasks, bool coordinated, const DefectSet& defects);

  CheckpointId id() const { return id_; }
  CheckpointKind kind() const { return request_.type.kind; }
  CheckpointType type() const { return request_.type; }
  const CheckpointRequest& request() const { return request_; }  // that asked for it
  Time timestamp() const { return timestamp_; }
  const CheckpointPlan& plan() const { return plan_; }

  // CO-23; never Late. The state is taken when the class is Success, and given away when the checkpoint is finalized.
  AckClass acknowledge(ExecutionAttempt attempt, SubtaskState&& state, bool past_end_of_data = false);
  const SubtaskState& state_of(SubtaskId subtask) const { return entries_[subtask.value].state; }
  bool fully_acknowledged() const { return all_subtasks_acknowledged() && !waits_for_coordinators_; }  // CO-22
  bool all_subtasks_acknowledged() const;
  void add_coordinators(std::vector<CoordinatorState> states);
  bool waits_for_coordinators() const { return waits_for_coordinators_; }
  bool waits_for(ExecutionAttempt attempt) const;
  // CO-52: a vertex with union list state has finished, or passed the end of its data, in some subtasks only. Nobody
  // could tell afterwards which elements are missing because their writers are done.
  bool ends_partly_with_union_state(const ExecutionGraph& graph) const;

  // All acknowledgements are in and the metadata is being written.
  bool finalizing() const { return result_.has_value(); }
  const CompletedCheckpoint& finalize(const ExecutionGraph& graph, std::string directory);
  const CompletedCheckpoint& result() const { return *result_; }
  CompletedCheckpoint take_result() { return std::move(*result_); }
  // Aborted while its metadata is being written: what arrives now is Discarded.
  bool disposed() const { return disposed_; }
  void dispose() { disposed_ = true; }

  // Files of the acknowledgements so far.
  std::vector<std::string> state_files() const;
  std::vector<std::string> shared_files() const;  // that those states refer to
  // Hands the checkpoint from every attempt to its successor, acknowledgements included.
  void pass_to_next_attempts();

 private:
  enum class Part : std::uint8_t { None, Outstanding, Acknowledged };
  struct Entry {
    AttemptId attempt{};
    Part part = Part::None;
    SubtaskState state;             // until it is finalized
    bool finished = false;          // CO-51
    bool past_end_of_data = false;  // acknowledged after its last record
  };

  CheckpointId id_;
  CheckpointRequest request_;
  Time timestamp_;
  CheckpointPlan plan_;
  const DefectSet& defects_;
  std::vector<Entry> entries_;  // indexed by SubtaskId
  std::size_t outstanding_;
  bool waits_for_coordinators_;
  std::vector<CoordinatorState> coordinators_;
  std::optional<CompletedCheckpoint> result_;  // fixed when all acknowledgements were in
  bool disposed_ = false;
};

}  // namespace weir::engine
