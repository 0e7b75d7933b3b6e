#include "recovery/restore.h"

namespace weir::engine {
namespace {

SubtaskRestore part_of(const CompletedCheckpoint& checkpoint, SubtaskId subtask) {
  const SubtaskPart& snapshot = checkpoint.subtasks[subtask.value];
  SubtaskRestore part;
  part.finished = snapshot.finished;
  if (!snapshot.finished && !snapshot.state.path.empty()) part.state.push_back(snapshot.state);
  return part;
}

SubtaskRestore part_of_or_fresh(const CompletedCheckpoint* checkpoint, SubtaskId subtask) {
  return checkpoint == nullptr ? SubtaskRestore{} : part_of(*checkpoint, subtask);
}

}  // namespace

RestoreAssignment assign_restore(const ExecutionGraph& graph, const CompletedStore& completed,
                                 const DefectSet& defects) {
  const CompletedCheckpoint* newest = completed.newest();
  RestoreAssignment assignment{completed.newest_id(), {}};
  assignment.subtasks.reserve(graph.subtasks().size());
  for (const SubtaskInfo& subtask : graph.subtasks()) {
    const CompletedCheckpoint* from = newest;
    if (defects.has(Defect::RestoreOffsetsOfOtherCheckpoint) && graph.vertex(subtask.vertex).source()) {
      from = completed.before_newest();
    }
    assignment.subtasks.push_back(part_of_or_fresh(from, subtask.id));
  }
  return assignment;
}

}  // namespace weir::engine
