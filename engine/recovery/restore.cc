#include "recovery/restore.h"

#include <utility>

namespace weir::engine {
namespace {

std::vector<SubtaskRestore> state_or_fresh(const JobVertex& vertex, const CompletedCheckpoint* checkpoint,
                                           const DefectSet& defects) {
  if (checkpoint == nullptr) return std::vector<SubtaskRestore>(vertex.parallelism);
  return assign_state(vertex, *checkpoint, defects);
}

}  // namespace

RestoreAssignment assign_restore(const ExecutionGraph& graph, const CompletedStore& completed,
                                 const DefectSet& defects) {
  RestoreAssignment assignment{completed.newest_id(), {}};
  assignment.subtasks.reserve(graph.subtasks().size());
  for (const JobVertex& vertex : graph.job().vertices) {
    const CompletedCheckpoint* from = completed.newest();
    if (defects.has(Defect::RestoreOffsetsOfOtherCheckpoint) && vertex.source()) from = completed.before_newest();
    for (SubtaskRestore& subtask : state_or_fresh(vertex, from, defects))
      assignment.subtasks.push_back(std::move(subtask));
  }
  return assignment;
}

}  // namespace weir::engine
