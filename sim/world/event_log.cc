#include "world/event_log.h"

namespace weir::sim {

void EventLog::reset(std::uint64_t seed, Observer* observer, EventWatcher* watcher) {
  trace_.clear(seed);
  observer_ = observer;
  watcher_ = watcher;
  watched_.clear();
  cause_ = kNoCause;
}

std::uint32_t EventLog::append(TraceKind kind, ActorId actor, std::uint32_t detail, std::uint64_t a, std::uint64_t b) {
  const TraceEvent event{clock_->now_ns(), kind, actor, detail, a, b, cause_, 0};
  const std::uint32_t index = trace_.append(event);
  cause_ = index;
  if (observer_ != nullptr) observer_->on_event(event, index);
  if (watched_.has(kind) && watcher_ != nullptr) watcher_->on_watched(event, index);
  return index;
}

}  // namespace weir::sim
