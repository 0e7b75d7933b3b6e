#pragma once

// One run from its inputs to its outcome: wires the world together, turns the event loop, leads through the phases, and
// is the one place where a broken invariant ends a run.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "world/checkpoint_storage.h"
#include "world/control_plane.h"
#include "world/input_files.h"
#include "world/job_user.h"
#include "world/log_broker.h"
#include "world/named_streams.h"
#include "world/pauses.h"
#include "world/processes.h"
#include "world/timers.h"

namespace weir::sim {

class RunDriver final : private EventWatcher {
 public:
  // `factory` outlives the driver.
  explicit RunDriver(ProcessFactory& factory);
  RunDriver(const RunDriver&) = delete;
  RunDriver& operator=(const RunDriver&) = delete;

  RunOutcome run(const RunInputs& inputs, Observer* observer);
  const Trace& trace() const { return log_.trace(); }
  std::vector<VisibleRecord> visible() const { return broker_.visible(); }
  std::vector<StoredFile> stored() const { return storage_.kept(); }

 private:
  void set_up(const RunInputs& inputs, Observer* observer);
  void begin_storm(const RunInputs& inputs);
  void schedule_fault(std::uint32_t fault);
  void schedule_phases();
  void loop();
  QueuedEvent next_event();
  void dispatch(const QueuedEvent& event);
  void after_handler();
  void tear_down();

  void on_watched(const TraceEvent& event, std::uint32_t index) override;
  void strike(const FaultInjector::Due& due);
  bool take_effect(const Fault& fault);
  bool available() const;  // with high availability
  // Processes that stand still (world/pauses.h).
  bool held(const QueuedEvent& event);
  std::optional<ProcessId> receiver(const QueuedEvent& event) const;
  bool pause(ProcessId process, Duration duration);
  void resume(const QueuedEvent& event);
  void go_on(ProcessId process);
  void begin_calm(const QueuedEvent& event);
  void begin_drain();
  void watch_events();
  void phase(Phase next);

  // --- the user, and the jobs that follow each other
  void begin_first_stage();
  void keep_appointment();
  void ask();
  void job_ended();
  void job_is_over(RunEnd otherwise);
  void lose_job();
  engine::Result<engine::JobSetup> restored(const Stage& stage, RestorePoint from);
  void begin_stage(engine::JobSetup setup, RestorePoint from);
  void renew_world(const engine::JobSetup& setup);
  void schedule_again();
  engine::AttemptId last_attempt() const;

  // Construction order is the order of dependence.
  Scheduler scheduler_;
  EventLog log_{scheduler_};
  FaultInjector faults_;
  JobUser user_;
  ProcessTable table_;
  engine::SegmentPool segments_{2048};
  SimTimers timers_{scheduler_, log_, table_};
  SimControlPlane control_{scheduler_, log_, table_, faults_};
  SimDataPlane data_{scheduler_, log_, table_, faults_, segments_};
  SimCheckpointStorage storage_{scheduler_, log_, table_};
  SimDisks disks_;
  SimHaStore ha_{scheduler_, log_, table_, faults_};
  NamedStreams random_;
  SimLogBroker broker_{log_};
  SimInputFiles files_;
  Pauses pauses_;
  Processes processes_;
  engine::DefectSet defects_;
  engine::Environment environment_;

  std::shared_ptr<const Workload> workload_;  // what is visible stays readable after the run
  const RunInputs* inputs_ = nullptr;
  std::vector<std::unique_ptr<engine::JobSetup>> followers_;  // setups of the stages after the first that began
  std::vector<StageInfo> stages_;
  std::string refusal_;
  std::uint32_t first_armed_ = 0;              // event that armed the first fault
  std::optional<engine::JobState> job_ended_;  // in the handler that runs
  Phase phase_ = Phase::Storm;
  bool drain_due_ = false;
  std::optional<RunEnd> end_;
  std::uint64_t handled_ = 0;
};

}  // namespace weir::sim
