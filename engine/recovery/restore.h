#pragma once

// What each subtask of a new deployment starts from (RE-8, CO-51, CO-54).

#include <vector>

#include "checkpoint/completed_store.h"
#include "recovery/state_assignment.h"
#include "weir/engine/defects.h"
#include "weir/engine/job_graph.h"

namespace weir::engine {

struct RestoreAssignment {
  CheckpointId checkpoint{};             // 0: from the start
  std::vector<SubtaskRestore> subtasks;  // indexed by SubtaskId
};

// From the newest completed checkpoint at this moment (RE-8), or from the start.
RestoreAssignment assign_restore(const ExecutionGraph& graph, const CompletedStore& completed,
                                 const DefectSet& defects);

}  // namespace weir::engine
