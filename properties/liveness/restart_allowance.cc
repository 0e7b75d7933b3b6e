#include "liveness/restart_allowance.h"

#include "suite/finding.h"
#include "weir/sim/fault.h"

namespace weir::properties {

using engine::RestartStrategy;

RestartAllowance::RestartAllowance(const engine::JobOptions& options)
    : options_(options.restart), strategy_(engine::restart_strategy(options)) {}

void RestartAllowance::failed(engine::Time at) {
  failures_.push_back(at);
  if (failures_.size() > std::size_t{options_.failure_rate.max_failures_per_interval} + 1) failures_.pop_front();
  const bool exponential = strategy_ == RestartStrategy::ExponentialDelay;
  if (exponential && restarted_at_ && at - *restarted_at_ >= options_.exponential_delay.reset_backoff_threshold) {
    restarts_ = 0;
  }
}

void RestartAllowance::restart_scheduled(engine::Duration delay) {
  ++restarts_;
  restarted_at_ = failures_.empty() ? engine::Time{} : failures_.back() + delay;
}

std::string RestartAllowance::refusal() const {
  const auto no_more_than = [](std::uint64_t restarts) {
    return "allows no more than " + counted(restarts, "restart");
  };
  switch (strategy_) {
    case RestartStrategy::FixedDelay: {
      const std::uint32_t attempts = options_.fixed_delay.attempts;
      return restarts_ >= attempts ? no_more_than(attempts) : std::string();
    }
    case RestartStrategy::FailureRate:
      return refusal_of_rate();
    case RestartStrategy::ExponentialDelay: {
      const std::uint32_t attempts = options_.exponential_delay.attempts_before_reset_backoff;
      if (restarts_ < attempts) return {};
      return no_more_than(attempts) + " until the job has run for " +
             sim::duration_text(options_.exponential_delay.reset_backoff_threshold);
    }
    case RestartStrategy::None:
    case RestartStrategy::Default:
      break;
  }
  return options_.strategy == RestartStrategy::Default ? "is none, the default without checkpoints" : "is none";
}

std::string RestartAllowance::refusal_of_rate() const {
  const std::uint32_t most = options_.failure_rate.max_failures_per_interval;
  const engine::Duration interval = options_.failure_rate.interval;
  if (failures_.size() <= most || failures_.back() - failures_.front() > interval) return {};
  return "allows no more than " + counted(most, "failure") + " within " + sim::duration_text(interval);
}

}  // namespace weir::properties
