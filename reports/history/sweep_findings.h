#pragma once

// What a sweep shows beyond its points, and its numbers for people.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "weir/scenarios/sweep.h"

namespace weir::reports {

// A finished sweep. Refers to what the caller keeps.
struct SweepView {
  const scenarios::Sweep& sweep;
  const scenarios::SweepResult& result;
  std::uint64_t first_seed = 1, end_seed = 1;  // the seeds that every point ran with

  const scenarios::PointResult& at(std::size_t x, std::size_t line) const {
    return result.points[x * sweep.lines() + line];
  }
};

// Young's rule beside what was measured; intervals in nanoseconds.
struct YoungFinding {
  scenarios::FailureModel model;
  std::size_t least = 0;  // which x lost least
  std::int64_t least_interval = 0;
  std::int64_t fitted = 0;  // lowest point of a parabola, over the logarithm, through x values around it
  std::int64_t rule = 0;    // Young's
  std::int64_t apart(std::int64_t interval) const;  // from the rule, in percent of it, rounded to the nearest
};
// None: it is no sweep that the rule speaks of, or there was nothing to learn from.
std::optional<YoungFinding> young_finding(const SweepView& view);
// The same in a sentence, one line each.
std::vector<std::string> told(const YoungFinding& finding);

// "12.3ms", or "1,234.5" for counts; "–" for a point that nothing was measured at.
std::string mean_text(const SweepView& view, const scenarios::PointResult& point);
std::string spread_text(const SweepView& view, const scenarios::PointResult& point);  // "11ms to 13ms"
std::string line_name(const SweepView& view, std::size_t line);  // "checkpoint.mode = exactly-once"
// A value of a key: durations in their shortest form, "35.6us".
std::string shown_value(const std::string& value);
// A duration or an integer as a number; none: words.
std::optional<std::int64_t> number_of(const std::string& value);

}  // namespace weir::reports
