#include "history/translation.h"

#include <algorithm>
#include <utility>

namespace weir::properties {
namespace {

using engine::ExecutionGraph;
using engine::JobOperator;
using engine::JobVertex;

// RS-12
bool same(const JobOperator& a, const JobOperator& b) {
  return a.id == b.id || a.generated_id == b.id || a.id == b.generated_id;
}

bool share_an_operator(const JobVertex& a, const JobVertex& b) {
  return std::any_of(a.chain.begin(), a.chain.end(), [&](const JobOperator& op) {
    return std::any_of(b.chain.begin(), b.chain.end(), [&](const JobOperator& other) { return same(op, other); });
  });
}

const JobVertex* counterpart(const JobVertex& vertex, const ExecutionGraph& graph) {
  const auto& vertices = graph.job().vertices;
  const auto found =
      std::find_if(vertices.begin(), vertices.end(), [&](const JobVertex& v) { return share_an_operator(v, vertex); });
  return found == vertices.end() ? nullptr : &*found;
}

SubtaskPart part_after_rescale(const std::vector<SubtaskPart>& parts, const ExecutionGraph& from,
                               const JobVertex& before) {
  SubtaskPart part;
  part.finished = true;
  for (std::uint32_t i = 0; i < before.parallelism; ++i) {
    part.finished = part.finished && parts[from.subtask_at(before.id, i).value].finished;
  }
  return part;
}

SubtaskPart part_of(const engine::SubtaskInfo& subtask, const std::vector<SubtaskPart>& parts,
                    const ExecutionGraph& from, const ExecutionGraph& to) {
  const JobVertex& vertex = to.vertex(subtask.vertex);
  const JobVertex* const before = counterpart(vertex, from);
  if (before == nullptr) return {};
  if (before->parallelism != vertex.parallelism) return part_after_rescale(parts, from, *before);
  return parts[from.subtask_at(before->id, subtask.index).value];
}

void note_partly_finished(CheckpointFacts& facts, const ExecutionGraph& from, const ExecutionGraph& to) {
  for (const engine::VertexId before : std::exchange(facts.partly_finished, {})) {
    const JobVertex* const after = counterpart(from.vertex(before), to);
    if (after != nullptr) facts.partly_finished.push_back(after->id);
  }
  for (const engine::SubtaskInfo& subtask : from.subtasks()) {
    const JobVertex* const after = counterpart(from.vertex(subtask.vertex), to);
    if (facts.parts[subtask.id.value].finished && after != nullptr) facts.partly_finished.push_back(after->id);
  }
}

void translate_in_flight(CheckpointFacts& facts, const ExecutionGraph& from, const ExecutionGraph& to) {
  const std::vector<std::uint64_t> before = std::exchange(facts.in_flight, {});
  facts.in_flight.assign(to.job().vertices.size(), 0);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const JobVertex* const after = counterpart(from.job().vertices[i], to);
    if (after != nullptr) facts.in_flight[after->id.value] = before[i];
  }
}

}  // namespace

void translate(CheckpointFacts& facts, const ExecutionGraph& from, const ExecutionGraph& to) {
  note_partly_finished(facts, from, to);
  std::vector<SubtaskPart> parts;
  for (const engine::SubtaskInfo& subtask : to.subtasks()) parts.push_back(part_of(subtask, facts.parts, from, to));
  facts.parts = std::move(parts);
  facts.sent.assign(to.channels().size(), Cut{});
  facts.received.assign(to.channels().size(), Cut{});
  facts.saved.assign(to.channels().size(), 0);
  translate_in_flight(facts, from, to);
  for (SplitPosition& split : facts.splits) {
    const JobVertex* const after = counterpart(from.vertex(split.source), to);
    if (after != nullptr) split.source = after->id;
  }
}

}  // namespace weir::properties
