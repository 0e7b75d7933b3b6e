#pragma once

// The life of the job and of its attempts: when to deploy, what a failure means, when to start again, when it is over
// (RE-2..RE-4, RE-9..RE-11). Full failover: any failure restarts every subtask. Inputs are calls, outputs are effects.

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "checkpoint/effects.h"
#include "checkpoint/plan.h"
#include "recovery/cluster.h"
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
  SubtaskId subtask{};  // DeployTimeout
  AttemptId attempt{};  // of the deployment it belongs to
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
            AttemptId attempts_before = {});

  void start();
  // What may be a failure comes with its moment, for the restart strategy.
  void registered(const Moment& moment, ProcessId process, const RegisterTaskManager& message);
  void process_lost(const Moment& moment, ProcessId process);
  void task_state(const Moment& moment, ProcessId from, const TaskStateUpdate& update);
  void end_of_data(ExecutionAttempt attempt);
  void fail_job(const Moment& moment);  // a failure without a failed attempt (RE-2)
  void cancel_job();                    // nothing when the job is over
  // The job ends with this savepoint: its tasks finish once they know that it is complete. They are told until they do;
  // a failure from here on ends the job for good, because a restart from an older checkpoint would repeat what the
  // savepoint commits (SP-9, RE-10).
  void savepoint_created(CheckpointId savepoint);
  void on_timer(const Moment& moment, SchedulerTimer kind, SubtaskId subtask, AttemptId attempt);

  // The job waits for nothing but its deployment.
  bool ready_to_deploy() const;
  void deploy(const RestoreAssignment& restore);

  JobState state() const { return state_; }
  const TaskViews& tasks() const { return tasks_; }
  ProcessId process_of(SubtaskId subtask) const { return processes_[subtask.value]; }
  EffectQueue<SchedulerEffect>& effects() { return effects_; }

 private:
  enum class Waiting : std::uint8_t { ForNothing, ForCancellation, ForDelay, ForSlots };

  bool current(ExecutionAttempt attempt) const;
  void place_subtasks();
  void free(const SlotAllocation& slot);
  void deploy_subtask(const SubtaskInfo& subtask, const SubtaskRestore& restore, CheckpointId checkpoint);
  void apply(const Moment& moment, ExecutionAttempt attempt, AttemptState state);
  void after_progress(ExecutionAttempt attempt, AttemptState state);
  // An attempt whose failure only the JobManager knows of.
  void fail_attempt(SubtaskId subtask, FailureCause cause, std::uint64_t culprit);
  void fail_attempts_on(const Moment& moment, ProcessId process);
  void fail_over(const Moment& moment);
  std::optional<Duration> restart_delay(const Moment& moment);  // nothing: the job fails for good
  void cancel_live_attempts();
  void wait_for_all_terminal();
  void announce_savepoint();
  void end(JobState state);
  void conclude();  // its state is terminal
  void wait_for_cancellation();
  void set_state(JobState state);
  void arm(SchedulerTimer kind, Duration delay, SubtaskId subtask = kNoSubtask);

  const ExecutionGraph& graph_;
  const JobOptions& options_;
  const DefectSet& defects_;
  Cluster cluster_;
  JobRestarts restarts_;
  JobState state_ = JobState::Created;
  Waiting waiting_ = Waiting::ForSlots;
  Duration restart_delay_{};
  CheckpointId final_savepoint_{};
  AttemptId attempt_{};            // of the latest deployment; the same for all subtasks
  bool running_reported_ = false;  // of this deployment
  TaskViews tasks_;
  std::vector<ProcessId> processes_;   // indexed by SubtaskId
  std::vector<SlotAllocation> slots_;  // with local recovery, by subtask index: of the latest deployment
  EffectQueue<SchedulerEffect> effects_;
};

}  // namespace weir::engine
