#include "world/scheduler.h"

#include <algorithm>

#include "weir/engine/assert.h"

namespace weir::sim {

void Scheduler::reset(std::uint64_t seed, SchedulePolicy policy, Time horizon) {
  queue_.clear();
  ties_ = RandomStream(seed, "schedule/ties");
  policy_ = policy;
  now_ = 0;
  horizon_ = std::clamp<std::int64_t>(engine::to_ns(horizon), 0, kEndOfTime - 1);
}

void Scheduler::push(std::int64_t at, Happening what, QueuedEvent event) {
  WEIR_ASSERT(at >= now_, "an event is scheduled in the past");
  if (at > horizon_) return;
  event.time = at;
  event.kind = static_cast<std::uint16_t>((event.kind & 0xFF00u) | static_cast<std::uint16_t>(what));
  queue_.push(event, tie_for(at));
}

void Scheduler::push_after(Duration delay, Happening what, QueuedEvent event) {
  WEIR_ASSERT(delay.count() >= 0, "an event is scheduled in the past");
  if (delay.count() > horizon_ - now_) return;
  push(now_ + delay.count(), what, event);
}

QueuedEvent Scheduler::pop() {
  const QueuedEvent event = queue_.pop();
  now_ = event.time;
  return event;
}

// At the present instant only the ties from the current one on are left to choose from.
std::uint32_t Scheduler::tie_for(std::int64_t at) {
  if (policy_ == SchedulePolicy::Fifo) return 0;
  const std::uint32_t first = at == now_ ? queue_.last_tie() : 0;
  if (first == 0) return static_cast<std::uint32_t>(ties_.next() % kTies);
  return static_cast<std::uint32_t>(ties_.between(first, kTies - 1));
}

std::int64_t Scheduler::latency(const LatencyRange& range, RandomStream& stream) const {
  const std::int64_t low = std::clamp<std::int64_t>(range.min.count(), 0, kEndOfTime);
  const std::int64_t high = std::clamp<std::int64_t>(range.max.count(), 0, kEndOfTime);
  if (policy_ == SchedulePolicy::Fifo || high <= low) return low;
  return low + static_cast<std::int64_t>(stream.below(static_cast<std::uint64_t>(high - low + 1)));
}

std::int64_t Scheduler::arrival(std::int64_t last, std::int64_t latency) const {
  return std::max(last + 1, now_ + latency);
}

}  // namespace weir::sim
