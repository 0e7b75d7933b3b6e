#include "state/state_equals_fold.h"

#include <algorithm>

#include "weir/engine/events.h"

namespace weir::properties {
namespace {

using engine::EventKind;
using engine::SubtaskId;

constexpr sim::TraceKind kWatched[] = {
    EventKind::AttemptDeployed,   EventKind::AttemptStateChanged, EventKind::SplitRestored,
    EventKind::StateRestored,     EventKind::CheckpointTriggered, EventKind::RestoreStarted,
    EventKind::InFlightProcessed, EventKind::UnassignedRestored,
};

bool says_running(const sim::TraceEvent& event) {
  return event.kind == sim::TraceKind(EventKind::AttemptStateChanged) &&
         static_cast<engine::AttemptState>(event.a) == engine::AttemptState::Running;
}

}  // namespace

std::span<const sim::TraceKind> StateEqualsFold::watched() const { return kWatched; }

bool StateEqualsFold::begin(const RunContext& context) {
  context_ = context;
  if (context.reference == nullptr || !promises_exactly_once(context)) return false;
  if (!context.reference->job().commutative || context.reference->job().timed) return false;
  graph_ = context.graph;
  reference_ = context.reference;
  deployment_.lay_out(*graph_, *reference_);
  fold_.begin(*reference_);
  generation_ = {};
  restoring_.assign(graph_->subtasks().size(), 0);
  judged_ = true;
  silent_ = false;
  exact_ = true;
  finding_.clear();
  return true;
}

void StateEqualsFold::before_stage() { judge_deployment(); }

void StateEqualsFold::on_stage(const RunContext& context) {
  context_ = context;
  graph_ = context.graph;
  restoring_.assign(graph_->subtasks().size(), 0);
  judged_ = true;
  exact_ = exact_ && promises_exactly_once(context);
  silent_ = context.reference == nullptr || !exact_;
  if (silent_) return;
  reference_ = context.reference;
  deployment_.lay_out(*graph_, *reference_);
  fold_.begin(*reference_);
}

void StateEqualsFold::on_event(const sim::TraceEvent& event, std::uint32_t index) {
  if (silent_) return;
  if (event.kind == sim::TraceKind(EventKind::AttemptDeployed)) return on_deployed(event);
  if (event.kind == sim::TraceKind(EventKind::CheckpointTriggered)) return judge_deployment();
  if (event.kind == sim::TraceKind(EventKind::UnassignedRestored)) {
    const auto split = engine::UnassignedSplit::of(event.b);
    return deployment_.on_unassigned(split.source, event.detail, split.position, index);
  }
  if (!is_subtask(event.actor) || subtask_of(event.actor).value >= graph_->subtasks().size()) return;
  if (event.kind == sim::TraceKind(EventKind::RestoreStarted)) {
    restoring_[subtask_of(event.actor).value] = event.detail;
  } else if (is_current(subtask_of(event.actor), event)) {
    on_report(event, index, subtask_of(event.actor));
  }
}

void StateEqualsFold::on_deployed(const sim::TraceEvent& event) {
  if (generation_ != context_.history->attempts().generation()) start_deployment();
  if (event.a < graph_->subtasks().size()) deployment_.on_deployed(SubtaskId{static_cast<std::uint16_t>(event.a)});
}

// Reports of a superseded attempt say nothing about this deployment. A position carries no attempt: it is of the one
// that began to restore last.
bool StateEqualsFold::is_current(SubtaskId subtask, const sim::TraceEvent& event) const {
  const engine::AttemptId current = context_.history->attempts().current(subtask);
  const bool position = event.kind == sim::TraceKind(EventKind::SplitRestored);
  const std::uint32_t restoring = restoring_[subtask.value];
  const std::uint32_t speaker = !position ? event.detail : restoring == 0 ? current.value : restoring;
  return current == generation_ && speaker == current.value;
}

void StateEqualsFold::on_report(const sim::TraceEvent& event, std::uint32_t index, SubtaskId subtask) {
  if (says_running(event)) return deployment_.on_running(subtask);
  if (event.kind == sim::TraceKind(EventKind::AttemptStateChanged)) return;
  check_restored_id(event, index, subtask);
  if (event.kind == sim::TraceKind(EventKind::SplitRestored)) {
    deployment_.on_split(subtask, event.detail, event.b, index);
  } else if (event.kind == sim::TraceKind(EventKind::InFlightProcessed)) {
    deployment_.on_in_flight_processed(subtask, event.b);
  } else {
    deployment_.on_state(subtask, event.b, index);
  }
}

void StateEqualsFold::check_restored_id(const sim::TraceEvent& event, std::uint32_t index, SubtaskId subtask) {
  if (event.a == deployment_.checkpoint().value) return;
  finding_.add(graph_->subtask(subtask).name + " restored checkpoint " + std::to_string(event.a) + ", though " +
                   origin() + " was chosen",
               {deployment_.chosen_at(), index});
}

void StateEqualsFold::start_deployment() {
  judge_deployment();
  generation_ = context_.history->attempts().generation();
  deployment_.start(*context_.history);
  judged_ = false;
}

void StateEqualsFold::judge_deployment() {
  if (judged_ || !deployment_.all_running()) return;
  judged_ = true;
  positions_.clear();
  for (const RestoredDeployment::Split& split : deployment_.splits()) {
    if (!deployment_.restarted(split.reader)) {
      positions_.push_back(position_without_restart(split));
      continue;
    }
    check_position(split);
    positions_.push_back(split.position);
    if (split.at == kNever && !split.excused) return;  // the prefix is not known; told already
  }
  fold_.move_to(positions_);
  for (const RestoredDeployment::Keyed& keyed : deployment_.keyed()) {
    if (deployment_.restarted(keyed.subtask)) check_state(keyed);
  }
  for (const engine::JobVertex& vertex : graph_->job().vertices) check_sum(vertex);
}

// Records that were in flight to a vertex before this one come to it only when that has processed them.
bool StateEqualsFold::in_flight_before(const CheckpointFacts& facts, engine::VertexId vertex) const {
  const engine::JobGraph& job = graph_->job();
  for (const std::uint32_t input : job.vertices[vertex.value].inputs) {
    const engine::VertexId from = job.edges[input].from;
    const bool in_flight = from.value < facts.in_flight.size() && facts.in_flight[from.value] != 0;
    if (in_flight || in_flight_before(facts, from)) return true;
  }
  return false;
}

// BA-36: behind such a vertex state is what it was in the snapshots; together, since a rescale deals it out anew.
void StateEqualsFold::check_sum(const engine::JobVertex& vertex) {
  const CheckpointFacts* const facts = context_.history->checkpoint(deployment_.checkpoint());
  if (facts == nullptr || !in_flight_before(*facts, vertex.id)) return;
  std::uint64_t restored = 0;
  std::uint64_t taken = 0;
  std::uint32_t at = kNever;
  for (const RestoredDeployment::Keyed& keyed : deployment_.keyed()) {
    if (graph_->subtask(keyed.subtask).vertex != vertex.id) continue;
    const SubtaskPart& part = facts->parts[keyed.subtask.value];
    if (keyed.excused || part.snapshot_taken == kNever || !deployment_.restarted(keyed.subtask)) return;
    restored += keyed.digest;
    taken += part.digest;
    at = keyed.at;
  }
  if (restored == taken) return;
  finding_.add("the state of '" + vertex.label + "' restored from " + origin() + " is not that of its snapshots",
               {facts->completed, deployment_.chosen_at(), at});
}

// Nothing that was restarted depends on it; any position will do.
std::uint64_t StateEqualsFold::position_without_restart(const RestoredDeployment::Split& split) const {
  const SourceInfo& source = reference_->sources()[split.source];
  const CheckpointFacts* facts = context_.history->checkpoint(deployment_.checkpoint());
  if (facts == nullptr) return source.start[split.split];
  const SplitPosition* snapshot = in_snapshot(*facts, split);
  return snapshot == nullptr ? source.end[split.split] : snapshot->position;
}

void StateEqualsFold::check_position(const RestoredDeployment::Split& split) {
  if (split.excused && split.at == kNever) return;
  if (split.at == kNever) {
    return finding_.add("nobody reads " + name_of(split) + " after the restore from " + origin(),
                        {deployment_.chosen_at()});
  }
  const SourceInfo& source = reference_->sources()[split.source];
  std::uint64_t expected = split.excused ? source.end[split.split] : source.start[split.split];
  std::uint32_t snapshot_at = kNever;
  if (const auto checkpoint = deployment_.checkpoint(); checkpoint != engine::kNoCheckpoint && !split.excused) {
    const CheckpointFacts* facts = context_.history->checkpoint(checkpoint);
    if (facts == nullptr) return;  // not one that completed; another property tells
    const SplitPosition* snapshot = in_snapshot(*facts, split);
    if (snapshot == nullptr) {
      return finding_.add(name_of(split) + " was restored from " + origin() + ", which has no position of it",
                          {deployment_.chosen_at(), split.at});
    }
    expected = snapshot->position;
    snapshot_at = snapshot->at;
  }
  if (split.position == expected) return;
  finding_.add(name_of(split) + " was restored to position " + std::to_string(split.position) + ", but " + origin() +
                   " has it at " + std::to_string(expected),
               {snapshot_at, deployment_.chosen_at(), split.at});
}

const SplitPosition* StateEqualsFold::in_snapshot(const CheckpointFacts& facts,
                                                  const RestoredDeployment::Split& split) const {
  const engine::VertexId source = reference_->sources()[split.source].vertex;
  const auto found = std::find_if(facts.splits.rbegin(), facts.splits.rend(),
                                  [&](const SplitPosition& s) { return s.source == source && s.split == split.split; });
  return found != facts.splits.rend() ? &*found : nullptr;
}

// Where a snapshot already differed, records were lost or doubled before it; otherwise the restore itself went wrong.
void StateEqualsFold::check_state(const RestoredDeployment::Keyed& keyed) {
  if (keyed.excused) return;
  const engine::SubtaskInfo& subtask = graph_->subtask(keyed.subtask);
  const CheckpointFacts* const restored = context_.history->checkpoint(deployment_.checkpoint());
  if (restored != nullptr && in_flight_before(*restored, subtask.vertex)) return;  // `check_sum` sees to it
  if (keyed.processed == fold_.digest(graph_->vertex(subtask.vertex), subtask.index)) return;
  std::uint32_t snapshot_at = kNever;
  std::string told = "the state of " + subtask.name + " restored from " + origin() +
                     " is not what the records before the restored positions make it";
  if (const CheckpointFacts* facts = context_.history->checkpoint(deployment_.checkpoint())) {
    const SubtaskPart& part = facts->parts[keyed.subtask.value];
    snapshot_at = part.snapshot_taken;
    if (snapshot_at != kNever)
      told += part.digest == keyed.digest ? "; its snapshot was so already" : "; its snapshot was another";
  }
  finding_.add(std::move(told), {snapshot_at, deployment_.chosen_at(), keyed.at});
}

std::string StateEqualsFold::name_of(const RestoredDeployment::Split& split) const {
  return "split " + std::to_string(split.split) + " of " + reference_->sources()[split.source].label;
}

std::string StateEqualsFold::origin() const {
  const engine::CheckpointId checkpoint = deployment_.checkpoint();
  return checkpoint == engine::kNoCheckpoint ? "the start" : "checkpoint " + std::to_string(checkpoint.value);
}

void StateEqualsFold::judge(const sim::RunOutcome&, const sim::Trace&, Verdict& verdict) {
  judge_deployment();
  finding_.conclude(verdict);
}

}  // namespace weir::properties
