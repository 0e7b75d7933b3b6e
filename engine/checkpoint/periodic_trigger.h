#pragma once

// The fixed-rate rhythm of periodic checkpoints (CO-7). Timers cannot be cancelled, so each start has a generation of
// its own, and a timer of an older one does nothing.

#include <algorithm>
#include <cstdint>
#include <optional>

#include "weir/engine/types.h"

namespace weir::engine {

class PeriodicTrigger {
 public:
  struct Arm {
    Duration delay{};
    std::uint64_t generation = 0;
  };

  explicit PeriodicTrigger(Duration interval) : interval_(interval) {}

  // First firing after `delay`; what was armed before is void.
  Arm start(Time now, Duration delay) {
    next_ = now + delay;
    running_ = true;
    return {delay, ++generation_};
  }
  void stop() { running_ = false; }
  // A timer fired: the next one to arm, or nothing when it is not the current one. The due times are interval apart
  // however late a firing comes.
  std::optional<Arm> fire(Time now, std::uint64_t generation) {
    if (!running_ || generation != generation_) return std::nullopt;
    next_ += interval_;
    return Arm{std::max(next_ - now, Duration{0}), generation_};
  }
  bool running() const { return running_; }

 private:
  Duration interval_;
  Time next_{};
  std::uint64_t generation_ = 0;
  bool running_ = false;
};

}  // namespace weir::engine
