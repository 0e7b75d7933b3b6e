#pragma once

// A plot of lines as SVG. Each line has a colour, dashes and marks of its own, so that it reads in grey, too. Same
// plot, same bytes.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir::reports {

// Places on an axis count from 0 to kPlotScale, from the left and from below.
inline constexpr int kPlotScale = 100'000;

struct PlotTick {
  int at = 0;
  std::string text;
};
struct PlotAxis {
  std::string title;
  std::vector<PlotTick> ticks;
};
struct PlotPoint {
  int x = 0, y = 0;
  int low = 0, high = 0;  // of the bar through it
  std::string told;       // when it is pointed at
};
struct PlotLine {
  std::string name;
  std::vector<PlotPoint> points;  // from left to right
};
struct PlotMark {  // something to compare with: a line from below to above
  int x = 0;
  std::string name;
};
struct Plot {
  std::string title;        // for who cannot see it
  std::string description;  // the same
  std::string id;           // of the drawing, unlike that of any other on its page
  PlotAxis x, y;
  std::vector<PlotLine> lines;
  std::vector<PlotMark> marks;
};

std::string draw_plot(const Plot& plot);

}  // namespace weir::reports
