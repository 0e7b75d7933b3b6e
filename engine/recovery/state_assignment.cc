#include "recovery/state_assignment.h"

#include <algorithm>
#include <utility>

#include "recovery/redistribution.h"
#include "weir/engine/hash.h"

namespace weir::engine {
namespace {

// Of each old subtask, in order.
template <auto Member>
auto by_subtask(const OperatorPart& part) {
  std::vector<std::decay_t<decltype(std::declval<OperatorSubtaskState>().*Member)>> all;
  for (const SubtaskPart& subtask : part.subtasks) all.push_back(subtask.state.*Member);
  return all;
}

std::vector<KeyedStateHandle> joined(const std::vector<std::vector<KeyedStateHandle>>& by_subtask) {
  std::vector<KeyedStateHandle> all;
  for (const auto& handles : by_subtask) all.insert(all.end(), handles.begin(), handles.end());
  return all;
}

// RS-7: every subtask gets exactly its old handles; operator state may have to be dealt out all the same. What was in
// flight is assigned by channels (in_flight_assignment.h).
std::vector<OperatorSubtaskState> same_parallelism(const OperatorPart& part) {
  const HandlesBySubtask managed = keep(by_subtask<&OperatorSubtaskState::managed_operator>(part));
  std::vector<OperatorSubtaskState> states;
  for (std::size_t i = 0; i < part.subtasks.size(); ++i) {
    states.push_back(part.subtasks[i].state);
    states.back().managed_operator = managed[i];
    states.back().in_flight.clear();
  }
  return states;
}

std::vector<OperatorSubtaskState> rescaled(const OperatorPart& part, const JobVertex& vertex,
                                           const DefectSet& defects) {
  HandlesBySubtask lists = by_subtask<&OperatorSubtaskState::managed_operator>(part);
  if (defects.has(Defect::DropPendingOnScaleIn) && !vertex.source()) {
    lists.resize(std::min<std::size_t>(lists.size(), vertex.parallelism));
  }
  const auto managed = redistribute(lists, vertex.parallelism, defects);
  const auto raw = redistribute(by_subtask<&OperatorSubtaskState::raw_operator>(part), vertex.parallelism);
  const auto managed_keyed = joined(by_subtask<&OperatorSubtaskState::managed_keyed>(part));
  const auto raw_keyed = joined(by_subtask<&OperatorSubtaskState::raw_keyed>(part));
  std::vector<OperatorSubtaskState> states;
  for (std::uint32_t i = 0; i < vertex.parallelism; ++i) {
    const KeyGroupRange range = key_group_range(vertex.max_parallelism, vertex.parallelism, i);
    const bool all_timers = defects.has(Defect::KeepForeignTimers);
    states.push_back({intersect(managed_keyed, range, defects),
                      all_timers ? raw_keyed : intersect(raw_keyed, range, defects),
                      managed[i],
                      raw[i],
                      {}});
  }
  return states;
}

bool same_parallelism(const JobVertex& vertex, const OperatorPart& part) {
  return part.parallelism == vertex.parallelism;
}

// A subtask is finished when all of its operators that the checkpoint knows are (CO-53). After a rescale nobody can say
// whose successor a new subtask is: only a vertex that was finished as a whole stays so.
bool finished(const JobVertex& vertex, const OperatorPart& part, std::uint32_t index) {
  return same_parallelism(vertex, part) ? part.subtasks[index].finished : fully_finished(part);
}

}  // namespace

const OperatorPart* find_state(const CompletedCheckpoint& checkpoint, const JobOperator& op) {
  const OperatorPart* const part = checkpoint.find(op.id);
  return part != nullptr ? part : checkpoint.find(op.generated_id);
}

std::vector<SubtaskRestore> assign_state(const JobVertex& vertex, const CompletedCheckpoint& checkpoint,
                                         const DefectSet& defects) {
  std::vector<SubtaskRestore> subtasks(vertex.parallelism);
  bool any_known = false;
  for (SubtaskRestore& subtask : subtasks) subtask.finished = true;
  for (const JobOperator& op : vertex.chain) {
    const bool by_uid_only = defects.has(Defect::NoGeneratedIdFallback);
    const OperatorPart* const part = by_uid_only ? checkpoint.find(op.id) : find_state(checkpoint, op);
    if (part == nullptr) continue;
    any_known = true;
    auto states = same_parallelism(vertex, *part) ? same_parallelism(*part) : rescaled(*part, vertex, defects);
    for (std::uint32_t i = 0; i < vertex.parallelism; ++i) {
      subtasks[i].state.operators.push_back({op.id, std::move(states[i])});
      subtasks[i].finished = subtasks[i].finished && finished(vertex, *part, i);
    }
  }
  for (SubtaskRestore& subtask : subtasks) {
    subtask.finished = subtask.finished && any_known;
    if (subtask.finished) subtask.state = {};  // CO-54: it has nothing to restore
    if (defects.has(Defect::RerunFinishedSource) && vertex.source()) subtask.finished = false;
  }
  return subtasks;
}

}  // namespace weir::engine
