#include "draw/line_plot.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "draw/palette.h"
#include "text/escape.h"

namespace weir::reports {
namespace {

constexpr int kLeft = 84;
constexpr int kTop = 26;
constexpr int kWidth = 620;
constexpr int kHeight = 340;
constexpr int kRight = kLeft + kWidth;
constexpr int kBottom = kTop + kHeight;
constexpr int kDrawingWidth = kRight + 26;
constexpr int kLegendTop = kBottom + 74;
constexpr int kLegendRow = 24;
constexpr int kSample = 46;  // length of a line in the legend
constexpr int kSign = 5;

enum class Sign : unsigned char { Circle, Square, Triangle, Diamond, Cross, HollowCircle };
struct Style {
  std::string_view colour;
  std::string_view dashes;  // empty: none
  Sign sign;
};
constexpr std::array<Style, 6> kStyles{{{palette::kBlue, "", Sign::Circle},
                                        {palette::kVermillion, "8 4", Sign::Square},
                                        {palette::kGreen, "2 4", Sign::Triangle},
                                        {palette::kPurple, "10 4 2 4", Sign::Diamond},
                                        {palette::kOrange, "5 3", Sign::Cross},
                                        {palette::kLife, "1 3", Sign::HollowCircle}}};

const Style& style_of(std::size_t line) { return kStyles[line % kStyles.size()]; }

int x_of(int at) { return kLeft + static_cast<int>(std::int64_t{at} * kWidth / kPlotScale); }
int y_of(int at) { return kBottom - static_cast<int>(std::int64_t{at} * kHeight / kPlotScale); }

std::string number(int value) { return std::to_string(value); }
std::string quoted(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + std::string(value) + "\"";
}
std::string quoted(std::string_view name, int value) { return quoted(name, number(value)); }

std::string segment(int x1, int y1, int x2, int y2, const std::string& attributes) {
  return "<line" + quoted("x1", x1) + quoted("y1", y1) + quoted("x2", x2) + quoted("y2", y2) + attributes + "/>";
}

std::string stroke(std::string_view colour, std::string_view width, std::string_view dashes = "") {
  std::string out = quoted("stroke", colour) + quoted("stroke-width", width);
  return dashes.empty() ? out : out + quoted("stroke-dasharray", dashes);
}

std::string text(int x, int y, std::string_view anchor, const std::string& words, const std::string& more = "") {
  return "<text" + quoted("x", x) + quoted("y", y) + quoted("text-anchor", anchor) + quoted("font-size", 12) +
         quoted("fill", palette::kInk) + quoted("class", "ink") + more + ">" + markup(words) + "</text>\n";
}

std::string polygon(int x, int y, std::string_view shape, std::string_view colour) {
  return "<path" + quoted("d", "M" + number(x) + "," + number(y) + std::string(shape)) + quoted("fill", colour) + "/>";
}

std::string sign(const Style& style, int x, int y) {
  switch (style.sign) {
    case Sign::Circle:
      return "<circle" + quoted("cx", x) + quoted("cy", y) + quoted("r", kSign) + quoted("fill", style.colour) + "/>";
    case Sign::Square:
      return polygon(x, y, "m-5,-5h10v10h-10z", style.colour);
    case Sign::Triangle:
      return polygon(x, y, "m0,-6l6,11h-12z", style.colour);
    case Sign::Diamond:
      return polygon(x, y, "m0,-7l6,7l-6,7l-6,-7z", style.colour);
    case Sign::Cross:
      return segment(x - kSign, y - kSign, x + kSign, y + kSign, stroke(style.colour, "2.5")) +
             segment(x - kSign, y + kSign, x + kSign, y - kSign, stroke(style.colour, "2.5"));
    case Sign::HollowCircle:
      break;
  }
  return "<circle" + quoted("cx", x) + quoted("cy", y) + quoted("r", kSign) + quoted("fill", "none") +
         stroke(style.colour, "2") + "/>";
}

std::string frame() {
  return "<path" +
         quoted("d", "M" + number(kLeft) + "," + number(kTop) + "V" + number(kBottom) + "H" + number(kRight)) +
         quoted("fill", "none") + stroke(palette::kLife, "1.2") + "/>\n";
}

std::string horizontal_axis(const PlotAxis& axis) {
  std::string out;
  for (const PlotTick& tick : axis.ticks) {
    const int x = x_of(tick.at);
    out += segment(x, kBottom, x, kBottom + 5, stroke(palette::kLife, "1.2"));
    if (!tick.text.empty()) out += text(x, kBottom + 20, "middle", tick.text);
  }
  return out + text((kLeft + kRight) / 2, kBottom + 44, "middle", axis.title, quoted("font-weight", "bold"));
}

std::string vertical_axis(const PlotAxis& axis) {
  std::string out;
  for (const PlotTick& tick : axis.ticks) {
    const int y = y_of(tick.at);
    if (tick.at > 0) out += segment(kLeft, y, kRight, y, stroke(palette::kGrid, "1") + quoted("class", "grid"));
    out += text(kLeft - 8, y + 4, "end", tick.text);
  }
  return out + text(kLeft, kTop - 10, "start", axis.title, quoted("font-weight", "bold"));
}

std::string told(const PlotPoint& point) { return "<title>" + markup(point.told) + "</title>"; }

std::string drawn_line(const PlotLine& line, const Style& style) {
  std::string path;
  std::string bars;
  std::string signs;
  for (const PlotPoint& point : line.points) {
    const int x = x_of(point.x);
    path += (path.empty() ? "M" : "L") + number(x) + "," + number(y_of(point.y));
    if (point.low != point.high) bars += segment(x, y_of(point.low), x, y_of(point.high), stroke(style.colour, "1.4"));
    signs += "<g>" + told(point) + sign(style, x, y_of(point.y)) + "</g>\n";
  }
  if (path.empty()) return "";
  return "<path" + quoted("d", path) + quoted("fill", "none") + stroke(style.colour, "2", style.dashes) + "/>\n" +
         bars + signs;
}

// The name of the leftmost stands to its left where there is room, the others to their right, one below the other.
std::string drawn_marks(std::vector<PlotMark> marks) {
  std::stable_sort(marks.begin(), marks.end(), [](const PlotMark& a, const PlotMark& b) { return a.x < b.x; });
  std::string out;
  int y = kTop + 12;
  for (std::size_t i = 0; i < marks.size(); ++i, y += 16) {
    const int x = x_of(marks[i].x);
    const bool left = i == 0 && marks[i].x > kPlotScale / 4;
    out += segment(x, kTop, x, kBottom, stroke(palette::kLife, "1.4", i % 2 == 0 ? "6 4" : "2 3"));
    out += text(left ? x - 6 : x + 6, y, left ? "end" : "start", marks[i].name);
  }
  return out;
}

std::string legend(const std::vector<PlotLine>& lines) {
  std::string out;
  int y = kLegendTop;
  for (std::size_t i = 0; i < lines.size(); ++i, y += kLegendRow) {
    const Style& style = style_of(i);
    out += segment(kLeft, y, kLeft + kSample, y, stroke(style.colour, "2", style.dashes)) +
           sign(style, kLeft + kSample / 2, y) + text(kLeft + kSample + 10, y + 4, "start", lines[i].name);
  }
  return out;
}

}  // namespace

std::string draw_plot(const Plot& plot) {
  const int height = kLegendTop + kLegendRow * static_cast<int>(plot.lines.size());
  const std::string names = plot.id + "-title " + plot.id + "-description";
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\"" + quoted("width", kDrawingWidth) +
                    quoted("height", height) +
                    quoted("viewBox", "0 0 " + number(kDrawingWidth) + " " + number(height)) + quoted("role", "img") +
                    quoted("aria-labelledby", names) + quoted("font-family", "system-ui, DejaVu Sans, sans-serif") +
                    ">\n<title" + quoted("id", plot.id + "-title") + ">" + markup(plot.title) + "</title>\n<desc" +
                    quoted("id", plot.id + "-description") + ">" + markup(plot.description) + "</desc>\n";
  out += "<rect" + quoted("width", kDrawingWidth) + quoted("height", height) + quoted("fill", palette::kPaper) +
         quoted("class", "paper") + "/>\n";
  out += vertical_axis(plot.y) + horizontal_axis(plot.x) + frame() + drawn_marks(plot.marks);
  for (std::size_t i = 0; i < plot.lines.size(); ++i) out += drawn_line(plot.lines[i], style_of(i));
  return out + legend(plot.lines) + "</svg>\n";
}

}  // namespace weir::reports
