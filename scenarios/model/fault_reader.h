#pragma once

// One `[[fault]]` of a scenario file, checked against the job it is to strike.

#include <cstdint>
#include <optional>
#include <string>

#include "model/fields.h"
#include "model/trigger_reader.h"
#include "weir/engine/job_graph.h"
#include "weir/sim/fault.h"

namespace weir::scenarios {

// Nothing when a problem was added.
std::optional<sim::Fault> read_fault(const Document& document, const std::string& path, const FaultTargets& targets,
                                     Problems& problems);

// Why a fault cannot strike, or empty; also for faults that come from elsewhere than a file.
std::optional<FaultProblem> check_fault(const sim::Fault& fault, const FaultTargets& targets);

}  // namespace weir::scenarios
