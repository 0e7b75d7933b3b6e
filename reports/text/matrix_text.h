#pragma once

// The phase by fault matrix in text.

#include <string>
#include <string_view>

#include "text/paint.h"
#include "weir/scenarios/fault_matrix.h"

namespace weir::reports {

// A table for each kind of fault, a row for each step; what cannot be, with its reason; what is not as it should be;
// the counts; and last, when a cell is violated, the command that reproduces its first such run.
std::string matrix_text(const scenarios::MatrixResult& result, const Paint& paint, std::string_view program);

}  // namespace weir::reports
