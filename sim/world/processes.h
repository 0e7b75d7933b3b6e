#pragma once

// The lives of JobManager and TaskManagers: birth, crash, what a crash takes along, and the next life.

#include <memory>

#include "world/data_plane.h"
#include "world/disks.h"
#include "world/event_log.h"
#include "world/ha_store.h"
#include "world/process_table.h"
#include "world/scheduler.h"

namespace weir::sim {

// Makes the process objects; the world's own tests put simpler ones into it.
class ProcessFactory {
 public:
  virtual ~ProcessFactory() = default;
  virtual std::unique_ptr<engine::Process> job_manager(engine::Environment& environment, const engine::JobSetup& setup,
                                                       ProcessId self) = 0;
  virtual std::unique_ptr<engine::Process> task_manager(engine::Environment& environment, const engine::JobSetup& setup,
                                                        ProcessId self, std::uint32_t incarnation) = 0;
};

class Processes {
 public:
  Processes(Scheduler& scheduler, EventLog& log, ProcessTable& table, SimDataPlane& data, SimDisks& disks,
            SimHaStore& ha, ProcessFactory& factory)
      : scheduler_(&scheduler),
        log_(&log),
        table_(&table),
        data_(&data),
        disks_(&disks),
        ha_(&ha),
        factory_(&factory) {}

  // All of them start now, the JobManager at once and the others as queued events, so that a registration
  // finds somebody to receive it. What is passed outlives the run.
  void reset(engine::Environment& environment, const engine::JobSetup& setup, Duration detect_loss);
  void start(const QueuedEvent& event);
  // A process dies now and starts again after `downtime`; false when it is not alive. Never while one of its entry
  // points runs. Without high availability nothing follows a JobManager.
  bool crash(ProcessId process, Duration downtime);
  // Tells JobManagers of a TaskManager, unless it lives again: then its registration tells. Tells TaskManagers of a
  // JobManager (RE-12).
  void report_loss(const QueuedEvent& event);
  // Tells who sent a heartbeat that it reached nobody.
  void report_unreachable(const QueuedEvent& event);
  // The user asks the job; false when there is no JobManager.
  bool ask(const engine::JobRequest& request);
  void destroy_all();

 private:
  void expect_loss(ProcessId lost);
  std::unique_ptr<engine::Process> make(ProcessId process, std::uint32_t incarnation);

  Scheduler* scheduler_;
  EventLog* log_;
  ProcessTable* table_;
  SimDataPlane* data_;
  SimDisks* disks_;
  SimHaStore* ha_;
  ProcessFactory* factory_;
  engine::Environment* environment_ = nullptr;
  const engine::JobSetup* setup_ = nullptr;
  Duration detect_loss_{};
};

}  // namespace weir::sim
