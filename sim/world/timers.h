#pragma once

// Timers of processes: they die with the life that armed them.

#include "world/event_log.h"
#include "world/process_table.h"
#include "world/scheduler.h"

namespace weir::sim {

class SimTimers final : public engine::Timers {
 public:
  SimTimers(Scheduler& scheduler, EventLog& log, const ProcessTable& processes)
      : scheduler_(&scheduler), log_(&log), processes_(&processes) {}

  void arm(ProcessId owner, Duration delay, const engine::TimerEvent& event) override;
  void fire(const QueuedEvent& event);

 private:
  Scheduler* scheduler_;
  EventLog* log_;
  const ProcessTable* processes_;
};

}  // namespace weir::sim
