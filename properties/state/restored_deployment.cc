#include "state/restored_deployment.h"

#include <algorithm>

namespace weir::properties {
namespace {

bool is_keyed(const engine::JobVertex& vertex) {
  return std::any_of(vertex.chain.begin(), vertex.chain.end(), [](const engine::JobOperator& op) { return op.keyed; });
}

}  // namespace

void RestoredDeployment::lay_out(const engine::ExecutionGraph& graph, const Reference& reference) {
  graph_ = &graph;
  reference_ = &reference;
  splits_.clear();
  keyed_.clear();
  for (std::size_t source = 0; source < reference.sources().size(); ++source) {
    const SourceInfo& info = reference.sources()[source];
    const std::uint32_t parallelism = graph.vertex(info.vertex).parallelism;
    for (std::uint32_t split = 0; split < info.start.size(); ++split) {
      const engine::SubtaskId owner = graph.subtask_at(info.vertex, split % parallelism);
      splits_.push_back({source, split, owner, 0, kNever, false, owner});
    }
  }
  for (const engine::SubtaskInfo& subtask : graph.subtasks()) {
    if (is_keyed(graph.vertex(subtask.vertex))) keyed_.push_back({subtask.id, 0, 0, kNever, false});
  }
}

void RestoredDeployment::start(const History& history) {
  checkpoint_ = history.chosen();
  chosen_at_ = history.chosen_at();
  deployed_.assign(history.attempts().size(), 0);
  running_.assign(history.attempts().size(), 0);
  deployed_count_ = running_count_ = 0;
  for (Split& s : splits_) {
    s.excused = had_finished(s, history);
    s.position = s.excused ? reference_->sources()[s.source].end[s.split] : 0;
    s.at = kNever;
  }
  for (Keyed& k : keyed_) k = {k.subtask, 0, 0, kNever, history.finished_on_restore(k.subtask)};
}

// Who had finished has no position in the checkpoint. After a rescale that may be any subtask of the source.
bool RestoredDeployment::had_finished(const Split& split, const History& history) const {
  const CheckpointFacts* const facts = history.checkpoint(checkpoint_);
  if (facts == nullptr) return history.finished_on_restore(split.owner);
  const engine::JobVertex& source = graph_->vertex(reference_->sources()[split.source].vertex);
  const auto known = [&](const SplitPosition& s) { return s.source == source.id && s.split == split.split; };
  if (std::any_of(facts->splits.begin(), facts->splits.end(), known)) return false;
  return facts->any_finished(*graph_, source.id);
}

void RestoredDeployment::on_split(engine::SubtaskId subtask, std::uint32_t split, std::uint64_t position,
                                  std::uint32_t index) {
  const engine::VertexId vertex = graph_->subtask(subtask).vertex;
  for (Split& s : splits_) {
    if (s.split != split || graph_->subtask(s.owner).vertex != vertex) continue;
    s.position = position;
    s.at = index;
    s.reader = subtask;
  }
}

// Whoever had it reads it no more.
void RestoredDeployment::on_unassigned(engine::VertexId source, std::uint32_t split, std::uint64_t position,
                                       std::uint32_t index) {
  for (Split& s : splits_) {
    if (s.split != split || graph_->subtask(s.owner).vertex != source) continue;
    s.position = position;
    s.at = index;
    s.reader = s.owner;
  }
}

void RestoredDeployment::on_state(engine::SubtaskId subtask, std::uint64_t digest, std::uint32_t index) {
  for (Keyed& k : keyed_) {
    if (k.subtask != subtask) continue;
    k.digest = k.processed = digest;
    k.at = index;
  }
}

void RestoredDeployment::on_in_flight_processed(engine::SubtaskId subtask, std::uint64_t digest) {
  for (Keyed& k : keyed_) {
    if (k.subtask == subtask) k.processed = digest;
  }
}

void RestoredDeployment::on_deployed(engine::SubtaskId subtask) {
  deployed_count_ += deployed_[subtask.value] == 0 ? 1 : 0;
  deployed_[subtask.value] = 1;
}

void RestoredDeployment::on_running(engine::SubtaskId subtask) {
  running_count_ += running_[subtask.value] == 0 ? 1 : 0;
  running_[subtask.value] = 1;
}

}  // namespace weir::properties
