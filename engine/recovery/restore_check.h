#pragma once

// Whether a job can start from a checkpoint, and what it has to adopt from it (RS-3, RS-12, RS-13, CO-53).

#include <memory>
#include <string>

#include "checkpoint/completed_checkpoint.h"
#include "weir/engine/job_graph.h"
#include "weir/engine/options.h"

namespace weir::engine {

// Every problem, one a line, with the operator and the remedy; empty when the restore may go ahead.
std::string problems_of_restore(const JobGraph& job, const CompletedCheckpoint& checkpoint,
                                bool allow_non_restored_state);

// The same, for a backend that cannot read the files of another one.
std::string problems_of_backend(StateBackendKind backend, const CompletedCheckpoint& checkpoint);

// The same, for splits that a coordinator has in it: without one nobody would read them.
std::string problems_of_coordinators(SplitAssignment assignment, const CompletedCheckpoint& checkpoint);

// The job with the checkpoint's max parallelism wherever its author gave none (RS-3). The same object when nothing
// changes.
std::shared_ptr<const JobGraph> adopt_max_parallelism(std::shared_ptr<const JobGraph> job,
                                                      const CompletedCheckpoint& checkpoint);

}  // namespace weir::engine
