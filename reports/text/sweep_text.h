#pragma once

// A sweep in text.

#include <string>

#include "history/sweep_findings.h"
#include "text/paint.h"

namespace weir::reports {

// Name and measure, one row for each x with a column for each line, and what follows from them.
std::string sweep_text(const SweepView& view, const Paint& paint);
// "20 seeds at each of 18 points, 3,204 checkpoints, 12 restarts", and what did not hold.
std::string sweep_counts(const SweepView& view);

}  // namespace weir::reports
