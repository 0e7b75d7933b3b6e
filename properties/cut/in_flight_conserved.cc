#include "cut/in_flight_conserved.h"

#include "weir/engine/events.h"

namespace weir::properties {
namespace {

using engine::ChannelCut;
using engine::EventKind;

constexpr sim::TraceKind kWatched[] = {
    EventKind::RestoreChosen,
    EventKind::InFlightRestored,
    EventKind::AttemptStateChanged,
};

}  // namespace

std::span<const sim::TraceKind> InFlightConserved::watched() const { return kWatched; }

bool InFlightConserved::begin(const RunContext& context) {
  if (!context.options.checkpoint.unaligned) return false;
  context_ = context;
  start_deployment();
  finding_.clear();
  return true;
}

void InFlightConserved::on_stage(const RunContext& context) {
  context_ = context;
  start_deployment();
}

void InFlightConserved::start_deployment() {
  processed_.assign(context_.graph->job().vertices.size(), 0);
  running_.assign(context_.graph->job().vertices.size(), 0);
}

void InFlightConserved::on_event(const sim::TraceEvent& event, std::uint32_t index) {
  if (event.kind == sim::TraceKind(EventKind::RestoreChosen)) return start_deployment();
  if (!is_subtask(event.actor) || subtask_of(event.actor).value >= context_.graph->subtasks().size()) return;
  const engine::SubtaskId subtask = subtask_of(event.actor);
  if (context_.history->attempts().current(subtask).value != event.detail) return;
  if (event.kind == sim::TraceKind(EventKind::InFlightRestored)) {
    std::uint64_t& processed = processed_[context_.graph->subtask(subtask).vertex.value];
    processed = ChannelCut::sum(processed, event.b);
  } else if (static_cast<engine::AttemptState>(event.a) == engine::AttemptState::Running) {
    on_running(subtask, index);
  }
}

void InFlightConserved::on_running(engine::SubtaskId subtask, std::uint32_t index) {
  const engine::JobVertex& vertex = context_.graph->vertex_of(subtask);
  if (++running_[vertex.id.value] == vertex.parallelism) check(vertex, index);
}

void InFlightConserved::check(const engine::JobVertex& vertex, std::uint32_t index) {
  const CheckpointFacts* const facts = context_.history->checkpoint(context_.history->chosen());
  const std::uint64_t saved = facts != nullptr && !facts->in_flight.empty() ? facts->in_flight[vertex.id.value] : 0;
  const std::uint64_t processed = processed_[vertex.id.value];
  if (saved == processed) return;
  const std::uint64_t before = ChannelCut::count(saved);
  const std::uint64_t after = ChannelCut::count(processed);
  std::string told = "checkpoint " + std::to_string(context_.history->chosen().value) + " has " +
                     counted(before, "record") + " in flight to '" + vertex.label + "', and after the restore " +
                     (before == after ? "as many others were processed" : counted(after, "record") + " were processed");
  finding_.add(std::move(told), {facts == nullptr ? kNever : facts->completed, context_.history->chosen_at(), index});
}

void InFlightConserved::judge(const sim::RunOutcome&, const sim::Trace&, Verdict& verdict) {
  finding_.conclude(verdict);
}

}  // namespace weir::properties
