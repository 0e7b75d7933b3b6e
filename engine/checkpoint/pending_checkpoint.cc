#include "checkpoint/pending_checkpoint.h"

#include <utility>

#include "weir/engine/assert.h"

namespace weir::engine {

PendingCheckpoint::PendingCheckpoint(CheckpointId id, CheckpointKind kind, Time timestamp, CheckpointPlan plan,
                                     std::size_t subtasks, const DefectSet& defects)
    : id_(id),
      kind_(kind),
      timestamp_(timestamp),
      plan_(std::move(plan)),
      defects_(defects),
      entries_(subtasks),
      outstanding_(plan_.to_wait.size()) {
  for (const SubtaskId subtask : plan_.finished) entries_[subtask.value].snapshot.finished = true;  // CO-51
  for (const ExecutionAttempt& task : plan_.to_wait) {
    Entry& entry = entries_[task.subtask.value];
    entry.attempt = task.attempt;
    entry.part = Part::Outstanding;
  }
}

AckClass PendingCheckpoint::acknowledge(ExecutionAttempt attempt, const SnapshotHandle& state) {
  if (disposed_) return AckClass::Discarded;
  if (attempt.subtask.value >= entries_.size()) return AckClass::UnknownAttempt;
  Entry& entry = entries_[attempt.subtask.value];
  if (entry.part == Part::None || entry.attempt != attempt.attempt) return AckClass::UnknownAttempt;
  if (entry.part == Part::Acknowledged) return AckClass::Duplicate;
  entry.part = Part::Acknowledged;
  entry.snapshot.state = state;
  --outstanding_;
  return AckClass::Success;
}

bool PendingCheckpoint::fully_acknowledged() const {
  if (defects_.has(Defect::CompleteWithAckMissing)) return outstanding_ <= 1 && outstanding_ < plan_.to_wait.size();
  return outstanding_ == 0;
}

bool PendingCheckpoint::waits_for(ExecutionAttempt attempt) const {
  if (disposed_) return false;
  const Entry& entry = entries_[attempt.subtask.value];
  return entry.part == Part::Outstanding && entry.attempt == attempt.attempt;
}

const CompletedCheckpoint& PendingCheckpoint::finalize() {
  WEIR_ASSERT(!finalizing() && fully_acknowledged(), "a checkpoint is finalized once, when it is acknowledged");
  result_.emplace(CompletedCheckpoint{id_, {}});
  result_->subtasks.reserve(entries_.size());
  for (const Entry& entry : entries_) result_->subtasks.push_back(entry.snapshot);
  return *result_;
}

std::vector<std::string> PendingCheckpoint::state_files() const {
  std::vector<std::string> files;
  for (const Entry& entry : entries_) {
    if (!entry.snapshot.state.path.empty()) files.push_back(entry.snapshot.state.path);
  }
  return files;
}

void PendingCheckpoint::pass_to_next_attempts() {
  for (Entry& entry : entries_) ++entry.attempt.value;
  for (ExecutionAttempt& task : plan_.to_trigger) ++task.attempt.value;
  for (ExecutionAttempt& task : plan_.to_wait) ++task.attempt.value;
}

}  // namespace weir::engine
