#pragma once

// How a measure depends on a setting: one key of a scenario takes values in turn, perhaps a second one beside it, and
// every point is a scenario of its own that runs for many seeds.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/engine/status.h"
#include "weir/scenarios/runner.h"
#include "weir/scenarios/scenario.h"

namespace weir::scenarios {

enum class Measure : std::uint8_t {
  CheckpointDuration,  // from the trigger to the last acknowledgement (ME-1): mean over completed checkpoints
  InFlight,            // records saved because barriers overtook them: mean over the same checkpoints
  LostWork,            // time until all input is processed, beyond that of the twin without faults and checkpoints
  RepeatedResults,     // results committed beyond those of a fault-free run (BA-18)
  RunTime,             // time until the job finishes
};
enum class MeasureUnit : std::uint8_t { Duration, Count };  // durations in virtual nanoseconds
struct MeasureInfo {
  Measure measure{};
  std::string_view name;   // "checkpoint-duration": what `sweep.measure` says
  std::string_view title;  // what an axis says
  MeasureUnit unit{};
  std::string_view doc;  // what exactly is measured, one sentence
};
std::span<const MeasureInfo> all_measures();
const MeasureInfo& info(Measure measure);

struct SweepAxis {
  std::string key;  // empty: there is no such axis
  std::vector<std::string> values;
};

struct Sweep {
  std::string file;
  std::string name;
  std::string summary;
  Measure measure{};
  SweepAxis x;
  SweepAxis series;
  std::vector<Scenario> points;  // by x, and for each x by series
  std::uint64_t seeds = 200;     // default range is [1, seeds]
  std::size_t lines() const { return series.key.empty() ? 1 : series.values.size(); }
};

// What `load_scenario` finds in a file with a section [sweep], as one sweep. A file without one is a problem.
struct SweepLoad {
  std::optional<Sweep> sweep;  // none: there are problems
  std::vector<std::string> problems;
  std::vector<std::string> warnings;
};
SweepLoad load_sweep(const std::string& file, const JobCatalogue& catalogue, const std::vector<std::string>& set = {});

// Of one point, over the seeds in which there was something to measure.
struct PointResult {
  std::uint64_t measured = 0, unmeasured = 0;  // seeds
  std::uint64_t violated = 0, inconclusive = 0;
  std::uint64_t restarts = 0, checkpoints_completed = 0;
  std::int64_t sum = 0;            // over the seeds that were measured
  std::int64_t low = 0, high = 0;  // their lower and upper quartile
  friend bool operator==(const PointResult&, const PointResult&) = default;
};

// What Young's rule needs, over all points and seeds of a sweep of lost work over the interval of checkpoints. One
// checkpoint costs what runs without faults take longer for it; the time between failures is that of all input until
// it is processed, by restarts.
struct FailureModel {
  std::int64_t checkpoint_cost = 0;        // ns
  std::int64_t time_between_failures = 0;  // ns
  friend bool operator==(const FailureModel&, const FailureModel&) = default;
};
// sqrt(2 * cost * time between failures), rounded down.
std::int64_t young_interval(const FailureModel& model);

struct SweepResult {
  std::vector<PointResult> points;  // parallel to the sweep's
  std::optional<FailureModel> failure_model;
  std::optional<Failure> first_violation;  // of the first point and seed that has one
};

struct SweepOptions {
  std::uint64_t first_seed = 1;
  std::uint64_t end_seed = 201;  // exclusive
  std::uint32_t jobs = 0;        // threads; 0: as many as cores
};

// Every point with every seed. The result is the same for any number of threads. Throws RunBreakdown.
engine::Result<SweepResult> run_sweep(const JobCatalogue& catalogue, const Sweep& sweep, const SweepOptions& options,
                                      const Progress& progress);

}  // namespace weir::scenarios
