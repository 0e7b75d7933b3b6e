#pragma once

// The facts of a checkpoint that another job was restored from, in terms of that job's subtasks and vertices.

#include "history/checkpoint_facts.h"
#include "weir/engine/job_graph.h"

namespace weir::properties {

// Vertices correspond when they have an operator in common. A subtask keeps its part when the parallelism is the same;
// else all that is left of the parts is whether all of them had finished (CO-53). Cuts mean nothing any more.
void translate(CheckpointFacts& facts, const engine::ExecutionGraph& from, const engine::ExecutionGraph& to);

}  // namespace weir::properties
