#include "recovery/restart_strategy.h"

#include <algorithm>

namespace weir::engine {
namespace {

constexpr std::int64_t kWhole = 1000;  // factors are in thousandths
// Where a backoff stops growing: far above every limit, and twice of it can be added without overflow.
constexpr std::int64_t kLargestBackoff = std::int64_t{1} << 60;

Duration scaled(Duration d, std::uint32_t thousandths) {
  const std::int64_t whole = to_ns(d) / kWhole, rest = to_ns(d) % kWhole;
  if (thousandths != 0 && whole >= kLargestBackoff / thousandths) return Duration{kLargestBackoff};
  return Duration{whole * thousandths + rest * thousandths / kWhole};
}

}  // namespace

std::optional<Duration> FixedDelayRestart::on_failure(const Moment&) {
  if (attempts_ >= options_.attempts) return std::nullopt;
  ++attempts_;
  return options_.delay;
}

std::optional<Duration> FailureRateRestart::on_failure(const Moment& moment) {
  failures_.push_back(moment.now);
  if (failures_.size() <= options_.max_failures_per_interval) return options_.delay;
  const Duration since_oldest = moment.now - failures_.front();
  failures_.pop_front();
  if (since_oldest <= options_.interval) return std::nullopt;
  return options_.delay;
}

void ExponentialDelayRestart::reset() {
  attempts_ = 0;
  backoff_ = options_.initial_backoff;
}

std::optional<Duration> ExponentialDelayRestart::on_failure(const Moment& moment) {
  if (restart_at_ && moment.now <= *restart_at_) return *restart_at_ - moment.now;
  if (restart_at_ && moment.now - *restart_at_ >= options_.reset_backoff_threshold) reset();
  if (attempts_ >= options_.attempts_before_reset_backoff) return std::nullopt;
  ++attempts_;
  const Duration delay = next_delay(moment.random);
  restart_at_ = moment.now + delay;
  return delay;
}

Duration ExponentialDelayRestart::next_delay(Randomness& random) {
  const Duration backoff = backoff_;
  backoff_ = scaled(backoff, options_.backoff_multiplier);
  Duration delay = backoff;
  if (options_.jitter_factor != 0) {
    const Duration most = scaled(backoff, options_.jitter_factor);
    const auto span = static_cast<std::uint64_t>(2 * to_ns(most) + 1);
    delay += Duration{static_cast<std::int64_t>(random.draw("recovery/restart-jitter", span))} - most;
  }
  return std::max(options_.initial_backoff, std::min(delay, options_.max_backoff));
}

JobRestarts::JobRestarts(const JobOptions& options) {
  switch (restart_strategy(options)) {
    case RestartStrategy::FixedDelay:
      strategy_.emplace<FixedDelayRestart>(options.restart.fixed_delay);
      return;
    case RestartStrategy::FailureRate:
      strategy_.emplace<FailureRateRestart>(options.restart.failure_rate);
      return;
    case RestartStrategy::ExponentialDelay:
      strategy_.emplace<ExponentialDelayRestart>(options.restart.exponential_delay);
      return;
    case RestartStrategy::None:
    case RestartStrategy::Default:
      return;
  }
}

std::optional<Duration> JobRestarts::on_failure(const Moment& moment) {
  const auto delay = std::visit([&](auto& strategy) { return strategy.on_failure(moment); }, strategy_);
  if (delay) ++granted_;
  return delay;
}

}  // namespace weir::engine
