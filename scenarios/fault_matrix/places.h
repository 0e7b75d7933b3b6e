#pragma once

// From a run without the fault to the moments at which it may strike.

#include <vector>

#include "fault_matrix/phases.h"
#include "weir/engine/job_graph.h"
#include "weir/sim/fault.h"
#include "weir/sim/trace.h"

namespace weir::scenarios {

// By phase: triggers that hit exactly the phase's events, at most `most` of them, evenly from the first to the last. Up
// to that event a run with a fault there is the same as this one.
std::vector<std::vector<sim::Trigger>> find_places(const std::vector<Phase>& phases, const sim::Trace& trace,
                                                   const engine::ExecutionGraph& graph, std::uint32_t most);

}  // namespace weir::scenarios
