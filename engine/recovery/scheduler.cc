#include "recovery/scheduler.h"

#include <algorithm>
#include <utility>

namespace weir::engine {
namespace {

bool running_or_finished(const TaskView& task) {
  return task.state == AttemptState::Running || task.state == AttemptState::Finished;
}
bool finished(const TaskView& task) { return task.state == AttemptState::Finished; }
bool over(const TaskView& task) { return is_terminal(task.state); }

}  // namespace

Scheduler::Scheduler(const ExecutionGraph& graph, const JobOptions& options, const DefectSet& defects,
                     AttemptId attempts_before, ProcessId self)
    : graph_(graph),
      options_(options),
      defects_(defects),
      actor_(actor_of(self)),
      restarts_(options),
      regions_(graph, options.failover_strategy),
      waits_(regions_.size()),
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
  std::vector<SubtaskId> failed;
  for (const SubtaskInfo& subtask : graph_.subtasks()) {
    if (processes_[subtask.id.value] != process || over(tasks_[subtask.id.value])) continue;
    fail_attempt(subtask.id, FailureCause::ProcessLost, process.value);
    failed.push_back(subtask.id);
  }
  fail_over_each(moment, failed);
}

// --- deployment ----------------------------------------------------------------------------------------------------

bool Scheduler::any_waits() const {
  return std::any_of(waits_.begin(), waits_.end(), [](const Region& r) { return r.waiting != Waiting::ForNothing; });
}

bool Scheduler::any_waits_for_slots() const {
  return std::any_of(waits_.begin(), waits_.end(), [](const Region& r) { return r.waiting == Waiting::ForSlots; });
}

void Scheduler::deploy(const RestoreAssignment& restore) {
  const std::vector<RegionId> regions = deployable();
  ++attempt_.value;
  running_reported_ = false;
  place_subtasks(regions);
  for (const RegionId region : regions) at(region).waiting = Waiting::ForNothing;
  if (!any_waits()) set_state(JobState::Running);
  for (const SubtaskInfo& subtask : graph_.subtasks()) {
    if (std::find(regions.begin(), regions.end(), regions_.of(subtask.id)) == regions.end()) continue;
    deploy_subtask(subtask, restore.subtasks[subtask.id.value], restore.checkpoint);
  }
}

void Scheduler::deploy_subtask(const SubtaskInfo& subtask, const SubtaskRestore& restore, CheckpointId checkpoint) {
  const ProcessId process = processes_[subtask.id.value];
  tasks_[subtask.id.value] = TaskView{attempt_, AttemptState::Deploying, false, restore.finished};
  effects_.push(Event{EventKind::AttemptDeployed, actor_, attempt_.value, subtask.id.value, process.value});
  const AllocationId allocation = slots_.empty() ? AllocationId{} : slots_[subtask.index].id;
  effects_.push(SendToProcess{
      process,
      DeployTask{{subtask.id, attempt_}, checkpoint, restore.state, processes_, restore.finished, allocation}});
  effects_.push(
      ArmSchedulerTimer{SchedulerTimer::DeployTimeout, options_.rpc.deploy_timeout, subtask.id, attempt_.value});
}

// --- what tasks report ---------------------------------------------------------------------------------------------

bool Scheduler::current(ExecutionAttempt attempt) const {
  return attempt.subtask.value < tasks_.size() && attempt.attempt.value != 0 &&
         tasks_[attempt.subtask.value].attempt == attempt.attempt;
}

void Scheduler::task_state(const Moment& moment, ProcessId from, const TaskStateUpdate& update) {
  effects_.push(SendToProcess{from, TaskStateSeen{update.attempt, update.state}});
  const bool live = current(update.attempt) && !over(tasks_[update.attempt.subtask.value]);
  if (live) return apply(moment, update.attempt, update.state);
  // RE-14: it runs although nobody here counts on it any more.
  if (update.state == AttemptState::Running) effects_.push(SendToProcess{from, CancelTask{update.attempt}});
}

