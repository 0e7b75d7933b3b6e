#pragma once

// One `[[action]]` of a scenario file.

#include <optional>
#include <string>

#include "model/document.h"
#include "model/problems.h"
#include "model/trigger_reader.h"
#include "weir/scenarios/action.h"

namespace weir::scenarios {

// Nothing when a problem was added. `targets`: of the job that it is the first action of; an action further on is about
// a job that is not known yet, and `targets` is without a graph.
std::optional<ActionSpec> read_action(const Document& document, const std::string& path, const FaultTargets& targets,
                                      Problems& problems);

}  // namespace weir::scenarios
