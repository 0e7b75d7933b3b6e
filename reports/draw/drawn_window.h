#pragma once

// Which events a space-time diagram shows.

#include <cstdint>
#include <vector>

#include "history/interest.h"
#include "weir/sim/trace.h"

namespace weir::reports {

// Kinds that get a sign; the others are in the event table only.
bool drawn(const sim::TraceEvent& event);

struct DrawnWindow {
  std::uint32_t first = 0;
  std::uint32_t end = 0;  // exclusive
  bool cut = false;       // narrower than what is of interest
};

// The window of interest, narrowed until it holds at most `most` signs, a third of them after the moment itself.
DrawnWindow drawn_window(const std::vector<sim::TraceEvent>& events, const Interest& interest, std::size_t most);

}  // namespace weir::reports
