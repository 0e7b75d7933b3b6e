#pragma once

// The runs that the faults of the matrix are put into.

#include <string>

#include "fault_matrix/phases.h"
#include "weir/scenarios/scenario.h"

namespace weir::scenarios {

inline constexpr std::array kGrounds{Ground::Running, Ground::Recovering, Ground::Stopping, Ground::Draining};

// Why the scenario is no ground; empty: it is one.
std::string why_no_ground(const Scenario& scenario);
// The run without the fault of the cell.
RunSpec spec_of(const Scenario& scenario, const engine::ExecutionGraph& graph, Ground ground, std::uint64_t seed);

}  // namespace weir::scenarios
