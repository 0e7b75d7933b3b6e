#include "recovery/scheduler.h"

#include <algorithm>
#include <utility>

namespace weir::engine {
namespace {

bool running_or_finished(const TaskView& task) {
  return task.state == AttemptState::Running || task.state == AttemptState::Finished;
}
bool finished(const TaskView& task) { return task.state == AttemptState::Finished; }
bool terminal(const TaskView& task) { return is_terminal(task.state); }

}  // namespace

Scheduler::Scheduler(const ExecutionGraph& graph, const JobOptions& options, const DefectSet& defects,
                     AttemptId attempts_before)
    : graph_(graph),
      options_(options),
      defects_(defects),
      restarts_(options),
      attempt_(attempts_before),
      tasks_(graph.subtasks().size()),
      processes_(graph.subtasks().size(), kJobManager) {}

void Scheduler::start() { set_state(JobState::Created); }

// --- TaskManagers --------------------------------------------------------------------------------------------------

void Scheduler::registered(const Moment& moment, ProcessId process, const RegisterTaskManager& message) {
  effects_.push(SendToProcess{process, RegistrationAccepted{message.incarnation}});
  if (cluster_.add(process, message.slots, message.incarnation)) fail_attempts_on(moment, process);
}

void Scheduler::process_lost(const Moment& moment, ProcessId process) {
  if (cluster_.remove(process)) fail_attempts_on(moment, process);
}

// RE-11: attempts of a lost process are over; nobody waits for their cancellation.
void Scheduler::fail_attempts_on(const Moment& moment, ProcessId process) {
  bool any = false;
  for (const SubtaskInfo& subtask : graph_.subtasks()) {
    if (processes_[subtask.id.value] != process || terminal(tasks_[subtask.id.value])) continue;
    fail_attempt(subtask.id, FailureCause::ProcessLost, process.value);
    any = true;
  }
  if (any) fail_over(moment);
}

// --- deployment ----------------------------------------------------------------------------------------------------

bool Scheduler::ready_to_deploy() const {
  return waiting_ == Waiting::ForSlots && cluster_.slots() >= graph_.slots_needed();
}

void Scheduler::deploy(const RestoreAssignment& restore) {
  waiting_ = Waiting::ForNothing;
  ++attempt_.value;
  running_reported_ = false;
  place_subtasks();
  set_state(JobState::Running);
  for (const SubtaskInfo& subtask : graph_.subtasks()) {
    deploy_subtask(subtask, restore.subtasks[subtask.id.value], restore.checkpoint);
  }
}

// All subtasks of one index share a slot.
void Scheduler::place_subtasks() {
  std::vector<ProcessId> owners;
  if (options_.local_recovery) {
    const std::vector<SlotAllocation> before = std::exchange(slots_, cluster_.allocate(graph_.slots_needed(), slots_));
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (before[i] != slots_[i]) free(before[i]);
    }
    for (const SlotAllocation& slot : slots_) owners.push_back(slot.process);
  } else {
    owners = cluster_.slot_owners(graph_.slots_needed());
  }
  for (const SubtaskInfo& subtask : graph_.subtasks()) processes_[subtask.id.value] = owners[subtask.index];
}

void Scheduler::free(const SlotAllocation& slot) { effects_.push(SendToProcess{slot.process, FreeSlot{slot.id}}); }

void Scheduler::deploy_subtask(const SubtaskInfo& subtask, const SubtaskRestore& restore, CheckpointId checkpoint) {
  const ProcessId process = processes_[subtask.id.value];
  tasks_[subtask.id.value] = TaskView{attempt_, AttemptState::Deploying, false, restore.finished};
  effects_.push(
      Event{EventKind::AttemptDeployed, actor_of(kJobManager), attempt_.value, subtask.id.value, process.value});
  const AllocationId allocation = slots_.empty() ? AllocationId{} : slots_[subtask.index].id;
  effects_.push(SendToProcess{
      process,
      DeployTask{{subtask.id, attempt_}, checkpoint, restore.state, processes_, restore.finished, allocation}});
  arm(SchedulerTimer::DeployTimeout, options_.rpc.deploy_timeout, subtask.id);
}

