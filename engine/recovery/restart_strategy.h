#pragma once

// Whether and when a failed job is started again (flink-semantics 8.2, fixed-delay).

#include <cstdint>
#include <optional>

#include "weir/engine/options.h"
#include "weir/engine/types.h"

namespace weir::engine {

class FixedDelayRestart {
 public:
  explicit FixedDelayRestart(const RestartOptions& options) : options_(options) {}

  // The job failed: how long to wait before it is started again, or nothing when the attempts are used up.
  std::optional<Duration> on_failure() {
    if (restarts_ >= options_.attempts) return std::nullopt;
    ++restarts_;
    return options_.delay;
  }
  std::uint32_t restarts() const { return restarts_; }

 private:
  RestartOptions options_;
  std::uint32_t restarts_ = 0;
};

}  // namespace weir::engine
