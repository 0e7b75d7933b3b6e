#pragma once

// What a scenario file may say, but hardly means: nothing is refused, its author is told.

#include "model/document.h"
#include "model/problems.h"
#include "weir/scenarios/scenario.h"

namespace weir::scenarios {

// Adds a warning with place and remedy for each such thing in a scenario that is otherwise sound.
void advise(const Document& document, const Scenario& scenario, Problems& warnings);

}  // namespace weir::scenarios