// --- what tasks report ---------------------------------------------------------------------------------------------

bool Scheduler::current(ExecutionAttempt attempt) const {
  return attempt.subtask.value < tasks_.size() && attempt.attempt.value != 0 &&
         tasks_[attempt.subtask.value].attempt == attempt.attempt;
}

void Scheduler::task_state(const Moment& moment, ProcessId from, const TaskStateUpdate& update) {
  effects_.push(SendToProcess{from, TaskStateSeen{update.attempt, update.state}});
  const bool live = current(update.attempt) && !terminal(tasks_[update.attempt.subtask.value]);
  if (live) return apply(moment, update.attempt, update.state);
  // RE-14: it runs although nobody here counts on it any more.
  if (update.state == AttemptState::Running) effects_.push(SendToProcess{from, CancelTask{update.attempt}});
}

void Scheduler::apply(const Moment& moment, ExecutionAttempt attempt, AttemptState state) {
  TaskView& task = tasks_[attempt.subtask.value];
  if (task.state == state) return;
  task.state = state;
  if (waiting_ == Waiting::ForCancellation) {
    wait_for_cancellation();
  } else if (state == AttemptState::Failed || state == AttemptState::Canceled) {
    fail_over(moment);
  } else {
    after_progress(attempt, state);
  }
}

void Scheduler::after_progress(ExecutionAttempt attempt, AttemptState state) {
  if (state_ != JobState::Running) return;
  if (state == AttemptState::Finished) effects_.push(TaskFinished{attempt});
  if (std::all_of(tasks_.begin(), tasks_.end(), finished)) {
    end(JobState::Finished);
  } else if (!running_reported_ && std::all_of(tasks_.begin(), tasks_.end(), running_or_finished)) {
    running_reported_ = true;
    effects_.push(TasksRunning{});
  }
}

void Scheduler::end_of_data(ExecutionAttempt attempt) {
  if (!current(attempt) || tasks_[attempt.subtask.value].end_of_data) return;
  tasks_[attempt.subtask.value].end_of_data = true;
  if (state_ == JobState::Running) effects_.push(TaskReachedEnd{});
}

// --- failure and restart -------------------------------------------------------------------------------------------

void Scheduler::fail_attempt(SubtaskId subtask, FailureCause cause, std::uint64_t culprit) {
  tasks_[subtask.value].state = AttemptState::Failed;
  effects_.push(
      Event{EventKind::AttemptFailed, actor_of(subtask), attempt_.value, static_cast<std::uint64_t>(cause), culprit});
}

void Scheduler::fail_job(const Moment& moment) { fail_over(moment); }

// RE-3: cancel everything and wait until it is terminal, then the delay, then slots. A failure during a restart is part
// of the same one.
void Scheduler::fail_over(const Moment& moment) {
  if (waiting_ == Waiting::ForCancellation) return wait_for_cancellation();
  if (state_ != JobState::Running) return;
  const std::optional<Duration> delay = restart_delay(moment);
  set_state(delay ? JobState::Restarting : JobState::Failed);
  effects_.push(FailoverBegun{delay ? AbortReason::JobFailoverRegion : AbortReason::CheckpointCoordinatorSuspend});
  if (!delay) {
    cancel_live_attempts();
    return conclude();
  }
  restart_delay_ = *delay;
  wait_for_all_terminal();
}

// SP-9, RE-10: whatever the strategy, a job that ends with a savepoint does not restart.
std::optional<Duration> Scheduler::restart_delay(const Moment& moment) {
  const bool stopped = final_savepoint_ != kNoCheckpoint && !defects_.has(Defect::RestartAfterSavepoint);
  return stopped ? std::nullopt : restarts_.on_failure(moment);
}

