#pragma once

// Which paths a scenario file may have, and what an unknown one was meant to be.

#include "model/document.h"
#include "model/problems.h"

namespace weir::scenarios {

// "fault.3.when.event" → "fault.when.event"; other paths are themselves.
std::string without_index(const std::string& path);

// Adds a problem for every unknown section and key, and for sections that are no tables.
void check_known(const Document& document, Problems& problems);

}  // namespace weir::scenarios
