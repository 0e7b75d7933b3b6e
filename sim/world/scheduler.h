#pragma once

// Virtual clock, pending events, and the schedule policy of a run: who goes first among equal times, and how long
// everything takes.

#include <algorithm>
#include <cstdint>

#include "weir/engine/environment.h"
#include "weir/sim/event_queue.h"
#include "weir/sim/random.h"
#include "weir/sim/simulation.h"

namespace weir::sim {

// What a queued event means: the low byte of QueuedEvent::kind. The high byte belongs to the handler.
enum class Happening : std::uint8_t {
  Timer,
  Message,
  Segment,
  Credit,
  SegmentSize,
  ConnectionBreak,
  Stored,
  ProcessStart,
  ProcessLoss,
  Unreachable,
  HaRequest,
  HaAnswer,
  LeaderNews,
  SessionEnd,
  TimedFault,
  TimedAction,
  Resume,
  Calm,
  Deadline,
};
inline Happening happening_of(const QueuedEvent& event) { return static_cast<Happening>(event.kind & 0xFF); }

class Scheduler final : public engine::Clock {
 public:
  Scheduler() = default;
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // Nothing is handled after the horizon, so what is pushed beyond it is dropped.
  void reset(std::uint64_t seed, SchedulePolicy policy, Time horizon);

  Time now() const override { return engine::at_ns(now_); }
  std::int64_t now_ns() const { return now_; }
  std::int64_t horizon_ns() const { return horizon_; }
  SchedulePolicy policy() const { return policy_; }

  // Nothing of what is pending happens; time stands.
  void drop_pending() { queue_.clear(); }
  // `at` >= now.
  void push(std::int64_t at, Happening what, QueuedEvent event);
  // `delay` >= 0, however long.
  void push_after(Duration delay, Happening what, QueuedEvent event);
  // At that time, or now if it has passed.
  void push_at(Time at, Happening what, const QueuedEvent& event) {
    push_after(std::max(at, now()) - now(), what, event);
  }
  bool idle() const { return queue_.empty(); }
  QueuedEvent pop();  // REQUIRES: !idle(); time moves on to it

  // One latency: the minimum under Fifo, else drawn from `stream`. Between 0 and 2^52.
  std::int64_t latency(const LatencyRange& range, RandomStream& stream) const;
  // Arrival of what is sent now on an ordered link where the last arrival is `last`: strictly later than that.
  std::int64_t arrival(std::int64_t last, std::int64_t latency) const;

 private:
  std::uint32_t tie_for(std::int64_t at);

  EventQueue queue_;
  RandomStream ties_{0, "schedule/ties"};
  SchedulePolicy policy_ = SchedulePolicy::Fifo;
  std::int64_t now_ = 0;
  std::int64_t horizon_ = 0;
};

// The first instant that the event queue cannot represent.
inline constexpr std::int64_t kEndOfTime = std::int64_t{1} << 52;
// Far enough below it that two of them can be added.
inline Duration bounded(Duration d) { return std::clamp(d, Duration{0}, Duration{kEndOfTime / 2 - 1}); }

}  // namespace weir::sim
