#include "checkpoint/coordinator.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "checkpoint/metadata.h"
#include "weir/engine/assert.h"
#include "weir/engine/file_segment.h"

namespace weir::engine {
namespace {

std::uint64_t with_subtask(ExecutionAttempt attempt, std::uint64_t what) { return what << 32 | attempt.subtask.value; }

// With the defect the restore reads one checkpoint more, whose files must then be there: offsets are wrong, not
// missing.
std::uint32_t retained(const CheckpointOptions& options, const DefectSet& defects) {
  return options.num_retained + (defects.has(Defect::RestoreOffsetsOfOtherCheckpoint) ? 1u : 0u);
}

}  // namespace

CheckpointCoordinator::CheckpointCoordinator(const ExecutionGraph& graph, const CheckpointOptions& options,
                                             const DefectSet& defects, const TaskViews& tasks, std::string directory,
                                             Leader self, bool coordinated)
    : graph_(graph),
      options_(options),
      defects_(defects),
      tasks_(tasks),
      directory_(std::move(directory)),
      actor_(actor_of(self.process)),
      interval_(std::max(options.interval, options.min_pause)),
      decider_(options.max_concurrent, options.min_pause, options.unaligned),
      periodic_(interval_),
      failures_(options.tolerable_failures),
      completed_(retained(options, defects)),
      cleaner_(options, defects, completed_, checkpoints_, directory_, effects_),
      coordinated_(coordinated) {
  if (self.session != SessionId{}) records_.emplace(directory_, self.session, effects_);
}

// --- when the job starts, fails over, ends -------------------------------------------------------------------------

void CheckpointCoordinator::restore(CompletedCheckpoint checkpoint) {
  if (!defects_.has(Defect::StartIdsAgain)) next_id_ = CheckpointId{checkpoint.id.value + 1};
  cleaner_.restored(checkpoint);
  full_due_ = !checkpoint.claimed;
  completed_.add(std::move(checkpoint));
}

void CheckpointCoordinator::tasks_running(Time now, Randomness& random) {
  tasks_run_ = true;
  if (!options_.enabled) return;  // CO-3
  Duration delay = options_.min_pause;
  if (!std::exchange(started_before_, true)) {  // CO-6: later starts do not wait for a whole interval
    const Duration longest = options_.pause_sources_until_first ? 2 * options_.min_pause : interval_;
    const auto spread = static_cast<std::uint64_t>(to_ns(longest - options_.min_pause)) + 1;
    delay += Duration{static_cast<std::int64_t>(random.draw("checkpoint/first-trigger", spread))};
  }
  arm_periodic(periodic_.start(now, delay));
  // Nothing is pending here unless a defect kept it over a failover.
  for (const auto& [id, checkpoint] : checkpoints_) {
    if (!checkpoint.finalizing()) send_triggers(checkpoint);
  }
  request_final_if_due(now);
}

void CheckpointCoordinator::task_reached_end(Time now) { request_final_if_due(now); }

void CheckpointCoordinator::task_finished(Time now, ExecutionAttempt attempt) {
  // It will not acknowledge any more; without this the checkpoint would hang until its timeout.
  abort_those(AbortReason::CheckpointDeclinedTaskClosing, attempt,
              [&](const PendingCheckpoint& checkpoint) { return checkpoint.waits_for(attempt); });
  request_final_if_due(now);
  poll(now);
}

void CheckpointCoordinator::fail_over(AbortReason reason) {
  stop_scheduling(reason);
  if (defects_.has(Defect::CountAckOfDeadAttempt)) {
    for (auto& [id, checkpoint] : checkpoints_) checkpoint.pass_to_next_attempts();
    return;
  }
  abort_all(reason);
}

void CheckpointCoordinator::shut_down(JobState ended) {
  stop_scheduling(AbortReason::CheckpointCoordinatorShutdown);
  abort_all(AbortReason::CheckpointCoordinatorShutdown);
  const bool kept = keeps(options_.retention, ended) && completed_.lowest_id() != kNoCheckpoint;  // CO-49
  cleaner_.shut_down(kept ? std::vector<CompletedCheckpoint>() : completed_.clear());
}

void CheckpointCoordinator::stop_scheduling(AbortReason reason) {
  periodic_.stop();
  tasks_run_ = false;
  refuse_queued(reason);  // CO-5
  final_requested_ = false;
}

void CheckpointCoordinator::suspend() {
  periodic_.stop();
  refuse_queued(AbortReason::CheckpointCoordinatorSuspend);  // CO-8
  abort_all(AbortReason::CheckpointCoordinatorSuspend);
}

void CheckpointCoordinator::resume(Time now) {
  if (!tasks_run_ || !options_.enabled) return;
  arm_periodic(periodic_.start(now, options_.min_pause));
  request_final_if_due(now);
}

// --- requests and triggers -----------------------------------------------------------------------------------------

void CheckpointCoordinator::on_timer(Time now, CheckpointTimer kind, std::uint64_t argument) {
  if (kind == CheckpointTimer::Periodic) {
    const auto next = periodic_.fire(now, argument);
    if (!next) return;  // CO-7: not the current trigger
    arm_periodic(*next);
    request(now, {CheckpointKind::Periodic});
  } else if (kind == CheckpointTimer::Store) {
    records_->on_retry(argument);
  } else if (find_pending(CheckpointId{argument}) != nullptr) {
    abort(CheckpointId{argument}, AbortReason::CheckpointExpired);
    if (defects_.has(Defect::KeepTriggeringAfterExpiry)) triggering_ = true;
    poll(now);
  }
}

void CheckpointCoordinator::request_savepoint(Time now, CheckpointType type, std::uint32_t job_request) {
  if (!tasks_run_) return refuse({type, now, job_request, 0}, AbortReason::NotAllRequiredTasksRunning);
  request(now, type, job_request);
}

void CheckpointCoordinator::request(Time now, CheckpointType type, std::uint32_t job_request) {
  const auto dropped = decider_.add(type, now, job_request);
  if (dropped) refuse(*dropped, AbortReason::TooManyCheckpointRequests);  // CO-9
  poll(now);
}

// Nothing is to be undone, and nothing counts against the tolerable failures (CO-37); but it is told (ME-3).
void CheckpointCoordinator::refuse(const CheckpointRequest& request, AbortReason reason) {
  effects_.push(Event{EventKind::CheckpointRefused, actor_, static_cast<std::uint32_t>(reason),
                      static_cast<std::uint64_t>(request.type.kind), 0});
  answer(request, kNoCheckpoint);
}

void CheckpointCoordinator::refuse_queued(AbortReason reason) {
  for (const CheckpointRequest& queued : decider_.clear()) refuse(queued, reason);
}

// Only who asked for a savepoint waits for an answer.
void CheckpointCoordinator::answer(const CheckpointRequest& request, CheckpointId savepoint) {
  if (is_savepoint(request.type.kind)) effects_.push(SavepointEnded{request.job_request, savepoint});
}

void CheckpointCoordinator::request_final_if_due(Time now) {
  if (!periodic_.running() || final_requested_ || !all_at_end_of_data(tasks_)) return;
  final_requested_ = true;
  request(now, {CheckpointKind::Final});  // CO-55; if it fails the periodic ones go on
}

void CheckpointCoordinator::poll(Time now) {
  while (tasks_run_) {
    const auto decision = decider_.next(now, {triggering_, pending(), being_discarded(), last_completion_});
    if (!decision.head) return;
    if (decision.too_early) {  // CO-12
      refuse(*decision.head, AbortReason::MinimumTimeBetweenCheckpoints);
      return arm_periodic(periodic_.start(now, *decision.too_early));
    }
    trigger(now, *decision.head);
  }
}

// CO-47: with high availability no id is used before the counter is beyond it.
void CheckpointCoordinator::trigger(Time now, CheckpointRequest request) {
  triggering_ = true;
  if (!records_) return begin(now, request);
  waits_for_id_ = request;
  records_->store_counter(CheckpointId{next_id_.value + 1});
  records_->proceed();
}

void CheckpointCoordinator::begin(Time now, CheckpointRequest request) {
  auto plan = plan_checkpoint(graph_, tasks_);
  if (!plan) {  // CO-18: no id is used
    refuse(request, AbortReason::NotAllRequiredTasksRunning);
  } else {
    const CheckpointId id = next_id_;
    ++next_id_.value;
    request.type = type_of(request);
    const auto at =
        checkpoints_.try_emplace(id, id, request, now, std::move(*plan), tasks_.size(), coordinated_, defects_).first;
    const PendingCheckpoint& checkpoint = at->second;
    if (!defects_.has(Defect::NeverExpire)) {
      effects_.push(ArmCheckpointTimer{CheckpointTimer::Timeout, options_.timeout, id.value});  // CO-17
    }
    report(EventKind::CheckpointTriggered, static_cast<std::uint32_t>(checkpoint.kind()), id,
           checkpoint.plan().to_wait.size());
    if (coordinated_ && !defects_.has(Defect::SnapshotCoordinatorsLast)) {  // CO-16: before the tasks are triggered
      return effects_.push(SnapshotCoordinators{id});                       // the pipeline is occupied meanwhile
    }
    send_triggers(checkpoint);
  }
  triggering_ = false;  // CO-15
}

void CheckpointCoordinator::coordinators_snapshotted(Time now, CheckpointId id, std::vector<CoordinatorState> states) {
  PendingCheckpoint* const checkpoint = find_pending(id);
  if (checkpoint == nullptr) return;  // aborted meanwhile
  checkpoint->add_coordinators(std::move(states));
  if (defects_.has(Defect::SnapshotCoordinatorsLast)) return finalize(now, *checkpoint);
  send_triggers(*checkpoint);
  triggering_ = false;
  poll(now);
}

// Until a checkpoint of its own completed, the job must not refer to files that are the user's (SP-12, CO-21).
CheckpointType CheckpointCoordinator::type_of(const CheckpointRequest& request) const {
  CheckpointType type = request.type;
  type.full = full_due_ && !is_savepoint(type.kind);
  return type;
}

void CheckpointCoordinator::send_triggers(const PendingCheckpoint& checkpoint) {
  for (const ExecutionAttempt& task : checkpoint.plan().to_trigger) {
    effects_.push(TriggerCheckpoint{checkpoint.id(), checkpoint.timestamp(), task, checkpoint.type()});
  }
}

// --- acknowledgement and completion --------------------------------------------------------------------------------

// One that contradicts the registry is not counted and does not fail its task (CO-28).
void CheckpointCoordinator::acknowledge(Time now, AcknowledgeCheckpoint ack) {
  const bool sound = cleaner_.acknowledged(ack, find_pending(ack.checkpoint));
  const AckClass ack_class = sound ? classify(ack) : AckClass::Rejected;
  report(EventKind::AckReceived, ack.attempt.attempt.value, ack.checkpoint,
         with_subtask(ack.attempt, static_cast<std::uint64_t>(ack_class)));
  if (ack_class != AckClass::Success) {
    report_files(ack.state, ack.checkpoint, ack_class);
    if (ack_class != AckClass::Duplicate) cleaner_.discard_unreferenced(ack.state, ack.checkpoint);
    return;  // a duplicate is the same state again
  }
  PendingCheckpoint& checkpoint = checkpoints_.at(ack.checkpoint);
  report_files(checkpoint.state_of(ack.attempt.subtask), ack.checkpoint, ack_class);
  if (!checkpoint.finalizing() && checkpoint.fully_acknowledged()) return finalize(now, checkpoint);
  const bool last = checkpoint.waits_for_coordinators() && checkpoint.all_subtasks_acknowledged();
  if (last) effects_.push(SnapshotCoordinators{checkpoint.id()});  // only with the defect that leaves them for the end
}

AckClass CheckpointCoordinator::classify(AcknowledgeCheckpoint& ack) {
  const auto at = checkpoints_.find(ack.checkpoint);
  if (at == checkpoints_.end()) return expired_.contains(ack.checkpoint) ? AckClass::Expired : AckClass::Late;
  return at->second.acknowledge(ack.attempt, std::move(ack.state), ack.past_end_of_data);
}

void CheckpointCoordinator::report_files(const SubtaskState& state, CheckpointId checkpoint, AckClass ack_class) {
  const auto detail = static_cast<std::uint32_t>(ack_class);
  each_private_file(state, [&](const std::string& path) {
    report(EventKind::StateReported, detail, checkpoint, hash_of_location(path));
  });
  each_shared_file(state, [&](const SharedFile& file) {
    report(EventKind::SharedFileReported, detail, checkpoint, hash_of_location(file.path));
  });
}

// Checkpoints that the JobManager keeps itself are complete when it has everything (SH-14).
void CheckpointCoordinator::finalize(Time now, PendingCheckpoint& checkpoint) {
  const CheckpointId id = checkpoint.id();
  if (checkpoint.ends_partly_with_union_state(graph_)) {  // CO-52
    abort(id, AbortReason::CheckpointDeclinedTaskClosing);
    return poll(now);
  }
  const CompletedCheckpoint& result =
      checkpoint.finalize(graph_, checkpoint_directory(directory_, id, checkpoint.kind()));
  cleaner_.finalizing();
  if (defects_.has(Defect::NotifyBeforeStored)) notify_complete(checkpoint.plan(), id);
  if (!has_files(result.kind, options_)) return metadata_stored(now, id, {});
  effects_.push(WriteMetadata{id, metadata_path(result.directory), encode(result)});
}

void CheckpointCoordinator::metadata_stored(Time now, CheckpointId id, const Status& status) {
  const auto at = checkpoints_.find(id);
  WEIR_ASSERT(at != checkpoints_.end() && at->second.finalizing(),
              "metadata is written for finalizing checkpoints only");
  if (!status.ok() && !at->second.disposed()) abort(id, AbortReason::FinalizeCheckpointFailure);  // CO-34
  if (at->second.disposed()) {
    cleaner_.discard_finalized(take(id));
  } else {
    if (is_synchronous(at->second.kind())) end_with(id);
    if (records_ && store(id, at->second.kind())) return records_->proceed();  // G-1
    complete(now, take(id));
  }
  poll(now);
}

void CheckpointCoordinator::end_with(CheckpointId savepoint) {
  final_savepoint_ = savepoint;
  effects_.push(JobEndsWith{savepoint});
}

PendingCheckpoint CheckpointCoordinator::take(CheckpointId id) {
  const auto at = checkpoints_.find(id);
  PendingCheckpoint checkpoint = std::move(at->second);
  checkpoints_.erase(at);
  return checkpoint;
}

// The order is that of flink-semantics 1.6: first durable, then retained, then older ones go, then the tasks hear of
// it. A savepoint is not retained and never what the job recovers from (SP-1); unless the job ends with it, nobody
// hears of it, so it commits nothing (CO-29, CO-30).
void CheckpointCoordinator::complete(Time now, PendingCheckpoint checkpoint) {
  const CheckpointId id = checkpoint.id();
  const CheckpointKind kind = checkpoint.kind();
  CompletedCheckpoint result = checkpoint.take_result();
  report(EventKind::CheckpointCompleted, static_cast<std::uint32_t>(kind), id, total_size(result));
  const bool recovers = defects_.has(Defect::RecoverFromSavepoint) && id > completed_.newest_id();
  if (!is_savepoint(kind)) full_due_ = false;
  const CheckpointId subsumed = !is_savepoint(kind) || recovers ? retain(std::move(result)) : kNoCheckpoint;
  if (is_savepoint(kind)) cleaner_.savepoint_completed(id);
  if (!defects_.has(Defect::KeepFailureCount)) failures_.succeeded(id);
  last_completion_ = now;  // CO-13
  answer(checkpoint.request(), id);
  if (is_savepoint(kind) && !is_synchronous(kind) && !defects_.has(Defect::CommitWithSavepoint)) return;
  abort_those(AbortReason::CheckpointSubsumed, {}, [&](const PendingCheckpoint& other) {
    const bool spared = is_savepoint(other.kind()) && !defects_.has(Defect::SubsumePendingSavepoint);  // CO-31
    return other.id() < id && !spared;
  });
  notify_complete(checkpoint.plan(), id, subsumed);
}

void CheckpointCoordinator::notify_complete(const CheckpointPlan& plan, CheckpointId checkpoint,
                                            CheckpointId subsumed) {
  for (const ExecutionAttempt& task : plan.to_wait) {
    if (const auto attempt = running_attempt(task.subtask))
      effects_.push(NotifyCheckpointComplete{checkpoint, *attempt, completed_.lowest_id(), subsumed});
  }
  if (coordinated_) effects_.push(TellCoordinators{checkpoint, true});
}

// --- decline and abort ---------------------------------------------------------------------------------------------

void CheckpointCoordinator::decline(Time now, const DeclineCheckpoint& decline) {
  report(EventKind::DeclineReceived, decline.attempt.attempt.value, decline.checkpoint,
         with_subtask(decline.attempt, static_cast<std::uint64_t>(decline.reason)));
  if (find_pending(decline.checkpoint) == nullptr) return;  // CO-26
  abort(decline.checkpoint, decline.reason, decline.attempt);
  poll(now);
}

void CheckpointCoordinator::abort(CheckpointId id, AbortReason reason, std::optional<ExecutionAttempt> culprit) {
  const auto at = checkpoints_.find(id);
  const CheckpointKind kind = at->second.kind();
  report(EventKind::CheckpointAborted, static_cast<std::uint32_t>(reason), id, 0);
  if (reason == AbortReason::CheckpointExpired) expired_.add(id);
  if (defects_.has(Defect::ReuseAbortedIds)) next_id_ = std::min(next_id_, id);
  answer(at->second.request(), kNoCheckpoint);
  notify_aborted(at->second.plan(), id);                                                                  // CO-35
  if (at->second.waits_for_coordinators() && !defects_.has(Defect::StayTriggering)) triggering_ = false;  // CO-15
  if (records_ && records_->drop_pointer(id)) {
    cleaner_.discard_finalized(take(id));
  } else if (at->second.finalizing()) {
    if (!beyond_abort(id)) at->second.dispose();
  } else {
    cleaner_.discard(at->second);
    checkpoints_.erase(at);
  }
  if (must_fail_job(id, kind, reason, culprit)) {
    stop_scheduling(AbortReason::CheckpointCoordinatorSuspend);
    effects_.push(FailJob{reason});
  }
}

template <class Predicate>
void CheckpointCoordinator::abort_those(AbortReason reason, std::optional<ExecutionAttempt> culprit,
                                        Predicate predicate) {
  std::vector<CheckpointId> chosen;
  for (const auto& [id, checkpoint] : checkpoints_) {
    if (!checkpoint.disposed() && !beyond_abort(id) && predicate(checkpoint)) chosen.push_back(id);
  }
  for (const CheckpointId id : chosen) abort(id, reason, culprit);
}

void CheckpointCoordinator::abort_all(AbortReason reason) {
  abort_those(reason, {}, [](const PendingCheckpoint&) { return true; });
}

void CheckpointCoordinator::notify_aborted(const CheckpointPlan& plan, CheckpointId checkpoint) {
  for (const ExecutionAttempt& task : plan.to_wait) {
    if (const auto attempt = running_attempt(task.subtask)) {
      const CheckpointId latest = defects_.has(Defect::HealWithAbortedId) ? checkpoint : completed_.newest_id();
      effects_.push(NotifyCheckpointAborted{checkpoint, latest, *attempt});  // CO-36
    }
  }
  if (coordinated_) effects_.push(TellCoordinators{checkpoint, false});
}

// CO-39: a failure that an attempt caused counts only while that attempt is the current one of its subtask. CO-40: of a
// savepoint nothing else counts, and with one that the job is to end with, it counts at once.
bool CheckpointCoordinator::must_fail_job(CheckpointId id, CheckpointKind kind, AbortReason reason,
                                          std::optional<ExecutionAttempt> culprit) {
  if (is_savepoint(kind) && !culprit) return false;
  if (reason == AbortReason::CheckpointExpired && defects_.has(Defect::TolerateExpired)) return false;
  const bool exhausted = is_synchronous(kind) || failures_.failed(id, reason);
  return exhausted && (!culprit || tasks_[culprit->subtask.value].attempt == culprit->attempt);
}

// --- helpers -------------------------------------------------------------------------------------------------------

std::size_t CheckpointCoordinator::pending() const {
  return static_cast<std::size_t>(std::count_if(checkpoints_.begin(), checkpoints_.end(), [this](const auto& entry) {
    return !entry.second.disposed() && in_doubt_.count(entry.first) == 0;
  }));
}

PendingCheckpoint* CheckpointCoordinator::find_pending(CheckpointId checkpoint) {
  const auto at = checkpoints_.find(checkpoint);
  if (at == checkpoints_.end() || at->second.disposed() || beyond_abort(checkpoint)) return nullptr;
  return &at->second;
}

std::optional<ExecutionAttempt> CheckpointCoordinator::running_attempt(SubtaskId subtask) const {
  const TaskView& task = tasks_[subtask.value];
  if (task.state != AttemptState::Running) return std::nullopt;
  return ExecutionAttempt{subtask, task.attempt};
}

void CheckpointCoordinator::arm_periodic(PeriodicTrigger::Arm arm) {
  effects_.push(ArmCheckpointTimer{CheckpointTimer::Periodic, arm.delay, arm.generation});
}

void CheckpointCoordinator::report(EventKind kind, std::uint32_t detail, CheckpointId checkpoint, std::uint64_t b) {
  effects_.push(Event{kind, actor_, detail, checkpoint.value, b});
}

}  // namespace weir::engine
