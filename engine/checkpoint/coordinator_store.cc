#include <algorithm>
#include <utility>

#include "checkpoint/coordinator.h"

// The coordinator with high availability: what it leaves to the leader that follows, and finds of the one before
// (CO-33, CO-45..CO-49).

namespace weir::engine {

// --- the job's beginning and end -----------------------------------------------------------------------------------

// A single pointer that cannot be read has failed the recovery before (CO-45). A job that was started from a checkpoint
// counts on from that one (CO-47), whether or not a counter was stored already.
void CheckpointCoordinator::recover(RecoveredJob recovered) {
  if (!defects_.has(Defect::StartIdsAgain)) next_id_ = std::max(next_id_, recovered.next);
  for (CompletedCheckpoint& checkpoint : recovered.checkpoints) {
    next_id_ = std::max(next_id_, CheckpointId{checkpoint.id.value + 1});
    cleaner_.restored(checkpoint);
    completed_.put(std::move(checkpoint));
  }
  final_savepoint_ = recovered.final_savepoint;
  remove_surplus();
  records_->proceed();
}

// CO-49
void CheckpointCoordinator::conclude(JobState ended) {
  stop_scheduling(AbortReason::CheckpointCoordinatorShutdown);
  abort_all(AbortReason::CheckpointCoordinatorShutdown);
  outcome_ = ended;
  conclusion_ = Conclusion::StoringOutcome;
  records_->store_outcome(ended, final_savepoint_);
  records_->proceed();
}

// First what is on its way comes to an end, then all pointers go and the counter, and only then files (CO-48, CO-49).
void CheckpointCoordinator::conclude_if_settled() {
  if (conclusion_ == Conclusion::Settling && records_->idle()) {
    conclusion_ = Conclusion::RemovingPointers;
    for (const CompletedCheckpoint& checkpoint : completed_.all()) records_->remove_pointer(checkpoint.id);
    records_->remove_counter();
  }
  if (conclusion_ != Conclusion::RemovingPointers || !records_->idle()) return;
  conclusion_ = Conclusion::Done;
  effects_.push(JobConcluded{outcome_});
}

// --- what the store answers ----------------------------------------------------------------------------------------

void CheckpointCoordinator::store_answered(Time now, const HaAnswer& answer) {
  const HaRecords::Ended ended = records_->on_answer(answer);
  if (ended.step == StoreWrite::Step::Retry) return;
  switch (ended.record) {
    case HaRecord::Counter:
      id_reserved(now, ended.step);
      break;
    case HaRecord::Pointer:
      pointer_written(now, ended.checkpoint, ended.step);
      break;
    case HaRecord::Removal:
      pointer_removed(ended.checkpoint);
      break;
    case HaRecord::Outcome:
      conclusion_ = Conclusion::Settling;
      break;
  }
  conclude_if_settled();
  records_->proceed();
  poll(now);
}

void CheckpointCoordinator::id_reserved(Time now, StoreWrite::Step step) {
  const CheckpointRequest request = *std::exchange(waits_for_id_, std::nullopt);
  if (step == StoreWrite::Step::Applied && tasks_run_) return begin(now, request);
  refuse(request, tasks_run_ ? AbortReason::TriggerCheckpointFailure : AbortReason::NotAllRequiredTasksRunning);
  triggering_ = false;
}

// CO-33: what is certainly not in the store is discarded. What may be there is a failure too, but keeps its files.
void CheckpointCoordinator::pointer_written(Time now, CheckpointId id, StoreWrite::Step step) {
  if (step == StoreWrite::Step::Applied) return complete(now, take(id));
  if (step == StoreWrite::Step::InDoubt && !defects_.has(Defect::DiscardOnAmbiguousStore)) return pointer_in_doubt(id);
  abort(id, AbortReason::FinalizeCheckpointFailure);
  cleaner_.discard_finalized(take(id));
}

// The removal of the pointer tells: then the files go too. Until then nothing is restored, because a leader that comes
// after this one may find it.
void CheckpointCoordinator::pointer_in_doubt(CheckpointId id) {
  in_doubt_.insert(id);
  records_->remove_pointer(id);
  abort(id, AbortReason::FinalizeCheckpointFailure);
}

void CheckpointCoordinator::pointer_removed(CheckpointId id) {
  if (in_doubt_.erase(id) != 0) return cleaner_.discard_finalized(take(id));
  if (conclusion_ == Conclusion::RemovingPointers) return;  // files go when the job is over, or outlive it
  std::vector<CompletedCheckpoint> gone;
  gone.push_back(completed_.take(id));
  subsume(std::move(gone));
}

// CO-41: first durable, then older ones go. Returns the newest of those that are the job's to discard; 0: none (CO-32).
// With high availability they go when their pointers have, so that the next completion tells of them.
CheckpointId CheckpointCoordinator::retain(CompletedCheckpoint checkpoint) {
  if (records_) {
    completed_.put(std::move(checkpoint));
    remove_surplus();
  } else {
    subsume(completed_.add(std::move(checkpoint)));
  }
  return std::exchange(subsumed_, kNoCheckpoint);
}

void CheckpointCoordinator::subsume(std::vector<CompletedCheckpoint> gone) {
  for (const CompletedCheckpoint& checkpoint : gone) {
    if (checkpoint.claimed) subsumed_ = checkpoint.id;
  }
  cleaner_.subsumed(std::move(gone));
}

void CheckpointCoordinator::remove_surplus() {
  for (const CheckpointId id : completed_.surplus()) records_->remove_pointer(id);
}

bool CheckpointCoordinator::newest_is_certain() const {
  return !records_ || (!records_->writing_any_pointer() && in_doubt_.empty() && conclusion_ == Conclusion::None);
}

// Whether there is something to be made durable before it completes: a pointer to it, or that the job ends with it,
// because the tasks commit it when they hear of it, and a leader that follows must not go on from an older checkpoint
// then (SP-9). Another savepoint leaves nothing there (CO-29).
bool CheckpointCoordinator::store(CheckpointId checkpoint, CheckpointKind kind) {
  if (!is_savepoint(kind)) {
    records_->add_pointer(checkpoint, checkpoint_directory(directory_, checkpoint, kind));
  } else if (is_synchronous(kind) && !defects_.has(Defect::ForgetFinalSavepoint)) {
    records_->store_final_savepoint(checkpoint);
  } else {
    return false;
  }
  return true;
}

bool CheckpointCoordinator::beyond_abort(CheckpointId checkpoint) const {
  if (checkpoint == final_savepoint_) return true;
  return records_ && (records_->writing_pointer(checkpoint) || in_doubt_.count(checkpoint) != 0);
}

}  // namespace weir::engine
