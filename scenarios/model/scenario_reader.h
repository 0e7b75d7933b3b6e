#pragma once

// From a flat document to a Scenario, checked against the job it names.

#include <optional>

#include "model/document.h"
#include "model/problems.h"
#include "weir/scenarios/scenario.h"

namespace weir::scenarios {

// `suffix` is appended to the name. Nothing when a problem was added.
std::optional<Scenario> read_scenario(const Document& document, const std::string& suffix,
                                      const JobCatalogue& catalogue, Problems& problems);

}  // namespace weir::scenarios
