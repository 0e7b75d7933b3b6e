#pragma once

// A sweep as a plot: values that are numbers stand where they belong, evenly or by their logarithm; words side by side.

#include "draw/line_plot.h"
#include "history/sweep_findings.h"

namespace weir::reports {

// `id` tells it from other drawings of the page.
Plot plot_of(const SweepView& view, const std::string& id);

}  // namespace weir::reports
