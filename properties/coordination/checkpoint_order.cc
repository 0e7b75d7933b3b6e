#include "coordination/checkpoint_order.h"

#include <algorithm>

#include "weir/engine/events.h"

namespace weir::properties {
namespace {

using engine::EventKind;
using engine::SubtaskId;

constexpr sim::TraceKind kWatched[] = {
    EventKind::CheckpointTriggered, EventKind::CheckpointCompleted,   EventKind::CheckpointAborted,
    EventKind::AckReceived,         EventKind::TransactionCommitSent, EventKind::NotifyCompleteReceived,
    EventKind::RestoreChosen,       sim::WorldEventKind::HaRemoved,   sim::WorldEventKind::HaAnswerLost,
};

std::string checkpoint(std::uint64_t id) { return "checkpoint " + std::to_string(id); }

}  // namespace

std::span<const sim::TraceKind> CheckpointOrder::watched() const { return kWatched; }

bool CheckpointOrder::begin(const RunContext& context) {
  context_ = context;
  triggered_ = {};
  completed_.clear();
  notified_.assign(context.graph->subtasks().size(), Notified{});
  in_doubt_.clear();
  finding_.clear();
  return true;
}

void CheckpointOrder::on_event(const sim::TraceEvent& event, std::uint32_t index) {
  if (event.kind == sim::TraceKind(sim::WorldEventKind::HaRemoved)) return on_removed(event);
  if (event.kind == sim::TraceKind(sim::WorldEventKind::HaAnswerLost)) {
    in_doubt_.insert(event.a);
    return;
  }
  if (ousted_acts(event, index)) return;
  switch (static_cast<EventKind>(event.kind.value)) {
    case EventKind::CheckpointTriggered:
      return on_triggered(event, index);
    case EventKind::CheckpointCompleted:
      return on_completed(event, index);
    case EventKind::CheckpointAborted:
      return on_aborted(event, index);
    case EventKind::AckReceived:
      return on_ack_received(event, index);
    case EventKind::TransactionCommitSent:
      return on_commit(event, index);
    case EventKind::NotifyCompleteReceived:
      return on_notified(event, index);
    case EventKind::RestoreChosen:
      return on_restore_chosen(event, index);
    default:
      return;
  }
}

// Whoever does not lead any more may count what it likes, as long as nothing comes of it (RE-15).
bool CheckpointOrder::ousted_acts(const sim::TraceEvent& event, std::uint32_t index) {
  if (!available() || !engine::is_job_manager(event.actor)) return false;
  const bool completes = event.kind == sim::TraceKind(EventKind::CheckpointCompleted) &&
                         !engine::is_savepoint(static_cast<engine::CheckpointKind>(event.detail));
  if (completes) finding_.add(checkpoint(event.a) + " was completed without being in the store", {index});
  return completes || !context_.history->leads(event.actor);
}

// One that its writer gave up does not count, once it is certain that nobody will find it.
void CheckpointOrder::on_removed(const sim::TraceEvent& event) {
  if (in_doubt_.count(event.a) == 0 || newest().checkpoint != event.a) return;
  completed_.pop_back();
}

void CheckpointOrder::on_triggered(const sim::TraceEvent& event, std::uint32_t index) {
  if (event.a <= triggered_.checkpoint) {
    finding_.add(checkpoint(event.a) + " was triggered after " + checkpoint(triggered_.checkpoint),
                 {triggered_.at, index});
  }
  triggered_ = {std::max(triggered_.checkpoint, event.a), index};
}

void CheckpointOrder::on_completed(const sim::TraceEvent& event, std::uint32_t index) {
  const CheckpointFacts* facts = context_.history->checkpoint({event.a});
  const bool plain_savepoint = static_cast<engine::CheckpointKind>(event.detail) == engine::CheckpointKind::Savepoint;
  if (event.a <= newest().checkpoint && !plain_savepoint) {
    finding_.add(checkpoint(event.a) + " completed after " + checkpoint(newest().checkpoint), {newest().at, index});
    return;
  }
  if (facts == nullptr) {
    finding_.add(checkpoint(event.a) + " completed without having been triggered", {index});
  } else {
    if (facts->aborted != kNever)
      finding_.add(checkpoint(event.a) + " completed after it was aborted", {facts->aborted, index});
    check_acknowledgements(*facts);
  }
  if (plain_savepoint) return;  // newer checkpoints may be complete already (CO-31), and it commits nothing (CO-29)
  completed_.push_back({event.a, index});
}

// Ids go on from that of what was restored, which is all that the job knows of.
void CheckpointOrder::on_stage(const RunContext& context) {
  context_ = context;
  triggered_ = {context.restored.value, kNever};
  completed_.clear();
  if (context.restored != engine::kNoCheckpoint) completed_.push_back(triggered_);
  notified_.assign(context.graph->subtasks().size(), Notified{});
  in_doubt_.clear();
}

// Whoever had not finished when it was triggered must have acknowledged, with its current attempt (CO-22, CO-50).
void CheckpointOrder::check_acknowledgements(const CheckpointFacts& facts) {
  std::uint64_t acks = 0;
  bool named = false;
  for (const engine::SubtaskInfo& subtask : context_.graph->subtasks()) {
    const SubtaskPart& part = facts.parts[subtask.id.value];
    const engine::AttemptId current = context_.history->attempts().current(subtask.id);
    if (part.ack_counted != kNever && part.counted_attempt == current) {
      ++acks;
    } else if (!part.finished) {
      named = true;
      finding_.add(checkpoint(facts.id.value) + " completed without the acknowledgement of " + subtask.name,
                   {facts.triggered, part.ack_counted, facts.completed});
    }
  }
  if (named || acks >= facts.to_wait_for) return;
  finding_.add(checkpoint(facts.id.value) + " completed with " + std::to_string(acks) + " of " +
                   std::to_string(facts.to_wait_for) + " acknowledgements",
               {facts.triggered, facts.completed});
}

void CheckpointOrder::on_aborted(const sim::TraceEvent& event, std::uint32_t index) {
  const auto at =
      std::find_if(completed_.begin(), completed_.end(), [&](const Mark& m) { return m.checkpoint == event.a; });
  if (at != completed_.end() && in_doubt_.count(event.a) == 0)
    finding_.add(checkpoint(event.a) + " was aborted after it had completed", {at->at, index});
  const CheckpointFacts* facts = context_.history->checkpoint({event.a});
  const bool subsumed = static_cast<engine::AbortReason>(event.detail) == engine::AbortReason::CheckpointSubsumed;
  if (subsumed && facts != nullptr && is_savepoint(facts->kind))
    finding_.add("savepoint " + std::to_string(event.a) + " was subsumed by a checkpoint", {facts->triggered, index});
}

void CheckpointOrder::on_ack_received(const sim::TraceEvent& event, std::uint32_t index) {
  if (static_cast<engine::AckClass>(event.b >> 32) != engine::AckClass::Success) return;
  const auto subtask = static_cast<std::uint32_t>(event.b);
  if (subtask >= notified_.size()) return;
  const SubtaskId id{static_cast<std::uint16_t>(subtask)};
  const engine::AttemptId current = context_.history->attempts().current(id);
  if (current.value == event.detail) return;
  finding_.add("the acknowledgement of attempt " + std::to_string(event.detail) + " of " + name_of(id) +
                   " counted for " + checkpoint(event.a) + ", though attempt " + std::to_string(current.value) +
                   " is the current one",
               {index});
}

// Pending transactions of aborted checkpoints are committed with the next completed one, also after its restore.
void CheckpointOrder::on_commit(const sim::TraceEvent& event, std::uint32_t index) {
  if (newest().checkpoint >= event.a) return;
  finding_.add("transaction " + std::to_string(event.b) + " of " + checkpoint(event.a) +
                   " was committed before that or any later checkpoint completed",
               {index});
}

// The message of a completion that an abort has already told of still comes (CO-36): the same id again is fine.
void CheckpointOrder::on_notified(const sim::TraceEvent& event, std::uint32_t index) {
  if (!knows(event.actor)) return;
  const SubtaskId subtask = subtask_of(event.actor);
  Notified& notified = notified_[subtask.value];
  if (notified.attempt != event.detail) notified = {event.detail, {}};
  if (!has_completed(event.a)) {
    finding_.add(name_of(subtask) + " was told that " + checkpoint(event.a) + " completed, but it has not", {index});
  }
  if (event.a < notified.last.checkpoint) {
    finding_.add(name_of(subtask) + " was told of the completion of " + checkpoint(event.a) + " after that of " +
                     checkpoint(notified.last.checkpoint),
                 {notified.last.at, index});
  }
  notified.last = {std::max(notified.last.checkpoint, event.a), index};
}

void CheckpointOrder::on_restore_chosen(const sim::TraceEvent& event, std::uint32_t index) {
  const Mark expected = newest();
  if (event.a == expected.checkpoint) return;
  const std::string chosen = event.a == 0 ? "the start" : checkpoint(event.a);
  const std::string newest_name = expected.checkpoint == 0 ? "no checkpoint" : checkpoint(expected.checkpoint);
  finding_.add("the job was restored from " + chosen + ", though " + newest_name +
                   (expected.checkpoint == 0 ? " has completed" : " is the newest completed one"),
               {expected.at, index});
}

bool CheckpointOrder::has_completed(std::uint64_t id) const {
  return std::any_of(completed_.rbegin(), completed_.rend(), [&](const Mark& m) { return m.checkpoint == id; });
}

bool CheckpointOrder::knows(engine::ActorId actor) const {
  return is_subtask(actor) && subtask_of(actor).value < notified_.size();
}

void CheckpointOrder::judge(const sim::RunOutcome&, const sim::Trace&, Verdict& verdict) { finding_.conclude(verdict); }

}  // namespace weir::properties
