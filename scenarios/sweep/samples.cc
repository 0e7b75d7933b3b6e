#include "sweep/samples.h"

#include <algorithm>

namespace weir::scenarios {
namespace {

__extension__ using Wide = __int128;

// The smallest value that at least so many quarters of all do not exceed.
std::int64_t quartile(const std::vector<std::int64_t>& sorted, std::size_t quarters) {
  return sorted[(sorted.size() * quarters + 3) / 4 - 1];
}

}  // namespace

PointResult summed(const std::vector<Sample>& samples) {
  PointResult sums;
  std::vector<std::int64_t> values;
  for (const Sample& sample : samples) {
    sums.violated += sample.answer == properties::Answer::Violated ? 1u : 0u;
    sums.inconclusive += sample.answer == properties::Answer::Inconclusive ? 1u : 0u;
    sums.restarts += sample.restarts;
    sums.checkpoints_completed += sample.checkpoints;
    if (!sample.value) continue;
    values.push_back(*sample.value);
    sums.sum += *sample.value;
  }
  sums.measured = values.size();
  sums.unmeasured = samples.size() - values.size();
  if (values.empty()) return sums;
  std::sort(values.begin(), values.end());
  sums.low = quartile(values, 1);
  sums.high = quartile(values, 3);
  return sums;
}

std::optional<FailureModel> failure_model_of(const std::vector<Sample>& samples) {
  std::int64_t time = 0;
  std::int64_t checkpoint_time = 0;
  std::uint64_t restarts = 0;
  std::uint64_t checkpoints = 0;
  for (const Sample& sample : samples) {
    if (!sample.value) continue;
    time += sample.processed_at;
    restarts += sample.restarts;
    checkpoint_time += sample.twin_checkpoint_time;
    checkpoints += sample.twin_checkpoints;
  }
  if (restarts == 0 || checkpoints == 0 || checkpoint_time <= 0) return std::nullopt;
  return FailureModel{checkpoint_time / static_cast<std::int64_t>(checkpoints),
                      time / static_cast<std::int64_t>(restarts)};
}

std::int64_t young_interval(const FailureModel& model) {
  const Wide square = 2 * static_cast<Wide>(model.checkpoint_cost) * model.time_between_failures;
  Wide root = 0;
  for (Wide bit = Wide{1} << 62; bit > 0; bit /= 2) {
    if ((root + bit) * (root + bit) <= square) root += bit;
  }
  return static_cast<std::int64_t>(root);
}

}  // namespace weir::scenarios
