#include "storage/durable_snapshots.h"

#include "weir/engine/events.h"

namespace weir::properties {
namespace {

using engine::EventKind;

constexpr sim::TraceKind kWatched[] = {
    EventKind::CheckpointCompleted,
    EventKind::SnapshotDurable,
    EventKind::AttemptFailed,
};

std::string of(const CheckpointFacts& facts) { return "checkpoint " + std::to_string(facts.id.value); }

}  // namespace

std::span<const sim::TraceKind> DurableSnapshots::watched() const { return kWatched; }

bool DurableSnapshots::begin(const RunContext& context) {
  context_ = context;
  finding_.clear();
  return true;
}

void DurableSnapshots::on_event(const sim::TraceEvent& event, std::uint32_t index) {
  if (event.kind == sim::TraceKind(EventKind::CheckpointCompleted)) return on_completed(event);
  if (event.kind == sim::TraceKind(EventKind::SnapshotDurable)) return on_durable(event);
  on_failed(event, index);
}

void DurableSnapshots::on_completed(const sim::TraceEvent& event) {
  const CheckpointFacts* facts = context_.history->checkpoint({event.a});
  if (facts == nullptr) return;
  for (const engine::SubtaskInfo& subtask : context_.graph->subtasks()) check(*facts, subtask.id);
}

void DurableSnapshots::check(const CheckpointFacts& facts, engine::SubtaskId subtask) {
  const SubtaskPart& part = facts.parts[subtask.value];
  if (part.ack_counted == kNever) return;
  if (part.durable != kNever && part.durable < part.ack_sent) return;
  if (part.durable != kNever) return report_late(facts, subtask);
  if (!part.has_state) return;
  finding_.add(of(facts) + " completed with an acknowledgement of " + context_.graph->subtask(subtask).name +
                   " whose snapshot was not durable",
               {part.ack_sent, facts.completed});
}

// A write that ends after the completion shows that a subtask without known state did not wait for it either.
void DurableSnapshots::on_durable(const sim::TraceEvent& event) {
  const CheckpointFacts* facts = context_.history->checkpoint({event.a});
  if (facts == nullptr || facts->completed == kNever || !knows(event.actor)) return;
  const SubtaskPart& part = facts->parts[subtask_of(event.actor).value];
  const bool told_at_completion = part.has_state;
  if (part.ack_counted != kNever && part.attempt.value == event.detail && !told_at_completion) {
    report_late(*facts, subtask_of(event.actor));
  }
}

void DurableSnapshots::report_late(const CheckpointFacts& facts, engine::SubtaskId subtask) {
  const SubtaskPart& part = facts.parts[subtask.value];
  finding_.add("the snapshot of " + context_.graph->subtask(subtask).name + " in " + of(facts) +
                   " became durable only after it was acknowledged",
               {part.ack_sent, part.durable, facts.completed});
}

void DurableSnapshots::on_failed(const sim::TraceEvent& event, std::uint32_t index) {
  if (static_cast<engine::FailureCause>(event.a) != engine::FailureCause::RestoreFailed || !knows(event.actor)) return;
  if (event.detail != context_.history->attempts().current(subtask_of(event.actor)).value) return;  // a zombie (RE-12)
  const CheckpointFacts* facts = context_.history->checkpoint(context_.history->chosen());
  if (facts == nullptr || facts->completed == kNever) return;
  finding_.add(
      context_.graph->subtask(subtask_of(event.actor)).name + " could not be restored from completed " + of(*facts),
      {facts->completed, context_.history->chosen_at(), index});
}

bool DurableSnapshots::knows(engine::ActorId actor) const {
  return is_subtask(actor) && subtask_of(actor).value < context_.graph->subtasks().size();
}

void DurableSnapshots::on_stage(const RunContext& context) { context_ = context; }

void DurableSnapshots::judge(const sim::RunOutcome&, const sim::Trace&, Verdict& verdict) {
  finding_.conclude(verdict);
}

}  // namespace weir::properties
