#include "history/sweep_findings.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "text/numbers.h"
#include "weir/sim/fault.h"

namespace weir::reports {
namespace {

using scenarios::MeasureUnit;
using scenarios::PointResult;

constexpr std::int64_t kNeighbourhood =
    2;  // x values up to so many times as large, and as small, belong to the parabola

struct Sums {
  double n = 0, x = 0, xx = 0, xxx = 0, xxxx = 0, y = 0, xy = 0, xxy = 0;
  void add(double at, double value) {
    n += 1;
    x += at;
    xx += at * at;
    xxx += at * at * at;
    xxxx += at * at * at * at;
    y += value;
    xy += at * value;
    xxy += at * at * value;
  }
};

double determinant(double a, double b, double c, double d, double e, double f, double g, double h, double i) {
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

// Where the parabola of least squares is lowest, by Cramer's rule; 0, the place of the least point, when it has no
// lowest point.
double lowest(const Sums& s) {
  const double whole = determinant(s.n, s.x, s.xx, s.x, s.xx, s.xxx, s.xx, s.xxx, s.xxxx);
  const double slope = determinant(s.n, s.y, s.xx, s.x, s.xy, s.xxx, s.xx, s.xxy, s.xxxx);
  const double bend = determinant(s.n, s.x, s.y, s.x, s.xx, s.xy, s.xx, s.xxx, s.xxy);
  if (s.n < 3 || whole == 0 || bend / whole <= 0) return 0;
  return -slope / (2 * bend);
}

double mean(const PointResult& point) { return static_cast<double>(point.sum) / static_cast<double>(point.measured); }

std::int64_t fitted_interval(const SweepView& view, std::int64_t least) {
  Sums sums;
  for (std::size_t x = 0; x < view.sweep.x.values.size(); ++x) {
    const std::int64_t interval = number_of(view.sweep.x.values[x]).value_or(0);
    const bool near = interval <= kNeighbourhood * least && kNeighbourhood * interval >= least;
    if (!near || view.at(x, 0).measured == 0) continue;
    sums.add(std::log(static_cast<double>(interval) / static_cast<double>(least)), mean(view.at(x, 0)) / 1e9);
  }
  const double exact = static_cast<double>(least) * std::exp(lowest(sums));
  return std::llround(exact / 1e5) * 100'000;  // tenths of a millisecond: the same with every library
}

std::optional<std::size_t> least_point(const SweepView& view) {
  std::optional<std::size_t> least;
  for (std::size_t x = 0; x < view.sweep.x.values.size(); ++x) {
    if (view.at(x, 0).measured == 0) continue;
    if (!least || mean(view.at(x, 0)) < mean(view.at(*least, 0))) least = x;
  }
  return least;
}

std::string shown(MeasureUnit unit, std::int64_t value) {
  const std::string sign = value < 0 ? "-" : "";
  const std::uint64_t size = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  return sign + (unit == MeasureUnit::Duration ? short_duration(static_cast<std::int64_t>(size)) : grouped(size));
}

// With one decimal, rounded down.
std::string shown_count(std::int64_t sum, std::uint64_t of) {
  const std::uint64_t size = sum < 0 ? 0 - static_cast<std::uint64_t>(sum) : static_cast<std::uint64_t>(sum);
  return (sum < 0 ? "-" : "") + grouped(size / of) + "." + std::to_string(size % of * 10 / of);
}

MeasureUnit unit(const SweepView& view) { return info(view.sweep.measure).unit; }

}  // namespace

std::int64_t YoungFinding::apart(std::int64_t interval) const {
  const std::int64_t difference = (interval - rule) * 200 / rule;
  return difference / 2 + difference % 2;
}

std::optional<YoungFinding> young_finding(const SweepView& view) {
  if (!view.result.failure_model) return std::nullopt;
  const auto least = least_point(view);
  if (!least) return std::nullopt;
  YoungFinding finding{*view.result.failure_model, *least, 0, 0, young_interval(*view.result.failure_model)};
  finding.least_interval = number_of(view.sweep.x.values[*least]).value_or(0);
  finding.fitted = fitted_interval(view, finding.least_interval);
  return finding.rule > 0 ? std::optional(finding) : std::nullopt;
}

std::vector<std::string> told(const YoungFinding& finding) {
  const auto apart = [&](std::int64_t interval) {
    const std::int64_t percent = finding.apart(interval);
    return (percent < 0 ? "" : "+") + std::to_string(percent) + " %";
  };
  return {"Young's rule: a checkpoint costs " + short_duration(finding.model.checkpoint_cost) + " and " +
              short_duration(finding.model.time_between_failures) +
              " pass between failures, so an interval of √(2 · cost · time) = " + short_duration(finding.rule) +
              " loses least",
          "least was lost at " + short_duration(finding.least_interval) + " of the intervals tried (" +
              apart(finding.least_interval) + " from the rule), and the curve around it is lowest at " +
              short_duration(finding.fitted) + " (" + apart(finding.fitted) + ")"};
}

std::string mean_text(const SweepView& view, const PointResult& point) {
  if (point.measured == 0) return "–";
  if (unit(view) == MeasureUnit::Count) return shown_count(point.sum, point.measured);
  return shown(MeasureUnit::Duration, point.sum / static_cast<std::int64_t>(point.measured));
}

std::string spread_text(const SweepView& view, const PointResult& point) {
  if (point.measured == 0) return "–";
  return shown(unit(view), point.low) + " to " + shown(unit(view), point.high);
}

std::string line_name(const SweepView& view, std::size_t line) {
  if (view.sweep.series.key.empty()) return std::string(info(view.sweep.measure).title);
  return view.sweep.series.key + " = " + view.sweep.series.values[line];
}

std::string shown_value(const std::string& value) {
  const auto duration = sim::parse_duration(value);
  return duration.ok() ? short_duration(duration.value().count()) : value;
}

std::optional<std::int64_t> number_of(const std::string& value) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error == std::errc{} && end == value.data() + value.size()) return number;
  const auto duration = sim::parse_duration(value);
  if (!duration.ok()) return std::nullopt;
  return duration.value().count();
}

}  // namespace weir::reports
