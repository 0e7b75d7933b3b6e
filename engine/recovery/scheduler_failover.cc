#include <algorithm>

#include "recovery/scheduler.h"

// What the scheduler does about failures: which regions restart, and what each of them waits for meanwhile.

namespace weir::engine {
void Scheduler::fail_attempt(SubtaskId subtask, FailureCause cause, std::uint64_t culprit) {
  TaskView& task = tasks_[subtask.value];
  task.state = AttemptState::Failed;
  effects_.push(Event{EventKind::AttemptFailed, actor_of(subtask), task.attempt.value,
                      static_cast<std::uint64_t>(cause), culprit});
}

void Scheduler::fail_job(const Moment& moment) { fail_over(moment, regions_.all()); }

void Scheduler::event_lost(const Moment& moment, ExecutionAttempt attempt) {
  if (current(attempt) && !over(attempt.subtask)) fail_over(moment, {regions_.of(attempt.subtask)});
}

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

// A notification may be lost, and nobody would ask again (G-4).
void Scheduler::announce_savepoint() {
  if (state_ != JobState::Running) return;
  for (const SubtaskInfo& subtask : graph_.subtasks()) {
    if (over(subtask.id)) continue;
    const ExecutionAttempt attempt{subtask.id, tasks_[subtask.id.value].attempt};
    effects_.push(SendToProcess{processes_[subtask.id.value], NotifyCheckpointComplete{final_savepoint_, attempt}});
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
    if (over(subtask)) continue;
    effects_.push(SendToProcess{processes_[subtask.value], CancelTask{{subtask, tasks_[subtask.value].attempt}}});
  }
}

bool Scheduler::over(SubtaskId subtask) const { return is_terminal(tasks_[subtask.value].state); }

bool Scheduler::terminal(const std::vector<SubtaskId>& subtasks) const {
  return std::all_of(subtasks.begin(), subtasks.end(), [this](SubtaskId subtask) { return over(subtask); });
}

void Scheduler::wait_for_cancellation(RegionId region) {
  if (!terminal(regions_.members(region))) return;
  if (state_ == JobState::Canceling) {
    const auto terminal = [](const TaskView& task) { return is_terminal(task.state); };
    if (std::all_of(tasks_.begin(), tasks_.end(), terminal)) end(JobState::Canceled);
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

void Scheduler::arm(SchedulerTimer kind, Duration delay, RegionId region) {
  effects_.push(ArmSchedulerTimer{kind, delay, regions_.members(region).front(), at(region).version});
}

}  // namespace weir::engine
