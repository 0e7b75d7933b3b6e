#include "checkpoint/pending_checkpoint.h"

#include <algorithm>
#include <utility>

#include "weir/engine/assert.h"

namespace weir::engine {
namespace {

bool has_union_state(const OperatorStateHandle& handle) {
  return std::any_of(handle.parts.begin(), handle.parts.end(),
                     [](const OperatorStatePart& part) { return part.mode == OperatorStateMode::Union; });
}

bool has_union_state(const SubtaskState& state) {
  return std::any_of(state.operators.begin(), state.operators.end(), [](const SubtaskState::Operator& op) {
    const auto& handles = op.state.managed_operator;
    return std::any_of(handles.begin(), handles.end(), [](const auto& handle) { return has_union_state(handle); });
  });
}

}  // namespace

PendingCheckpoint::PendingCheckpoint(CheckpointId id, const CheckpointRequest& request, Time timestamp,
                                     CheckpointPlan plan, std::size_t subtasks, bool coordinated,
                                     const DefectSet& defects)
    : id_(id),
      request_(request),
      timestamp_(timestamp),
      plan_(std::move(plan)),
      defects_(defects),
      entries_(subtasks),
      outstanding_(plan_.to_wait.size()),
      waits_for_coordinators_(coordinated) {
  for (const SubtaskId subtask : plan_.finished) entries_[subtask.value].finished = true;
  for (const ExecutionAttempt& task : plan_.to_wait) {
    Entry& entry = entries_[task.subtask.value];
    entry.attempt = task.attempt;
    entry.part = Part::Outstanding;
  }
}

AckClass PendingCheckpoint::acknowledge(ExecutionAttempt attempt, SubtaskState&& state, bool past_end_of_data) {
  if (disposed_) return AckClass::Discarded;
  if (attempt.subtask.value >= entries_.size()) return AckClass::UnknownAttempt;
  Entry& entry = entries_[attempt.subtask.value];
  if (entry.part == Part::None || entry.attempt != attempt.attempt) return AckClass::UnknownAttempt;
  if (entry.part == Part::Acknowledged) return AckClass::Duplicate;
  entry.part = Part::Acknowledged;
  entry.state = std::move(state);
  entry.past_end_of_data = past_end_of_data;
  --outstanding_;
  return AckClass::Success;
}

bool PendingCheckpoint::all_subtasks_acknowledged() const {
  if (defects_.has(Defect::CompleteWithAckMissing)) return outstanding_ <= 1 && outstanding_ < plan_.to_wait.size();
  return outstanding_ == 0;
}

void PendingCheckpoint::add_coordinators(std::vector<CoordinatorState> states) {
  coordinators_ = std::move(states);
  waits_for_coordinators_ = false;
}

bool PendingCheckpoint::waits_for(ExecutionAttempt attempt) const {
  if (disposed_) return false;
  const Entry& entry = entries_[attempt.subtask.value];
  return entry.part == Part::Outstanding && entry.attempt == attempt.attempt;
}

bool PendingCheckpoint::ends_partly_with_union_state(const ExecutionGraph& graph) const {
  return std::any_of(graph.job().vertices.begin(), graph.job().vertices.end(), [&](const JobVertex& vertex) {
    std::uint32_t ended = 0;
    bool united = false;
    for (std::uint32_t i = 0; i < vertex.parallelism; ++i) {
      const Entry& entry = entries_[graph.subtask_at(vertex.id, i).value];
      ended += entry.finished || entry.past_end_of_data ? 1u : 0u;
      united = united || has_union_state(entry.state);
    }
    return united && ended != 0 && ended != vertex.parallelism;
  });
}

const CompletedCheckpoint& PendingCheckpoint::finalize(const ExecutionGraph& graph, std::string directory) {
  WEIR_ASSERT(!finalizing() && fully_acknowledged(), "a checkpoint is finalized once, when it is acknowledged");
  std::vector<SubtaskState> states;
  std::vector<bool> finished;
  states.reserve(entries_.size());
  finished.reserve(entries_.size());
  for (Entry& entry : entries_) {
    states.push_back(std::exchange(entry.state, {}));
    finished.push_back(entry.finished);
  }
  CompletedCheckpoint& result = result_.emplace(
      CompletedCheckpoint{id_, assemble(graph, std::move(states), finished), kind(), std::move(directory)});
  for (OperatorPart& part : result.operators) {
    for (const CoordinatorState& coordinator : coordinators_) {
      if (coordinator.op == part.id) part.coordinator = coordinator.state;
    }
  }
  return result;
}

std::vector<std::string> PendingCheckpoint::state_files() const {
  std::vector<std::string> files;
  if (finalizing()) append_private_files(*result_, files);
  for (const Entry& entry : entries_) append_private_files(entry.state, files);
  return files;
}

std::vector<std::string> PendingCheckpoint::shared_files() const {
  std::vector<std::string> files;
  if (finalizing()) append_shared_files(*result_, files);
  for (const Entry& entry : entries_) append_shared_files(entry.state, files);
  return files;
}

void PendingCheckpoint::pass_to_next_attempts() {
  for (Entry& entry : entries_) ++entry.attempt.value;
  for (ExecutionAttempt& task : plan_.to_trigger) ++task.attempt.value;
  for (ExecutionAttempt& task : plan_.to_wait) ++task.attempt.value;
}

}  // namespace weir::engine
