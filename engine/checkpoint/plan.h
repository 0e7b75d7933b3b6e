#pragma once

// Which subtasks take part in a checkpoint, and what a restored one may look like (CO-18, CO-50..CO-53).

#include <optional>
#include <vector>

#include "weir/engine/events.h"
#include "weir/engine/job_graph.h"
#include "weir/engine/types.h"

namespace weir::engine {

// What the JobManager knows of the current attempt of one subtask. Attempt 0: none was deployed yet.
struct TaskView {
  AttemptId attempt{};
  AttemptState state = AttemptState::Canceled;
  bool end_of_data = false;          // it reported the end of its data (CO-55)
  bool finished_on_restore = false;  // it stands in for a subtask that was finished in the restored checkpoint (CO-54)
  friend bool operator==(const TaskView&, const TaskView&) = default;
};
// Indexed by SubtaskId.
using TaskViews = std::vector<TaskView>;

inline bool is_terminal(AttemptState state) {
  return state == AttemptState::Finished || state == AttemptState::Canceled || state == AttemptState::Failed;
}

struct CheckpointPlan {
  std::vector<ExecutionAttempt> to_trigger;  // running, without a running predecessor
  std::vector<ExecutionAttempt> to_wait;     // every running subtask; acknowledges, and is told the outcome
  std::vector<SubtaskId> finished;           // recorded as finished: ended ones, and stand-ins of ended ones
};

// None when a subtask that must take part is not running (NOT_ALL_REQUIRED_TASKS_RUNNING), or nothing runs any more, or
// the checkpoint could not be restored (CO-53): a subtask is known to be finished, and the report of the one before it
// is still on its way.
std::optional<CheckpointPlan> plan_checkpoint(const ExecutionGraph& graph, const TaskViews& tasks);

// Every running subtask has reported the end of its data, and at least one still runs (CO-55).
bool all_at_end_of_data(const TaskViews& tasks);

// CO-53, for `finished` indexed by SubtaskId: no subtask is finished further than its predecessors.
bool finished_consistently(const ExecutionGraph& graph, const std::vector<bool>& finished);

}  // namespace weir::engine
