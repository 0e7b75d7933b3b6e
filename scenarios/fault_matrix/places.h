#pragma once

// From a run without the fault to the moments at which it may strike.

#include <vector>

#include "fault_matrix/phases.h"
#include "weir/engine/job_graph.h"
#include "weir/sim/fault.h"
#include "weir/sim/trace.h"

namespace weir::scenarios {

struct MatrixPlace {
  sim::Trigger step;     // hits exactly this event of the phase
  sim::Trigger failure;  // what fails beside the fault does so then: at once, or when subtasks run again
};

// By phase: at most `most` of its events, evenly from the first to the last. Up to that event a run with a fault there
// is the same as this one.
std::vector<std::vector<MatrixPlace>> find_places(const std::vector<Phase>& phases, const sim::Trace& trace,
                                                  const engine::ExecutionGraph& graph, std::uint32_t most);

}  // namespace weir::scenarios
