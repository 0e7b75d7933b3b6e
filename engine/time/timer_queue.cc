#include "weir/engine/timer_queue.h"

#include <utility>

namespace weir::engine {

bool TimerQueue::add(Timer timer) {
  const auto place = timers_.insert(std::move(timer)).first;
  return place == timers_.begin();
}

std::optional<std::int64_t> TimerQueue::next() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.begin()->time;
}

std::optional<Timer> TimerQueue::pop(std::int64_t limit) {
  if (timers_.empty() || timers_.begin()->time > limit) return std::nullopt;
  return std::move(timers_.extract(timers_.begin()).value());
}

}  // namespace weir::engine
