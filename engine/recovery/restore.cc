#include "recovery/restore.h"

#include <utility>

#include "recovery/in_flight_assignment.h"

namespace weir::engine {
namespace {

std::vector<SubtaskRestore> state_or_fresh(const JobGraph& job, const JobVertex& vertex,
                                           const CompletedCheckpoint* checkpoint, const DefectSet& defects) {
  if (checkpoint == nullptr) return std::vector<SubtaskRestore>(vertex.parallelism);
  std::vector<SubtaskRestore> subtasks = assign_state(vertex, *checkpoint, defects);
  auto in_flight = assign_in_flight(job, vertex, *checkpoint, defects);
  for (std::size_t i = 0; i < subtasks.size(); ++i) subtasks[i].state.in_flight = std::move(in_flight[i]);
  return subtasks;
}

}  // namespace

RestoreAssignment assign_restore(const ExecutionGraph& graph, const CompletedStore& completed,
                                 const DefectSet& defects) {
  RestoreAssignment assignment{completed.newest_id(), {}};
  assignment.subtasks.reserve(graph.subtasks().size());
  for (const JobVertex& vertex : graph.job().vertices) {
    const CompletedCheckpoint* from = completed.newest();
    if (defects.has(Defect::RestoreOffsetsOfOtherCheckpoint) && vertex.source()) from = completed.before_newest();
    for (SubtaskRestore& subtask : state_or_fresh(graph.job(), vertex, from, defects))
      assignment.subtasks.push_back(std::move(subtask));
  }
  return assignment;
}

}  // namespace weir::engine
