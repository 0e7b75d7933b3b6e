#pragma once

// What the restart strategy of a job still allows, from its failures and restarts as the trace tells them (8.2).

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "weir/engine/options.h"
#include "weir/engine/types.h"

namespace weir::properties {

class RestartAllowance {
 public:
  RestartAllowance() = default;
  explicit RestartAllowance(const engine::JobOptions& options);

  void failed(engine::Time at);
  void restart_scheduled(engine::Duration delay);

  // Why the latest failure was the last: a clause on "its restart strategy". Empty: another restart is allowed.
  std::string refusal() const;

 private:
  std::string refusal_of_rate() const;

  engine::RestartOptions options_;
  engine::RestartStrategy strategy_ = engine::RestartStrategy::None;
  std::deque<engine::Time> failures_;  // the last max + 1
  std::uint64_t restarts_ = 0;         // exponential-delay: since the reset
  std::optional<engine::Time> restarted_at_;
};

}  // namespace weir::properties
