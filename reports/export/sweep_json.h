#pragma once

// A sweep for programs: one JSON object on a line, `"event": "sweep_result"`. README.md lists the fields.

#include <string>

#include "history/sweep_findings.h"

namespace weir::reports {

std::string json_sweep(const SweepView& view);  // ends in a line break

}  // namespace weir::reports
