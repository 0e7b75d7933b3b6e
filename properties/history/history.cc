#include "history/history.h"

#include <algorithm>

#include "history/translation.h"

namespace weir::properties {
namespace {

using engine::AttemptId;
using engine::CheckpointId;
using engine::EventKind;
using engine::SubtaskId;

constexpr sim::TraceKind kWatched[] = {
    EventKind::AttemptDeployed,
    EventKind::AttemptStateChanged,
    EventKind::CheckpointTriggered,
    EventKind::CheckpointCompleted,
    EventKind::CheckpointAborted,
    EventKind::AckReceived,
    EventKind::ChannelCutIn,
    EventKind::BarrierSent,
    EventKind::InFlightCaptured,
    EventKind::SnapshotTaken,
    EventKind::SnapshotDurable,
    EventKind::AckSent,
    EventKind::RestoreChosen,
    EventKind::SplitSnapshot,
    EventKind::UnassignedSnapshot,
    EventKind::JobRecovered,
    EventKind::TransactionPreCommitted,
    sim::WorldEventKind::LeadershipGranted,
};

// Facts of aborted checkpoints are kept a little, for a late completion; this many in all before the oldest goes.
constexpr std::size_t kMaxLive = 16;

AttemptId attempt_in(const sim::TraceEvent& event) { return AttemptId{event.detail}; }

}  // namespace

std::span<const sim::TraceKind> History::watched() { return kWatched; }

void History::begin(const engine::ExecutionGraph& graph, const engine::JobOptions& options) {
  graph_ = &graph;
  leader_ = engine::actor_of(engine::kJobManager);
  leader_has_begun_ = true;
  high_availability_ = options.high_availability == engine::HighAvailability::Store;
  newest_completed_ = 0;
  partly_finished_.clear();
  attempts_.begin(graph.subtasks().size());
  live_ = 0;
  chosen_ = {};
  chosen_at_ = kNever;
  finished_on_restore_.assign(graph.subtasks().size(), 0);
}

void History::on_stage(const engine::ExecutionGraph& graph, CheckpointId restored) {
  release_all_but(restored);
  if (live_ != 0) translate(facts_.front(), *graph_, graph);
  partly_finished_ = live_ != 0 ? facts_.front().partly_finished : std::vector<engine::VertexId>();
  graph_ = &graph;
  leader_ = engine::actor_of(engine::kJobManager);
  leader_has_begun_ = true;
  newest_completed_ = restored.value;
  attempts_.begin(graph.subtasks().size());
  chosen_ = {};
  chosen_at_ = kNever;
  finished_on_restore_.assign(graph.subtasks().size(), 0);
}

void History::on_event(const sim::TraceEvent& event, std::uint32_t index) {
  if (event.kind == sim::TraceKind(sim::WorldEventKind::LeadershipGranted)) return on_granted(event);
  switch (static_cast<EventKind>(event.kind.value)) {
    case EventKind::AttemptDeployed:
      if (event.a < attempts_.size())
        attempts_.on_deployed(SubtaskId{static_cast<std::uint16_t>(event.a)}, attempt_in(event));
      return;
    case EventKind::AttemptStateChanged:
      if (!knows(event.actor)) return;
      return attempts_.on_state(subtask_of(event.actor), attempt_in(event), static_cast<engine::AttemptState>(event.a));
    case EventKind::CheckpointTriggered:
      return on_triggered(event, index);
    case EventKind::CheckpointCompleted:
      return on_completed(event, index);
    case EventKind::CheckpointAborted:
      if (CheckpointFacts* facts = find(event.a)) facts->aborted = index;
      return;
    case EventKind::AckReceived:
      return on_ack_received(event, index);
    case EventKind::ChannelCutIn:
    case EventKind::BarrierSent:
      return on_cut(event, index);
    case EventKind::InFlightCaptured:
      return on_saved(event);
    case EventKind::SplitSnapshot:
      return on_split(event, index);
    case EventKind::UnassignedSnapshot:
      return on_unassigned(event, index);
    case EventKind::JobRecovered:
      return on_recovered(event);
    case EventKind::SnapshotTaken:
      return on_snapshot(event, index);
    case EventKind::SnapshotDurable:
      if (SubtaskPart* p = part(event)) p->durable = index;
      return;
    case EventKind::AckSent:
      if (SubtaskPart* p = part(event)) p->ack_sent = index;
      return;
    case EventKind::TransactionPreCommitted:
      if (SubtaskPart* p = part(event)) p->has_state = true;
      return;
    case EventKind::RestoreChosen:
      return on_restore_chosen(event, index);
    default:
      return;
  }
}

const CheckpointFacts* History::checkpoint(CheckpointId id) const {
  for (std::size_t i = live_; i-- > 0;) {
    if (facts_[i].id == id) return &facts_[i];
  }
  return nullptr;
}

CheckpointFacts* History::find(std::uint64_t id) { return const_cast<CheckpointFacts*>(checkpoint(CheckpointId{id})); }

CheckpointFacts& History::open(CheckpointId id) {
  if (live_ >= kMaxLive) {
    const auto aborted = std::find_if(facts_.begin(), facts_.begin() + static_cast<std::ptrdiff_t>(live_),
                                      [](const CheckpointFacts& f) { return f.aborted != kNever; });
    if (aborted < facts_.begin() + static_cast<std::ptrdiff_t>(live_)) {
      release(static_cast<std::size_t>(aborted - facts_.begin()));
    }
  }
  if (live_ == facts_.size()) facts_.emplace_back();
  CheckpointFacts& facts = facts_[live_++];
  facts.start(id, attempts_.size(), graph_->channels().size());
  return facts;
}

void History::release_all_but(CheckpointId kept) {
  for (std::size_t i = live_; i-- > 0;) {
    if (facts_[i].id != kept) release(i);
  }
}

// Moves it behind the others in use, so that its memory serves the next one.
void History::release(std::size_t at) {
  const auto first = facts_.begin() + static_cast<std::ptrdiff_t>(at);
  std::rotate(first, first + 1, facts_.begin() + static_cast<std::ptrdiff_t>(live_));
  --live_;
}

bool History::knows(engine::ActorId actor) const {
  return is_subtask(actor) && subtask_of(actor).value < attempts_.size();
}

SubtaskPart* History::part(const sim::TraceEvent& event) {
  CheckpointFacts* facts = find(event.a);
  return facts != nullptr && knows(event.actor) ? facts->part_of(subtask_of(event.actor), attempt_in(event)) : nullptr;
}

void History::on_granted(const sim::TraceEvent& event) {
  leader_ = engine::actor_of(engine::ProcessId{static_cast<std::uint16_t>(event.detail)});
  session_ = event.a;
  leader_has_begun_ = false;
}

void History::on_recovered(const sim::TraceEvent& event) {
  if (event.actor == leader_ && event.detail == session_) leader_has_begun_ = true;
}

void History::on_triggered(const sim::TraceEvent& event, std::uint32_t index) {
  CheckpointFacts* known = find(event.a);
  CheckpointFacts& facts = known != nullptr ? *known : open(CheckpointId{event.a});
  facts.triggered = index;
  facts.kind = static_cast<engine::CheckpointKind>(event.detail);
  facts.to_wait_for = event.b;
  facts.partly_finished = partly_finished_;
  for (std::uint16_t s = 0; s < attempts_.size(); ++s) {
    facts.attempts[s] = attempts_.current(SubtaskId{s});
    facts.parts[s].finished = attempts_.finished(SubtaskId{s}) || finished_on_restore(SubtaskId{s});
  }
}

// A subtask that finished in between without a snapshot counts as finished in it; it can hold nothing to restore. Older
// checkpoints are of no more use to anybody (CO-42), nor older savepoints; but a savepoint takes no checkpoint's place.
// With high availability the one before may be restored after all, when nobody learned of the newest (CO-33).
void History::on_completed(const sim::TraceEvent& event, std::uint32_t index) {
  CheckpointFacts* facts = find(event.a);
  if (facts == nullptr) return;
  facts->completed = index;
  facts->in_flight.assign(graph_->job().vertices.size(), 0);
  for (const engine::ChannelInfo& channel : graph_->channels()) {
    std::uint64_t& sum = facts->in_flight[graph_->vertex_of(channel.consumer).id.value];
    sum = engine::ChannelCut::sum(sum, facts->saved[channel.id.value]);
  }
  for (std::uint16_t s = 0; s < attempts_.size(); ++s) {
    SubtaskPart& p = facts->parts[s];
    if (p.snapshot_taken == kNever && attempts_.finished(SubtaskId{s})) p.finished = true;
  }
  const bool savepoint = engine::is_savepoint(facts->kind);
  const std::uint64_t oldest = high_availability_ && !savepoint ? newest_completed_ : event.a;
  if (!savepoint) newest_completed_ = event.a;
  for (std::size_t i = live_; i-- > 0;) {
    if (facts_[i].id.value < oldest && engine::is_savepoint(facts_[i].kind) == savepoint) release(i);
  }
}

void History::on_ack_received(const sim::TraceEvent& event, std::uint32_t index) {
  CheckpointFacts* facts = find(event.a);
  const auto subtask = static_cast<std::uint32_t>(event.b);
  if (facts == nullptr || subtask >= facts->parts.size()) return;
  if (static_cast<engine::AckClass>(event.b >> 32) != engine::AckClass::Success) return;
  SubtaskPart& p = facts->parts[subtask];
  p.ack_counted = index;
  p.counted_attempt = attempt_in(event);
}

void History::on_cut(const sim::TraceEvent& event, std::uint32_t index) {
  CheckpointFacts* facts = find(event.a);
  if (facts == nullptr || !knows(event.actor) || event.detail >= facts->sent.size()) return;
  const bool sender = event.kind == sim::TraceKind(EventKind::BarrierSent);
  (sender ? facts->sent : facts->received)[event.detail] = {index, attempts_.current(subtask_of(event.actor)), event.b};
}

void History::on_saved(const sim::TraceEvent& event) {
  CheckpointFacts* facts = find(event.a);
  if (facts == nullptr || event.detail >= facts->saved.size()) return;
  std::uint64_t& saved = facts->saved[event.detail];
  saved = engine::ChannelCut::sum(saved, event.b);
}

void History::on_split(const sim::TraceEvent& event, std::uint32_t index) {
  CheckpointFacts* facts = find(event.a);
  if (facts == nullptr || !knows(event.actor)) return;
  const SubtaskId subtask = subtask_of(event.actor);
  facts->splits.push_back({graph_->subtask(subtask).vertex, event.detail, event.b, index});
  if (SubtaskPart* p = facts->part_of(subtask, attempts_.current(subtask))) p->has_state = true;
}

// Its coordinator has it.
void History::on_unassigned(const sim::TraceEvent& event, std::uint32_t index) {
  CheckpointFacts* const facts = find(event.a);
  if (facts == nullptr) return;
  const auto split = engine::UnassignedSplit::of(event.b);
  facts->splits.push_back({split.source, event.detail, split.position, index});
}

void History::on_snapshot(const sim::TraceEvent& event, std::uint32_t index) {
  SubtaskPart* p = part(event);
  if (p == nullptr) return;
  p->snapshot_taken = index;
  p->digest = event.b;
  if (event.b != 0) p->has_state = true;
}

void History::on_restore_chosen(const sim::TraceEvent& event, std::uint32_t index) {
  chosen_ = CheckpointId{event.a};
  chosen_at_ = index;
  const CheckpointFacts* facts = checkpoint(chosen_);
  for (std::size_t s = 0; s < finished_on_restore_.size(); ++s) {
    finished_on_restore_[s] = facts != nullptr && facts->parts[s].finished ? 1 : 0;
  }
}

}  // namespace weir::properties
