#pragma once

// The space-time diagram as SVG, drawn here: no layout program bends the lifelines. Same run, same bytes.

#include <string>

#include "history/interest.h"
#include "weir/reports/run_report.h"

namespace weir::reports {

struct SpaceTimePicture {
  std::string svg;
  std::uint32_t first = 0, last = 0;  // events it covers
  std::size_t marks = 0;
  bool cut = false;  // the interesting part was longer than a picture can be
};

SpaceTimePicture draw_space_time(const RunView& run, const Interest& interest);

}  // namespace weir::reports
