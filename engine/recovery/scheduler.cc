#include "recovery/scheduler.h"

#include <algorithm>

namespace weir::engine {
namespace {

bool running_or_finished(const TaskView& task) {
  return task.state == AttemptState::Running || task.state == AttemptState::Finished;
}
bool finished(const TaskView& task) { return task.state == AttemptState::Finished; }

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
    if (processes_[subtask.id.value] != process || over(subtask.id)) continue;
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
  const bool live = current(update.attempt) && !over(update.attempt.subtask);
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

void Scheduler::set_state(JobState state) {
  state_ = state;
  effects_.push(Event{EventKind::JobStateChanged, actor_, static_cast<std::uint32_t>(state), 0, 0});
}

}  // namespace weir::engine
