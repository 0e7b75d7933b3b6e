#pragma once

#include <string>

#include "weir/scenarios/run_spec.h"

namespace weir::reports {

// A run spec given as its line, as a file that holds either form, or as "-" for standard input.
engine::Result<scenarios::RunSpec> read_spec(const std::string& argument);

}  // namespace weir::reports
