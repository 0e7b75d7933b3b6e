#include <algorithm>

#include "world/run_driver.h"

// A process that stands still (RP-4): its timers come late, what is sent to it waits, a write of it does not end, its
// connections stay open and do not move. When it goes on, all of that happens at one instant, in the order in which it
// would have.

namespace weir::sim {

bool RunDriver::held(const QueuedEvent& event) {
  const auto process = receiver(event);
  if (!process || !pauses_.paused(*process)) return false;
  pauses_.hold(*process, event);
  return true;
}

std::optional<ProcessId> RunDriver::receiver(const QueuedEvent& event) const {
  switch (happening_of(event)) {
    case Happening::Timer:
    case Happening::Message:
    case Happening::Unreachable:
    case Happening::ProcessLoss:
    case Happening::HaAnswer:
    case Happening::LeaderNews:
      return ProcessId{event.target};
    case Happening::Segment:
      return data_.consumer_of(event);
    case Happening::Credit:
    case Happening::SegmentSize:
      return data_.producer_of(event);
    case Happening::ConnectionBreak:
      return data_.hearer_of(event);
    case Happening::Stored:
      return storage_.writer_of(event);
    default:
      return std::nullopt;
  }
}

bool RunDriver::pause(ProcessId process, Duration duration) {
  if (table_.find(process) == nullptr) return false;
  const std::int64_t end = scheduler_.now_ns() + std::min<std::int64_t>(duration.count(), kEndOfTime);
  log_.world(WorldEventKind::ProcessPaused, engine::actor_of(process), table_.incarnation(process), 0,
             static_cast<std::uint64_t>(duration.count()));
  pauses_.begin(process, end);
  QueuedEvent event;
  event.target = process.value;
  event.small = log_.cause();
  scheduler_.push_after(duration, Happening::Resume, event);
  return true;
}

// One that was paused again in between has an end of its own.
void RunDriver::resume(const QueuedEvent& event) {
  const ProcessId process{event.target};
  if (!pauses_.over(process, scheduler_.now_ns())) return;
  log_.begin_handler(event.small);
  go_on(process);
}

void RunDriver::go_on(ProcessId process) {
  const std::size_t waited = pauses_.end(process);
  log_.world(WorldEventKind::ProcessResumed, engine::actor_of(process), table_.incarnation(process), 0, waited);
}

}  // namespace weir::sim
