#pragma once

// The life of the job and of its attempts: when to deploy, what a failure means, when to start again, when it is over
// (RE-1..RE-5, RE-9..RE-11, RE-14). A failure restarts the region of the failed subtask and leaves the others running.
// Inputs are calls, outputs are effects.

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "checkpoint/effects.h"
#include "checkpoint/plan.h"
#include "recovery/cluster.h"
#include "recovery/failover_regions.h"
#include "recovery/restart_strategy.h"
#include "recovery/restore.h"
#include "weir/engine/defects.h"
#include "weir/engine/events.h"
#include "weir/engine/job_graph.h"
#include "weir/engine/messages.h"
#include "weir/engine/options.h"

namespace weir::engine {

enum class SchedulerTimer : std::uint8_t { DeployTimeout, CancelRetry, RestartDelay, StopRetry };

struct ArmSchedulerTimer {
  SchedulerTimer kind{};
  Duration delay{};
  SubtaskId subtask{};   // DeployTimeout; RestartDelay and CancelRetry: one of the region
  std::uint32_t life{};  // DeployTimeout: the attempt; StopRetry: the newest one; else the version of the region
};
struct SendToProcess {
  ProcessId to;
  Message message;
};
struct TasksRunning {};  // all are RUNNING or FINISHED (CO-5)
struct TaskReachedEnd {};
struct TaskFinished {
  ExecutionAttempt attempt;
};
struct FailoverBegun {
  AbortReason checkpoints{};  // why the pending ones are void (CO-5, RE-4)
};
struct JobEnded {  // terminal state
  JobState state{};
};

using SchedulerEffect = std::variant<Event, SendToProcess, ArmSchedulerTimer, TasksRunning, TaskReachedEnd,
                                     TaskFinished, FailoverBegun, JobEnded>;

class Scheduler {
 public:
  Scheduler(const ExecutionGraph& graph, const JobOptions& options, const DefectSet& defects,
            AttemptId attempts_before = {}, ProcessId self = kJobManager);

  void start();
  // What may be a failure comes with its moment, for the restart strategy.
  void registered(const Moment& moment, ProcessId process, const RegisterTaskManager& message);
  void process_lost(const Moment& moment, ProcessId process);
  void task_state(const Moment& moment, ProcessId from, const TaskStateUpdate& update);
  // What is deployed on a process according to itself (RE-14).
  void reconcile(const Moment& moment, ProcessId process, const std::vector<ExecutionAttempt>& deployed);
  void end_of_data(ExecutionAttempt attempt);
  void fail_job(const Moment& moment);  // a failure without a failed attempt (RE-2)
  // What a running subtask had to hear did not reach it (SO-18): its region restarts.
  void event_lost(const Moment& moment, ExecutionAttempt attempt);
  void cancel_job();  // nothing when the job is over
  // The job ends with this savepoint: a failure from here on ends it for good, because a restart from an older
  // checkpoint would repeat what the savepoint commits (SP-9, RE-10).
  void end_with(CheckpointId savepoint) { final_savepoint_ = savepoint; }
  // That savepoint is complete. The tasks finish once they know it, and are told until they do.
  void savepoint_completed() { arm_stop_retry(); }
  void on_timer(const Moment& moment, SchedulerTimer kind, SubtaskId subtask, std::uint32_t life);

  // Some regions, at first all of them, wait for nothing but their deployment.
  bool ready_to_deploy() const { return any_waits_for_slots() && !deployable().empty(); }
  void deploy(const RestoreAssignment& restore);

  JobState state() const { return state_; }
  const TaskViews& tasks() const { return tasks_; }
  ProcessId process_of(SubtaskId subtask) const { return processes_[subtask.value]; }
  EffectQueue<SchedulerEffect>& effects() { return effects_; }

 private:
  enum class Waiting : std::uint8_t { ForNothing, ForCancellation, ForDelay, ForSlots };
  struct Region {
    Waiting waiting = Waiting::ForSlots;
    std::uint32_t version = 0;  // of its restart: what an earlier one still has to come is void (RE-3)
    Duration restart_delay{};
  };

  bool current(ExecutionAttempt attempt) const;
  bool over(SubtaskId subtask) const;  // its latest attempt is
  bool terminal(const std::vector<SubtaskId>& subtasks) const;
  bool any_waits() const;
  bool any_waits_for_slots() const;
  // --- slots, by subtask index
  std::vector<RegionId> deployable() const;
  Places places_taken() const;
  void place_subtasks(const std::vector<RegionId>& regions);
  std::vector<ProcessId> place_in_slots(const std::vector<bool>& wanted);
  void free(const SlotAllocation& slot);
  void deploy_subtask(const SubtaskInfo& subtask, const SubtaskRestore& restore, CheckpointId checkpoint);
  void apply(const Moment& moment, ExecutionAttempt attempt, AttemptState state);
  void after_progress(ExecutionAttempt attempt, AttemptState state);
  // An attempt whose failure only the JobManager knows of.
  void fail_attempt(SubtaskId subtask, FailureCause cause, std::uint64_t culprit);
  void fail_attempts_on(const Moment& moment, ProcessId process);
  // Those of the regions that run are to restart, for one failure.
  void fail_over(const Moment& moment, const std::vector<RegionId>& regions);
  void fail_over_each(const Moment& moment, const std::vector<SubtaskId>& failed);
  std::optional<Duration> restart_delay(const Moment& moment);  // nothing: the job fails for good
  void cancel_live_attempts(RegionId region);
  void wait_for_all_terminal(RegionId region);
  void announce_savepoint();
  void arm_stop_retry();
  void on_deploy_timeout(const Moment& moment, SubtaskId subtask, AttemptId attempt);
  void on_restart_timer(SchedulerTimer kind, RegionId region);
  void end(JobState state);
  void conclude();  // its state is terminal
  void wait_for_cancellation(RegionId region);
  void set_state(JobState state);
  void arm(SchedulerTimer kind, Duration delay, RegionId region);
  Region& at(RegionId region) { return waits_[region.value]; }

  const ExecutionGraph& graph_;
  const JobOptions& options_;
  const DefectSet& defects_;
  ActorId actor_;
  Cluster cluster_;
  JobRestarts restarts_;
  JobState state_ = JobState::Created;
  FailoverRegions regions_;
  std::vector<Region> waits_;  // by region
  CheckpointId final_savepoint_{};
  AttemptId attempt_{};            // of the latest deployment; the same for all subtasks of it
  bool running_reported_ = false;  // of this deployment
  TaskViews tasks_;
  std::vector<ProcessId> processes_;   // indexed by SubtaskId
  std::vector<SlotAllocation> slots_;  // with local recovery, by subtask index: of the latest deployment
  EffectQueue<SchedulerEffect> effects_;
};

}  // namespace weir::engine
