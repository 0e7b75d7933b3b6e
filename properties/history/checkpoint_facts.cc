#include "history/checkpoint_facts.h"

#include <algorithm>

namespace weir::properties {

void CheckpointFacts::start(engine::CheckpointId checkpoint, std::size_t subtasks, std::size_t channels) {
  id = checkpoint;
  attempts.assign(subtasks, {});
  triggered = completed = aborted = kNever;
  to_wait_for = 0;
  parts.assign(subtasks, SubtaskPart{});
  sent.assign(channels, Cut{});
  received.assign(channels, Cut{});
  saved.assign(channels, 0);
  in_flight.clear();
  splits.clear();
  partly_finished.clear();
}

bool CheckpointFacts::any_finished(const engine::ExecutionGraph& graph, engine::VertexId vertex) const {
  if (std::find(partly_finished.begin(), partly_finished.end(), vertex) != partly_finished.end()) return true;
  for (std::uint32_t i = 0; i < graph.vertex(vertex).parallelism; ++i) {
    if (parts[graph.subtask_at(vertex, i).value].finished) return true;
  }
  return false;
}

bool CheckpointFacts::any_in_flight() const {
  return std::any_of(in_flight.begin(), in_flight.end(), [](std::uint64_t records) { return records != 0; });
}

SubtaskPart* CheckpointFacts::part_of(engine::SubtaskId subtask, engine::AttemptId attempt) {
  SubtaskPart& part = parts[subtask.value];
  if (attempt < part.attempt) return nullptr;
  if (attempt > part.attempt) {
    SubtaskPart fresh;
    fresh.attempt = attempt;
    fresh.finished = part.finished;
    fresh.ack_counted = part.ack_counted;
    fresh.counted_attempt = part.counted_attempt;
    part = fresh;
  }
  return &part;
}

}  // namespace weir::properties
