#pragma once

// `[flink]`: Flink's configuration keys instead of weir's own.

#include <string>
#include <vector>

#include "model/document.h"
#include "model/problems.h"

namespace weir::scenarios {

// Puts the keys of weir that the table sets in its place, each with the place of Flink's value, so that all that
// follows treats them alike. Adds a problem for every key that is unknown, not modelled, given twice, or has a wrong
// value; a warning for every old name; and to `notes` what became of each key.
void translate_flink(Document& document, Problems& problems, Problems& warnings, std::vector<std::string>& notes);

}  // namespace weir::scenarios
