#include "checkpoint/plan.h"

#include <algorithm>

#include "checkpoint/finished_extent.h"

namespace weir::engine {
namespace {

bool has_running_predecessor(const ExecutionGraph& graph, const TaskViews& tasks, const SubtaskInfo& subtask) {
  return std::any_of(subtask.inputs.begin(), subtask.inputs.end(), [&](ChannelId channel) {
    return tasks[graph.channel(channel).producer.value].state == AttemptState::Running;
  });
}

std::vector<bool> flags(const ExecutionGraph& graph, const std::vector<SubtaskId>& subtasks) {
  std::vector<bool> set(graph.subtasks().size(), false);
  for (const SubtaskId subtask : subtasks) set[subtask.value] = true;
  return set;
}

FinishedExtent extent_of(const ExecutionGraph& graph, const std::vector<bool>& finished, VertexId vertex) {
  const std::uint32_t parallelism = graph.vertex(vertex).parallelism;
  std::uint32_t ended = 0;
  for (std::uint32_t i = 0; i < parallelism; ++i) ended += finished[graph.subtask_at(vertex, i).value] ? 1u : 0u;
  return finished_extent(ended, parallelism);
}

}  // namespace

std::optional<CheckpointPlan> plan_checkpoint(const ExecutionGraph& graph, const TaskViews& tasks) {
  CheckpointPlan plan;
  for (const SubtaskInfo& subtask : graph.subtasks()) {
    const TaskView& task = tasks[subtask.id.value];
    if (task.state == AttemptState::Finished || task.finished_on_restore) plan.finished.push_back(subtask.id);
    if (task.state == AttemptState::Finished) continue;
    if (task.state != AttemptState::Running) return std::nullopt;  // CO-18
    const ExecutionAttempt attempt{subtask.id, task.attempt};
    plan.to_wait.push_back(attempt);
    if (!has_running_predecessor(graph, tasks, subtask)) plan.to_trigger.push_back(attempt);  // CO-50
  }
  if (plan.to_wait.empty()) return std::nullopt;
  if (!plan.finished.empty() && !finished_consistently(graph, flags(graph, plan.finished))) return std::nullopt;
  return plan;
}

bool all_at_end_of_data(const TaskViews& tasks) {
  bool any = false;
  for (const TaskView& task : tasks) {
    if (task.state == AttemptState::Finished) continue;
    if (task.state != AttemptState::Running || !task.end_of_data) return false;
    any = true;
  }
  return any;
}

bool finished_consistently(const ExecutionGraph& graph, const std::vector<bool>& finished) {
  const std::vector<JobEdge>& edges = graph.job().edges;
  return std::none_of(edges.begin(), edges.end(), [&](const JobEdge& edge) {
    return contradicts(extent_of(graph, finished, edge.from), extent_of(graph, finished, edge.to),
                       edge.type->partitioning());
  });
}

}  // namespace weir::engine
