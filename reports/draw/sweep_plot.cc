#include "draw/sweep_plot.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "text/numbers.h"

namespace weir::reports {
namespace {

using scenarios::MeasureUnit;
using scenarios::PointResult;

constexpr std::int64_t kLogarithmicFrom = 8;      // ratio of the largest to the smallest
constexpr int kNarrowest = kPlotScale * 9 / 100;  // between two words below the axis
constexpr std::int64_t kMostTicks = 6;
constexpr int kMargin = kPlotScale / 40;  // to both sides of the points

int between_margins(double part) { return kMargin + static_cast<int>(std::lround(part * (kPlotScale - 2 * kMargin))); }

class HorizontalScale {
 public:
  explicit HorizontalScale(const std::vector<std::string>& values) {
    for (const std::string& value : values) {
      const auto number = number_of(value);
      if (!number) {
        numbers_.clear();
        break;
      }
      numbers_.push_back(*number);
    }
    count_ = values.size();
    if (numbers_.empty()) return;
    low_ = *std::min_element(numbers_.begin(), numbers_.end());
    high_ = *std::max_element(numbers_.begin(), numbers_.end());
    logarithmic_ = low_ > 0 && high_ / low_ >= kLogarithmicFrom;
  }
  bool numeric() const { return !numbers_.empty() && low_ < high_; }
  bool logarithmic() const { return numeric() && logarithmic_; }
  int at(std::size_t index) const {
    if (numeric()) return place(numbers_[index]);
    return between_margins(count_ < 2 ? 0.5 : static_cast<double>(index) / static_cast<double>(count_ - 1));
  }
  int place(std::int64_t value) const { return between_margins(part(static_cast<double>(value))); }
  bool holds(std::int64_t value) const { return numeric() && low_ <= value && value <= high_; }

 private:
  double part(double value) const {
    const auto low = static_cast<double>(low_);
    const auto high = static_cast<double>(high_);
    if (logarithmic_) return std::log(value / low) / std::log(high / low);
    return (value - low) / (high - low);
  }

  std::vector<std::int64_t> numbers_;
  std::size_t count_ = 0;
  std::int64_t low_ = 0;
  std::int64_t high_ = 0;
  bool logarithmic_ = false;
};

// From 0, or from what is below it, in round steps to beyond the largest value.
class VerticalScale {
 public:
  explicit VerticalScale(const SweepView& view) {
    std::int64_t low = 0;
    std::int64_t high = 1;
    for (const PointResult& point : view.result.points) {
      if (point.measured == 0) continue;
      const std::int64_t mean = point.sum / static_cast<std::int64_t>(point.measured);
      low = std::min({low, point.low, mean});
      high = std::max({high, point.high, mean + 1});
    }
    step_ = round_step((high - low) / kMostTicks + 1);
    low_ = low < 0 ? -((-low + step_ - 1) / step_) : 0;
    high_ = (high + step_ - 1) / step_;
  }
  int place(double value) const {
    const auto step = static_cast<double>(step_);
    const double part = (value / step - static_cast<double>(low_)) / static_cast<double>(high_ - low_);
    return static_cast<int>(std::lround(part * kPlotScale));
  }
  std::vector<PlotTick> ticks(MeasureUnit unit) const {
    std::vector<PlotTick> ticks;
    for (std::int64_t i = low_; i <= high_; ++i) {
      const std::int64_t value = i * step_;
      const auto size = static_cast<std::uint64_t>(std::abs(value));
      const std::string words =
          unit == MeasureUnit::Duration && value != 0 ? short_duration(std::abs(value)) : grouped(size);
      ticks.push_back({place(static_cast<double>(value)), (value < 0 ? "-" : "") + words});
    }
    return ticks;
  }

 private:
  // 1, 2 or 5 times a power of ten.
  static std::int64_t round_step(std::int64_t least) {
    std::int64_t power = 1;
    while (power * 10 <= least) power *= 10;
    for (const std::int64_t factor : {1, 2, 5}) {
      if (power * factor >= least) return power * factor;
    }
    return power * 10;
  }

  std::int64_t step_ = 1;
  std::int64_t low_ = 0;  // in steps
  std::int64_t high_ = 1;
};

// Where two words would touch, the later one is left out; its tick stays.
std::vector<PlotTick> value_ticks(const SweepView& view, const HorizontalScale& scale) {
  std::vector<PlotTick> ticks;
  int last = -kNarrowest;
  for (std::size_t i = 0; i < view.sweep.x.values.size(); ++i) {
    const int at = scale.at(i);
    const bool room = at - last >= kNarrowest;
    ticks.push_back({at, room ? shown_value(view.sweep.x.values[i]) : ""});
    if (room) last = at;
  }
  return ticks;
}

PlotLine line_of(const SweepView& view, std::size_t line, const HorizontalScale& x, const VerticalScale& y) {
  PlotLine drawn{line_name(view, line), {}};
  for (std::size_t i = 0; i < view.sweep.x.values.size(); ++i) {
    const PointResult& point = view.at(i, line);
    if (point.measured == 0) continue;
    const double mean = static_cast<double>(point.sum) / static_cast<double>(point.measured);
    drawn.points.push_back({x.at(i), y.place(mean), y.place(static_cast<double>(point.low)),
                            y.place(static_cast<double>(point.high)),
                            view.sweep.x.key + " = " + shown_value(view.sweep.x.values[i]) + ", " + drawn.name + ": " +
                                mean_text(view, point) + ", half of the seeds " + spread_text(view, point)});
  }
  std::stable_sort(drawn.points.begin(), drawn.points.end(),
                   [](const PlotPoint& a, const PlotPoint& b) { return a.x < b.x; });
  return drawn;
}

std::vector<PlotMark> marks_of(const SweepView& view, const HorizontalScale& scale) {
  std::vector<PlotMark> marks;
  const auto young = young_finding(view);
  if (!young) return marks;
  if (scale.holds(young->rule)) marks.push_back({scale.place(young->rule), "Young " + short_duration(young->rule)});
  if (scale.holds(young->fitted)) {
    marks.push_back({scale.place(young->fitted), "lowest " + short_duration(young->fitted)});
  }
  return marks;
}

}  // namespace

Plot plot_of(const SweepView& view, const std::string& id) {
  const HorizontalScale x(view.sweep.x.values);
  const VerticalScale y(view);
  const scenarios::MeasureInfo& measure = info(view.sweep.measure);
  Plot plot;
  plot.id = id;
  plot.title = std::string(measure.title) + " by " + view.sweep.x.key + ", " + view.sweep.name;
  plot.description = "The table beside it has the same numbers. Bars hold the middle half of the seeds.";
  plot.x = {view.sweep.x.key + (x.logarithmic() ? " (logarithmic)" : ""), value_ticks(view, x)};
  plot.y = {std::string(measure.title), y.ticks(measure.unit)};
  for (std::size_t line = 0; line < view.sweep.lines(); ++line) plot.lines.push_back(line_of(view, line, x, y));
  plot.marks = marks_of(view, x);
  return plot;
}

}  // namespace weir::reports
