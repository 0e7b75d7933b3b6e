#pragma once

// The metrics that Flink has of a job and of its subtasks (flink-semantics 14.2), as they stand when the job is over.
// They are derived from the trace.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/engine/job_graph.h"
#include "weir/reports/run_report.h"

namespace weir::reports {

struct Metric {
  enum class Unit : std::uint8_t { Count, Bytes, Duration, Time, Path };  // times and durations in virtual nanoseconds

  std::string_view name;  // Flink's
  Unit unit{};
  std::optional<std::int64_t> value;  // none: nothing was measured
  std::string path;                   // of Unit::Path; empty: none
};

struct SubtaskMetrics {
  engine::SubtaskId subtask;
  std::vector<Metric> metrics;
};

struct JobMetrics {
  std::vector<Metric> metrics;
  std::vector<SubtaskMetrics> subtasks;
};

// One for each job of the run, in their order.
std::vector<JobMetrics> job_metrics(const RunView& run);

}  // namespace weir::reports
