#include "coordination/zombies_are_harmless.h"

#include <algorithm>

#include "weir/engine/events.h"

namespace weir::properties {
namespace {

using engine::AttemptId;
using engine::EventKind;
using engine::ExecutionAttempt;
using engine::SubtaskId;
using sim::WorldEventKind;

constexpr sim::TraceKind kWatched[] = {
    EventKind::AckReceived,         EventKind::DeclineReceived,         EventKind::CheckpointAborted,
    EventKind::TriggerReceived,     EventKind::RestoreStarted,          EventKind::TransactionBegun,
    EventKind::CheckpointCompleted, EventKind::TransactionPreCommitted, WorldEventKind::LogCommitted,
};

// The coordinator names whose message it was.
ExecutionAttempt sender_of(const sim::TraceEvent& event) {
  return {SubtaskId{static_cast<std::uint16_t>(event.b)}, AttemptId{event.detail}};
}
ExecutionAttempt actor_in(const sim::TraceEvent& event) { return {subtask_of(event.actor), AttemptId{event.detail}}; }

}  // namespace

std::span<const sim::TraceKind> ZombiesAreHarmless::watched() const { return kWatched; }

bool ZombiesAreHarmless::begin(const RunContext& context) {
  pre_commits_.clear();
  newest_completed_.clear();
  finding_.clear();
  start(context);
  return true;
}

// What a job starts from is committed by that.
void ZombiesAreHarmless::on_stage(const RunContext& context) {
  start(context);
  if (const CheckpointFacts* facts = context.history->checkpoint(context.restored)) justify(*facts);
}

void ZombiesAreHarmless::start(const RunContext& context) {
  context_ = context;
  stale_decline_ = kNever;
  fences_.assign(context.graph->subtasks().size(), Fence{});
}

void ZombiesAreHarmless::on_event(const sim::TraceEvent& event, std::uint32_t index) {
  if (event.kind == sim::TraceKind(WorldEventKind::LogCommitted)) return on_committed(event, index);
  switch (static_cast<EventKind>(event.kind.value)) {
    case EventKind::AckReceived:
      return on_acknowledged(event, index);
    case EventKind::DeclineReceived:
      return on_declined(event, index);
    case EventKind::CheckpointAborted:
      return on_aborted(event, index);
    case EventKind::CheckpointCompleted:
      return on_completed(event);
    default:
      break;
  }
  if (!is_subtask(event.actor) || !knows(subtask_of(event.actor).value)) return;
  switch (static_cast<EventKind>(event.kind.value)) {
    case EventKind::TriggerReceived:
      return on_trigger(event, index);
    case EventKind::RestoreStarted:
      return on_restore(event, index);
    case EventKind::TransactionBegun:
      return on_begun(event, index);
    case EventKind::TransactionPreCommitted:
      pre_commits_[event.b] = {actor_in(event), event.a, index};
      return;
    default:
      return;
  }
}

void ZombiesAreHarmless::on_acknowledged(const sim::TraceEvent& event, std::uint32_t index) {
  if (static_cast<engine::AckClass>(event.b >> 32) != engine::AckClass::Success || !replaced(sender_of(event))) return;
  finding_.add("the acknowledgement of checkpoint " + std::to_string(event.a) + " by " + name_of(sender_of(event)) +
                   ", which was replaced, counted",
               {index});
}

void ZombiesAreHarmless::on_declined(const sim::TraceEvent& event, std::uint32_t index) {
  if (replaced(sender_of(event))) stale_decline_ = index;
}

void ZombiesAreHarmless::on_aborted(const sim::TraceEvent& event, std::uint32_t index) {
  if (stale_decline_ == kNever || event.cause != stale_decline_) return;
  finding_.add("checkpoint " + std::to_string(event.a) + " was aborted because an attempt that was replaced refused it",
               {stale_decline_, index});
}

void ZombiesAreHarmless::on_trigger(const sim::TraceEvent& event, std::uint32_t index) {
  const CheckpointFacts* facts = context_.history->checkpoint({event.a});
  const ExecutionAttempt executed = actor_in(event);
  if (facts == nullptr || executed.subtask.value >= facts->attempts.size()) return;
  const AttemptId addressed = facts->attempts[executed.subtask.value];
  if (addressed == executed.attempt) return;
  finding_.add(name_of(executed) + " executed the trigger of checkpoint " + std::to_string(event.a) +
                   ", which is for attempt " + std::to_string(addressed.value),
               {facts->triggered, index});
}

// Who was replaced before it came to open its sink takes no fence from its successor.
void ZombiesAreHarmless::on_restore(const sim::TraceEvent& event, std::uint32_t index) {
  Fence& fence = fences_[subtask_of(event.actor).value];
  const AttemptId attempt{event.detail};
  if (fence.holder < attempt) fence = {attempt, index};
}

void ZombiesAreHarmless::on_begun(const sim::TraceEvent& event, std::uint32_t index) {
  const ExecutionAttempt writer = actor_in(event);
  const Fence& fence = fences_[writer.subtask.value];
  if (fence.at == kNever || fence.holder == writer.attempt) return;
  finding_.add(name_of(writer) + " began transaction " + std::to_string(event.a) + " after attempt " +
                   std::to_string(fence.holder.value) + " had fenced it",
               {fence.at, index});
}

void ZombiesAreHarmless::on_completed(const sim::TraceEvent& event) {
  const CheckpointFacts* facts = context_.history->checkpoint({event.a});
  if (facts != nullptr && facts->kind != engine::CheckpointKind::Savepoint) justify(*facts);  // SP-3
}

void ZombiesAreHarmless::justify(const CheckpointFacts& completed) {
  for (std::uint16_t s = 0; s < completed.attempts.size(); ++s) {
    std::uint64_t& newest = newest_completed_[{SubtaskId{s}, completed.attempts[s]}];
    newest = std::max(newest, completed.id.value);
  }
}

// Whoever commits it: a later checkpoint of its writer covers an earlier transaction.
void ZombiesAreHarmless::on_committed(const sim::TraceEvent& event, std::uint32_t index) {
  const auto found = pre_commits_.find(event.a);
  if (found == pre_commits_.end() || !replaced(found->second.writer)) return;
  const PreCommit& pre_commit = found->second;
  const auto completed = newest_completed_.find(pre_commit.writer);
  if (completed != newest_completed_.end() && completed->second >= pre_commit.checkpoint) return;
  finding_.add("transaction " + std::to_string(event.a) + " of " + name_of(pre_commit.writer) +
                   ", which was replaced, was committed, though checkpoint " + std::to_string(pre_commit.checkpoint) +
                   " has not completed",
               {pre_commit.at, index});
}

bool ZombiesAreHarmless::replaced(ExecutionAttempt attempt) const {
  return knows(attempt.subtask.value) && attempt.attempt < context_.history->attempts().current(attempt.subtask);
}

std::string ZombiesAreHarmless::name_of(ExecutionAttempt attempt) const {
  return "attempt " + std::to_string(attempt.attempt.value) + " of " + context_.graph->subtask(attempt.subtask).name;
}

void ZombiesAreHarmless::judge(const sim::RunOutcome&, const sim::Trace&, Verdict& verdict) {
  finding_.conclude(verdict);
}

}  // namespace weir::properties
