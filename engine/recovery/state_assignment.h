#pragma once

// What every subtask of a job graph restores from a completed checkpoint, also one that was taken with another
// parallelism or other chains (RS-4, RS-5, RS-7..RS-14). Pure: the checkpoint's handles go in, pieces of them come out.

#include <vector>

#include "checkpoint/completed_checkpoint.h"
#include "weir/engine/defects.h"
#include "weir/engine/job_graph.h"

namespace weir::engine {

struct SubtaskRestore {
  SubtaskState state;     // an entry for every operator that the checkpoint knows (ST-12)
  bool finished = false;  // CO-54
  friend bool operator==(const SubtaskRestore&, const SubtaskRestore&) = default;
};

// The operator's part of the checkpoint: under the id of its uid, else under the generated one (RS-12). Null: none.
const OperatorPart* find_state(const CompletedCheckpoint& checkpoint, const JobOperator& op);

// By subtask index. The vertex's max parallelism is that of the checkpoint (RS-3); see restore_check.h.
std::vector<SubtaskRestore> assign_state(const JobVertex& vertex, const CompletedCheckpoint& checkpoint,
                                         const DefectSet& defects = {});

}  // namespace weir::engine
