#include "coordination/operator_coordinators.h"

#include <algorithm>
#include <utility>

#include "recovery/state_assignment.h"
#include "weir/engine/assert.h"

namespace weir::engine {
namespace {

// An operator that the checkpoint knows, but no coordinator of: its readers have all splits that there were. What does
// not decode was refused before (restore_check.h).
std::vector<SourceSplit> unassigned_in(const CompletedCheckpoint& checkpoint, const JobOperator& source,
                                       std::vector<SourceSplit> discovered) {
  const OperatorPart* const part = find_state(checkpoint, source);
  if (part == nullptr) return discovered;
  if (part->coordinator.empty()) return {};
  auto splits = decode_unassigned(part->coordinator);
  WEIR_ASSERT(splits.ok(), "a checkpoint with a coordinator that cannot be read is restored");
  return std::move(splits).value();
}

}  // namespace

OperatorCoordinators::OperatorCoordinators(const ExecutionGraph& graph, const JobOptions& options,
                                           const DefectSet& defects, const TaskViews& tasks, ActorId actor)
    : graph_(graph), defects_(defects), tasks_(tasks), actor_(actor) {
  if (options.split_assignment != SplitAssignment::OnRequest) return;
  for (const JobVertex& vertex : graph.job().vertices) {
    if (vertex.source()) sources_.push_back({&vertex, SourceCoordinator(vertex.parallelism, defects)});
  }
}

std::vector<const JobVertex*> OperatorCoordinators::vertices() const {
  std::vector<const JobVertex*> vertices;
  for (const Source& source : sources_) vertices.push_back(source.vertex);
  return vertices;
}

OperatorCoordinators::Source* OperatorCoordinators::source_of(SubtaskId subtask) {
  if (subtask.value >= graph_.subtasks().size()) return nullptr;
  const auto at = std::find_if(sources_.begin(), sources_.end(), [&](const Source& source) {
    return source.vertex->id == graph_.subtask(subtask).vertex;
  });
  return at == sources_.end() ? nullptr : &*at;
}

SubtaskGateway& OperatorCoordinators::gateway_of(Source& source, SubtaskId subtask) {
  return source.coordinator.gateway(graph_.subtask(subtask).index);
}

bool OperatorCoordinators::current(ExecutionAttempt attempt) const {
  const TaskView& task = tasks_[attempt.subtask.value];
  return task.attempt == attempt.attempt && !is_terminal(task.state);
}

// --- deployment ----------------------------------------------------------------------------------------------------

void OperatorCoordinators::reset(const CompletedCheckpoint* checkpoint,
                                 std::vector<std::vector<SourceSplit>> discovered) {
  if (defects_.has(Defect::StartCoordinatorsAnew)) checkpoint = nullptr;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const JobOperator& head = sources_[i].vertex->chain.front();
    sources_[i].coordinator.reset(checkpoint == nullptr ? std::move(discovered[i])
                                                        : unassigned_in(*checkpoint, head, std::move(discovered[i])));
  }
}

void OperatorCoordinators::deployed(CheckpointId restored) {
  for (Source& source : sources_) {
    bool any = false;
    for (std::uint32_t index = 0; index < source.vertex->parallelism; ++index) {
      const AttemptId attempt = tasks_[graph_.subtask_at(source.vertex->id, index).value].attempt;
      if (source.coordinator.gateway(index).attempt() == attempt) continue;
      source.coordinator.reset_subtask(index, attempt, restored);
      any = true;
    }
    if (any) report_unassigned(EventKind::UnassignedRestored, source, restored);
  }
}

void OperatorCoordinators::subtask_finished(ExecutionAttempt attempt) {
  Source* const source = source_of(attempt.subtask);
  if (source == nullptr) return;
  source->coordinator.end_subtask(graph_.subtask(attempt.subtask).index);
  complete_if_settled();
}

// --- events --------------------------------------------------------------------------------------------------------

// One that came twice is answered twice and heard once. What an older attempt says counts for nothing (SO-9).
void OperatorCoordinators::on_event(const CoordinatorEvent& event) {
  Source* const source = source_of(event.attempt.subtask);
  if (source == nullptr || !current(event.attempt)) return;
  effects_.push(SendToTask{EventSeen{event.attempt, event.number}, event.attempt.subtask});
  SubtaskGateway& gateway = gateway_of(*source, event.attempt.subtask);
  if (!gateway.hears(event.number)) return;
  if (event.checkpoint != kNoCheckpoint) {
    gateway.reopen(event.checkpoint);
  } else if (const auto split = source->coordinator.on_request(graph_.subtask(event.attempt.subtask).index)) {
    effects_.push(Event{EventKind::SplitAssigned, actor_, split->id, event.attempt.subtask.value, split->position});
  }
  pump(*source, event.attempt.subtask);
  complete_if_settled();
}

