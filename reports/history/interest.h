#pragma once

// Which moment of a run a person wants to see first, and how much around it fits a page.

#include <cstdint>
#include <string>
#include <vector>

#include "weir/reports/run_report.h"

namespace weir::reports {

struct Interest {
  std::uint32_t event = 0;  // the moment itself
  std::uint32_t first = 0;  // from the checkpoint that was fallen back to …
  std::uint32_t last = 0;   // … to the commits of the first one that completed afterwards; inclusive
  std::string why;          // "the violation of exactly-once", "the recovery with the most trouble before it", …
};

// Around the first violated property's witnesses; else around the most eventful recovery; else around the first
// completed checkpoint; else the start.
Interest find_interest(const RunView& run);

// Ascending, without repetition: every witness of a verdict that does not hold.
std::vector<std::uint32_t> witnesses_of(const scenarios::RunResult& result, std::size_t trace_size);

}  // namespace weir::reports