void Scheduler::wait_for_all_terminal() {
  waiting_ = Waiting::ForCancellation;
  cancel_live_attempts();
  wait_for_cancellation();
  if (waiting_ == Waiting::ForCancellation) arm(SchedulerTimer::CancelRetry, options_.rpc.retry);
}

void Scheduler::cancel_job() {
  if (is_terminal(state_) || state_ == JobState::Canceling) return;
  set_state(JobState::Canceling);
  effects_.push(FailoverBegun{AbortReason::CheckpointCoordinatorSuspend});  // CO-5
  wait_for_all_terminal();
}

void Scheduler::savepoint_created(CheckpointId savepoint) {
  final_savepoint_ = savepoint;
  arm(SchedulerTimer::StopRetry, options_.rpc.retry);
}

// A notification may be lost, and nobody would ask again (G-4).
void Scheduler::announce_savepoint() {
  if (state_ != JobState::Running) return;
  for (const SubtaskInfo& subtask : graph_.subtasks()) {
    const TaskView& task = tasks_[subtask.id.value];
    if (terminal(task)) continue;
    effects_.push(SendToProcess{processes_[subtask.id.value],
                                NotifyCheckpointComplete{final_savepoint_, {subtask.id, task.attempt}}});
  }
  arm(SchedulerTimer::StopRetry, options_.rpc.retry);
}

void Scheduler::end(JobState state) {
  waiting_ = Waiting::ForNothing;
  set_state(state);
  conclude();
}

void Scheduler::conclude() {
  for (const SlotAllocation& slot : slots_) free(slot);
  slots_.clear();
  effects_.push(JobEnded{state_});
}

void Scheduler::cancel_live_attempts() {
  for (const SubtaskInfo& subtask : graph_.subtasks()) {
    const TaskView& task = tasks_[subtask.id.value];
    if (terminal(task)) continue;
    effects_.push(SendToProcess{processes_[subtask.id.value], CancelTask{{subtask.id, task.attempt}}});
  }
}

void Scheduler::wait_for_cancellation() {
  if (!std::all_of(tasks_.begin(), tasks_.end(), terminal)) return;
  if (state_ == JobState::Canceling) return end(JobState::Canceled);
  waiting_ = Waiting::ForDelay;
  effects_.push(Event{EventKind::RestartScheduled, actor_of(kJobManager), 0, restarts_.granted(),
                      static_cast<std::uint64_t>(to_ns(restart_delay_))});
  arm(SchedulerTimer::RestartDelay, restart_delay_);
}

void Scheduler::on_timer(const Moment& moment, SchedulerTimer kind, SubtaskId subtask, AttemptId attempt) {
  if (attempt != attempt_) return;
  if (kind == SchedulerTimer::RestartDelay) {
    if (waiting_ == Waiting::ForDelay) waiting_ = Waiting::ForSlots;
  } else if (kind == SchedulerTimer::CancelRetry) {
    if (waiting_ != Waiting::ForCancellation) return;
    cancel_live_attempts();
    arm(SchedulerTimer::CancelRetry, options_.rpc.retry);
  } else if (kind == SchedulerTimer::StopRetry) {
    announce_savepoint();
  } else if (tasks_[subtask.value].state == AttemptState::Deploying) {
    fail_attempt(subtask, FailureCause::DeployTimeout, processes_[subtask.value].value);
    fail_over(moment);
  }
}

void Scheduler::set_state(JobState state) {
  state_ = state;
  effects_.push(Event{EventKind::JobStateChanged, actor_of(kJobManager), static_cast<std::uint32_t>(state), 0, 0});
}

void Scheduler::arm(SchedulerTimer kind, Duration delay, SubtaskId subtask) {
  effects_.push(ArmSchedulerTimer{kind, delay, subtask, attempt_});
}

}  // namespace weir::engine
