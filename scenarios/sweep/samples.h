#pragma once

// What is kept of each run of a sweep, and their sums. Values in, values out.

#include <cstdint>
#include <optional>
#include <vector>

#include "weir/properties/property.h"
#include "weir/scenarios/sweep.h"

namespace weir::scenarios {

struct Sample {
  properties::Answer answer = properties::Answer::Holds;
  std::optional<std::int64_t> value;  // of the measure
  std::uint64_t restarts = 0, checkpoints = 0;
  // With lost work only: until all input was processed; and the twin's checkpoints, with the time that they took.
  std::int64_t processed_at = 0;
  std::int64_t twin_checkpoint_time = 0;
  std::uint64_t twin_checkpoints = 0;
};

PointResult summed(const std::vector<Sample>& samples);
// None when there was no checkpoint or no restart to learn from.
std::optional<FailureModel> failure_model_of(const std::vector<Sample>& samples);

}  // namespace weir::scenarios
