#pragma once

// Sweeps as one self-contained page: a plot each, with the table of its numbers beside it. Same sweeps, same bytes.

#include <string>
#include <vector>

#include "history/sweep_findings.h"

namespace weir::reports {

std::string sweep_page(const std::vector<SweepView>& sweeps);

}  // namespace weir::reports
