#pragma once

// A small job by hand: reader (2) -all to all-> totals (2) -forward-> writer (2). Subtasks: reader/0, reader/1,
// totals/0, totals/1, writer/0, writer/1 are 0 to 5.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "checkpoint/plan.h"
#include "weir/engine/hash.h"
#include "weir/engine/job_graph.h"

namespace weir::engine::coord_test {

inline JobVertex vertex(std::uint16_t id, const std::string& label, std::uint32_t parallelism, bool source) {
  JobOperator op;
  op.uid = label + "-uid";
  op.id = op.generated_id = OperatorId{hash_bytes(op.uid)};
  op.name = label;
  op.source = source;
  JobVertex made;
  made.id = VertexId{id};
  made.name = label;
  made.label = label;
  made.chain.push_back(op);
  made.parallelism = parallelism;
  return made;
}

inline std::shared_ptr<const ExecutionGraph> graph_of(std::vector<std::pair<std::string, std::uint32_t>> vertices,
                                                      std::vector<Partitioning> edges) {
  auto job = std::make_shared<JobGraph>();
  job->name = "test";
  for (const auto& [label, parallelism] : vertices) {
    job->vertices.push_back(
        vertex(static_cast<std::uint16_t>(job->vertices.size()), label, parallelism, job->vertices.empty()));
  }
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto from = static_cast<std::uint16_t>(i);
    const auto to = static_cast<std::uint16_t>(i + 1);
    job->edges.push_back({VertexId{from}, 0, VertexId{to}, std::make_shared<PlainEdge<int>>(edges[i])});
    job->vertices[from].outputs.push_back(static_cast<std::uint32_t>(i));
    job->vertices[to].inputs.push_back(static_cast<std::uint32_t>(i));
  }
  return std::make_shared<ExecutionGraph>(job);
}

inline std::shared_ptr<const ExecutionGraph> small_graph() {
  return graph_of({{"reader", 2}, {"totals", 2}, {"writer", 2}}, {Partitioning::Rebalance, Partitioning::Forward});
}

// The uid of the only operator of a subtask of `small_graph`.
inline std::string uid_in_small_graph(std::uint16_t subtask) {
  return std::vector<std::string>{"reader-uid", "totals-uid", "writer-uid"}[subtask / 2];
}

// All subtasks in one state of one attempt.
inline TaskViews views(std::size_t subtasks, AttemptState state = AttemptState::Running, std::uint32_t attempt = 1) {
  return TaskViews(subtasks, TaskView{AttemptId{attempt}, state, false, false});
}

inline ExecutionAttempt attempt(std::uint16_t subtask, std::uint32_t number = 1) {
  return {SubtaskId{subtask}, AttemptId{number}};
}

inline std::vector<std::uint16_t> subtasks_of(const std::vector<ExecutionAttempt>& attempts) {
  std::vector<std::uint16_t> ids;
  for (const ExecutionAttempt& a : attempts) ids.push_back(a.subtask.value);
  return ids;
}

}  // namespace weir::engine::coord_test
