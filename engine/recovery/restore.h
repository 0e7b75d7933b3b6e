#pragma once

// What each subtask of a new deployment starts from (RE-8, CO-51, CO-54).

#include <vector>

#include "checkpoint/completed_store.h"
#include "weir/engine/defects.h"
#include "weir/engine/job_graph.h"
#include "weir/engine/messages.h"

namespace weir::engine {

struct SubtaskRestore {
  std::vector<SnapshotHandle> state;  // empty: it had no state
  bool finished = false;
  friend bool operator==(const SubtaskRestore&, const SubtaskRestore&) = default;
};

struct RestoreAssignment {
  CheckpointId checkpoint{};             // 0: from the start
  std::vector<SubtaskRestore> subtasks;  // indexed by SubtaskId
};

// From the newest completed checkpoint at this moment (RE-8), or from the start. Parallelism is that of the checkpoint:
// every subtask gets its own part.
RestoreAssignment assign_restore(const ExecutionGraph& graph, const CompletedStore& completed,
                                 const DefectSet& defects);

}  // namespace weir::engine
