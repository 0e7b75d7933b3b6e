#pragma once

// The phase by fault matrix in JSON lines: one object a cell. README.md lists the fields.

#include <string>
#include <string_view>

#include "weir/scenarios/fault_matrix.h"

namespace weir::reports {

std::string matrix_json(const scenarios::MatrixResult& result, std::string_view program);

}  // namespace weir::reports