// An attempt whose deployment may still be on its way is not missed.
void Scheduler::reconcile(const Moment& moment, ProcessId process, const std::vector<ExecutionAttempt>& deployed) {
  for (const ExecutionAttempt attempt : deployed) {
    if (!current(attempt)) effects_.push(SendToProcess{process, CancelTask{attempt}});
  }
  std::vector<SubtaskId> missing;
  for (const SubtaskInfo& subtask : graph_.subtasks()) {
    const TaskView& task = tasks_[subtask.id.value];
    const bool confirmed = task.state == AttemptState::Initializing || task.state == AttemptState::Running;
    if (processes_[subtask.id.value] != process || !confirmed) continue;
    if (std::binary_search(deployed.begin(), deployed.end(), ExecutionAttempt{subtask.id, task.attempt})) continue;
    fail_attempt(subtask.id, FailureCause::NotDeployed, process.value);
    missing.push_back(subtask.id);
  }
  fail_over_each(moment, missing);
}

void Scheduler::apply(const Moment& moment, ExecutionAttempt attempt, AttemptState state) {
  TaskView& task = tasks_[attempt.subtask.value];
  if (task.state == state) return;
  task.state = state;
  const RegionId region = regions_.of(attempt.subtask);
  if (at(region).waiting == Waiting::ForCancellation) {
    wait_for_cancellation(region);
  } else if (state == AttemptState::Failed || state == AttemptState::Canceled) {
    fail_over(moment, {region});
  } else {
    after_progress(attempt, state);
  }
}

void Scheduler::after_progress(ExecutionAttempt attempt, AttemptState state) {
  if (state_ != JobState::Running && state_ != JobState::Restarting) return;
  if (state == AttemptState::Finished) effects_.push(TaskFinished{attempt});
  if (state_ != JobState::Running) return;
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
  TaskView& task = tasks_[subtask.value];
  task.state = AttemptState::Failed;
  effects_.push(Event{EventKind::AttemptFailed, actor_of(subtask), task.attempt.value,
                      static_cast<std::uint64_t>(cause), culprit});
}

void Scheduler::fail_job(const Moment& moment) { fail_over(moment, regions_.all()); }

// Each region that has a failed subtask fails for itself.
void Scheduler::fail_over_each(const Moment& moment, const std::vector<SubtaskId>& failed) {
  for (const RegionId region : regions_.all()) {
    const bool hit = std::any_of(failed.begin(), failed.end(), [&](SubtaskId s) { return regions_.of(s) == region; });
    if (hit) fail_over(moment, {region});
  }
}

// RE-3: cancel the whole region and wait until it is terminal, then the delay, then slots. A failure in a region that
// restarts is part of the same restart; one in a region that runs on beside it is another one.
void Scheduler::fail_over(const Moment& moment, const std::vector<RegionId>& regions) {
  std::vector<RegionId> running;
  for (const RegionId region : regions) {
    if (at(region).waiting == Waiting::ForNothing) running.push_back(region);
    if (at(region).waiting == Waiting::ForCancellation) wait_for_cancellation(region);
  }
  if (running.empty() || (state_ != JobState::Running && state_ != JobState::Restarting)) return;
  const std::optional<Duration> delay = restart_delay(moment);
  set_state(delay ? JobState::Restarting : JobState::Failed);
  effects_.push(FailoverBegun{delay ? AbortReason::JobFailoverRegion : AbortReason::CheckpointCoordinatorSuspend});
  if (!delay) {
    for (const RegionId region : regions_.all()) cancel_live_attempts(region);
    return conclude();
  }
  for (const RegionId region : running) {
    at(region).restart_delay = *delay;
    wait_for_all_terminal(region);
  }
}

// SP-9, RE-10: whatever the strategy, a job that ends with a savepoint does not restart.
std::optional<Duration> Scheduler::restart_delay(const Moment& moment) {
  const bool stopped = final_savepoint_ != kNoCheckpoint && !defects_.has(Defect::RestartAfterSavepoint);
  return stopped ? std::nullopt : restarts_.on_failure(moment);
}

void Scheduler::wait_for_all_terminal(RegionId region) {
  at(region).waiting = Waiting::ForCancellation;
  ++at(region).version;
  cancel_live_attempts(region);
  wait_for_cancellation(region);
  if (at(region).waiting == Waiting::ForCancellation) arm(SchedulerTimer::CancelRetry, options_.rpc.retry, region);
}

void Scheduler::cancel_job() {
  if (is_terminal(state_) || state_ == JobState::Canceling) return;
  set_state(JobState::Canceling);
  effects_.push(FailoverBegun{AbortReason::CheckpointCoordinatorSuspend});  // CO-5
  for (const RegionId region : regions_.all()) {
    if (!is_terminal(state_)) wait_for_all_terminal(region);
  }
}

