#include "world/timers.h"

#include "weir/engine/assert.h"

namespace weir::sim {

// Packed: high byte of kind: the timer's kind; small: cause; a: argument; b: attempt | subtask | incarnation.
void SimTimers::arm(ProcessId owner, Duration delay, const engine::TimerEvent& event) {
  const std::uint32_t incarnation = processes_->incarnation(owner);
  WEIR_ASSERT(incarnation <= 0xFFFF, "a process has lived more than 65535 times in one run");
  QueuedEvent queued;
  queued.kind = static_cast<std::uint16_t>(event.kind << 8);
  queued.target = owner.value;
  queued.small = log_->cause();
  queued.a = event.argument;
  queued.b = std::uint64_t{event.attempt} << 32 | std::uint64_t{event.subtask} << 16 | incarnation;
  scheduler_->push_after(delay, Happening::Timer, queued);
}

void SimTimers::fire(const QueuedEvent& event) {
  const auto incarnation = static_cast<std::uint32_t>(event.b & 0xFFFF);
  engine::Process* process = processes_->find(ProcessId{event.target}, incarnation);
  if (process == nullptr) return;
  log_->begin_handler(event.small);
  process->on_timer({static_cast<std::uint8_t>(event.kind >> 8), static_cast<std::uint16_t>(event.b >> 16),
                     static_cast<std::uint32_t>(event.b >> 32), event.a});
}

}  // namespace weir::sim
