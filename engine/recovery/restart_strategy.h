#pragma once

// Whether and when a failed job is started again (flink-semantics 8.2). One decision machine for each strategy; each
// says how long to wait from a failure on, or nothing when the job fails for good. Further failures until then belong
// to the same restart (RE-3) and are not told here.

#include <cstdint>
#include <deque>
#include <optional>
#include <variant>

#include "weir/engine/environment.h"
#include "weir/engine/options.h"
#include "weir/engine/types.h"

namespace weir::engine {

// When a failure is heard, and what chance is drawn from.
struct Moment {
  Time now;
  Randomness& random;
};

class NoRestart {
 public:
  std::optional<Duration> on_failure(const Moment&) { return std::nullopt; }
};

class FixedDelayRestart {
 public:
  explicit FixedDelayRestart(const FixedDelayOptions& options) : options_(options) {}
  std::optional<Duration> on_failure(const Moment& moment);

 private:
  FixedDelayOptions options_;
  std::uint32_t attempts_ = 0;
};

class FailureRateRestart {
 public:
  explicit FailureRateRestart(const FailureRateOptions& options) : options_(options) {}
  std::optional<Duration> on_failure(const Moment& moment);

 private:
  FailureRateOptions options_;
  std::deque<Time> failures_;  // the last max + 1, oldest first
};

class ExponentialDelayRestart {
 public:
  explicit ExponentialDelayRestart(const ExponentialDelayOptions& options) : options_(options) { reset(); }
  // A failure until the restart is due is merged with the one that asked for it: what is left of the delay, and nothing
  // is counted.
  std::optional<Duration> on_failure(const Moment& moment);

 private:
  void reset();
  Duration next_delay(Randomness& random);

  ExponentialDelayOptions options_;
  std::uint32_t attempts_ = 0;      // since the reset
  Duration backoff_{};              // of the next attempt, before jitter and limits
  std::optional<Time> restart_at_;  // of the latest attempt
};

// The strategy that a job's options name or imply (CO-3).
class JobRestarts {
 public:
  explicit JobRestarts(const JobOptions& options);

  std::optional<Duration> on_failure(const Moment& moment);
  std::uint32_t granted() const { return granted_; }

 private:
  std::variant<NoRestart, FixedDelayRestart, FailureRateRestart, ExponentialDelayRestart> strategy_;
  std::uint32_t granted_ = 0;
};

}  // namespace weir::engine