void OperatorCoordinators::on_seen(const EventSeen& seen) {
  Source* const source = source_of(seen.attempt.subtask);
  if (source == nullptr) return;
  SubtaskGateway& gateway = gateway_of(*source, seen.attempt.subtask);
  if (gateway.attempt() != seen.attempt.attempt || !gateway.on_seen(seen.number)) return;
  pump(*source, seen.attempt.subtask);
  complete_if_settled();
}

// SO-18: not when the subtask is over, because then nobody misses it.
void OperatorCoordinators::on_timeout(SubtaskId subtask, std::uint32_t number) {
  Source* const source = source_of(subtask);
  if (source == nullptr) return;
  SubtaskGateway& gateway = gateway_of(*source, subtask);
  const ExecutionAttempt attempt{subtask, gateway.attempt()};
  if (!gateway.under_way(number) || !current(attempt)) return;
  effects_.push(Event{EventKind::OperatorEventLost, actor_, attempt.attempt.value, subtask.value, number});
  if (!defects_.has(Defect::IgnoreLostEvents)) return effects_.push(EventLost{attempt});
  gateway.forget();
  pump(*source, subtask);
  complete_if_settled();
}

void OperatorCoordinators::pump(Source& source, SubtaskId subtask) {
  auto event = gateway_of(source, subtask).next(subtask);
  if (!event) return;
  effects_.push(ArmEventTimeout{subtask, event->number});
  effects_.push(SendToTask{std::move(*event), subtask});
}

void OperatorCoordinators::pump_all() {
  for (Source& source : sources_) {
    for (std::uint32_t index = 0; index < source.vertex->parallelism; ++index) {
      pump(source, graph_.subtask_at(source.vertex->id, index));
    }
  }
}

// --- checkpoints ---------------------------------------------------------------------------------------------------

void OperatorCoordinators::snapshot(CheckpointId checkpoint) {
  under_way_ = CoordinatorsSnapshotted{checkpoint, {}};
  for (Source& source : sources_) {
    report_unassigned(EventKind::UnassignedSnapshot, source, checkpoint);
    for (std::uint32_t index = 0; index < source.vertex->parallelism; ++index) {
      report_cut(source, graph_.subtask_at(source.vertex->id, index), checkpoint);
    }
    under_way_->states.push_back({source.vertex->chain.front().id, source.coordinator.snapshot(checkpoint)});
  }
  complete_if_settled();
}

void OperatorCoordinators::complete_if_settled() {
  if (!under_way_) return;
  const CheckpointId checkpoint = under_way_->checkpoint;
  const bool settled = std::all_of(sources_.begin(), sources_.end(),
                                   [&](const Source& source) { return source.coordinator.settled_before(checkpoint); });
  if (settled) effects_.push(*std::exchange(under_way_, std::nullopt));
}

void OperatorCoordinators::on_completed(CheckpointId checkpoint) {
  for (Source& source : sources_) source.coordinator.on_completed(checkpoint);
  pump_all();
}

void OperatorCoordinators::on_aborted(CheckpointId checkpoint) {
  if (under_way_ && under_way_->checkpoint == checkpoint) under_way_.reset();
  for (Source& source : sources_) source.coordinator.on_aborted(checkpoint);
  pump_all();
}

// Which event is the last before the checkpoint at this end; the other end says the same (SO-16).
void OperatorCoordinators::report_cut(const Source& source, SubtaskId subtask, CheckpointId checkpoint) {
  const SubtaskGateway& gateway = source.coordinator.gateway(graph_.subtask(subtask).index);
  effects_.push(Event{EventKind::EventsSentCut, actor_, gateway.attempt().value, checkpoint.value,
                      std::uint64_t{subtask.value} << 32 | gateway.last()});
}

void OperatorCoordinators::report_unassigned(EventKind kind, const Source& source, CheckpointId checkpoint) {
  for (const SourceSplit& split : source.coordinator.unassigned()) {
    const UnassignedSplit told{source.vertex->id, split.position};
    effects_.push(Event{kind, actor_, split.id, checkpoint.value, told.packed()});
  }
}

}  // namespace weir::engine