void Scheduler::savepoint_created(CheckpointId savepoint) {
  final_savepoint_ = savepoint;
  arm_stop_retry();
}

// A notification may be lost, and nobody would ask again (G-4).
void Scheduler::announce_savepoint() {
  if (state_ != JobState::Running) return;
  for (const SubtaskInfo& subtask : graph_.subtasks()) {
    const TaskView& task = tasks_[subtask.id.value];
    if (over(task)) continue;
    effects_.push(SendToProcess{processes_[subtask.id.value],
                                NotifyCheckpointComplete{final_savepoint_, {subtask.id, task.attempt}}});
  }
  arm_stop_retry();
}

void Scheduler::arm_stop_retry() {
  effects_.push(ArmSchedulerTimer{SchedulerTimer::StopRetry, options_.rpc.retry, kNoSubtask, attempt_.value});
}

void Scheduler::end(JobState state) {
  for (Region& region : waits_) region.waiting = Waiting::ForNothing;
  set_state(state);
  conclude();
}

void Scheduler::conclude() {
  for (const SlotAllocation& slot : slots_) free(slot);
  slots_.clear();
  effects_.push(JobEnded{state_});
}

void Scheduler::cancel_live_attempts(RegionId region) {
  for (const SubtaskId subtask : regions_.members(region)) {
    const TaskView& task = tasks_[subtask.value];
    if (over(task)) continue;
    effects_.push(SendToProcess{processes_[subtask.value], CancelTask{{subtask, task.attempt}}});
  }
}

bool Scheduler::terminal(const std::vector<SubtaskId>& subtasks) const {
  return std::all_of(subtasks.begin(), subtasks.end(), [this](SubtaskId s) { return over(tasks_[s.value]); });
}

void Scheduler::wait_for_cancellation(RegionId region) {
  if (!terminal(regions_.members(region))) return;
  if (state_ == JobState::Canceling) {
    if (std::all_of(tasks_.begin(), tasks_.end(), over)) end(JobState::Canceled);
    return;
  }
  at(region).waiting = Waiting::ForDelay;
  const Duration delay = at(region).restart_delay;
  effects_.push(
      Event{EventKind::RestartScheduled, actor_, 0, restarts_.granted(), static_cast<std::uint64_t>(to_ns(delay))});
  arm(SchedulerTimer::RestartDelay, delay, region);
}

void Scheduler::on_timer(const Moment& moment, SchedulerTimer kind, SubtaskId subtask, std::uint32_t life) {
  if (kind == SchedulerTimer::StopRetry) {
    if (life == attempt_.value) announce_savepoint();
  } else if (kind == SchedulerTimer::DeployTimeout) {
    on_deploy_timeout(moment, subtask, AttemptId{life});
  } else if (const RegionId region = regions_.of(subtask); at(region).version == life) {
    on_restart_timer(kind, region);
  }
}

void Scheduler::on_deploy_timeout(const Moment& moment, SubtaskId subtask, AttemptId attempt) {
  const TaskView& task = tasks_[subtask.value];
  if (task.attempt != attempt || task.state != AttemptState::Deploying) return;
  fail_attempt(subtask, FailureCause::DeployTimeout, processes_[subtask.value].value);
  fail_over(moment, {regions_.of(subtask)});
}

void Scheduler::on_restart_timer(SchedulerTimer kind, RegionId region) {
  if (kind == SchedulerTimer::RestartDelay) {
    if (at(region).waiting == Waiting::ForDelay) at(region).waiting = Waiting::ForSlots;
  } else if (at(region).waiting == Waiting::ForCancellation) {
    cancel_live_attempts(region);
    arm(SchedulerTimer::CancelRetry, options_.rpc.retry, region);
  }
}

void Scheduler::set_state(JobState state) {
  state_ = state;
  effects_.push(Event{EventKind::JobStateChanged, actor_, static_cast<std::uint32_t>(state), 0, 0});
}

void Scheduler::arm(SchedulerTimer kind, Duration delay, RegionId region) {
  effects_.push(ArmSchedulerTimer{kind, delay, regions_.members(region).front(), at(region).version});
}

}  // namespace weir::engine
