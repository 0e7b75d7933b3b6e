#include "coordination/event_consistency.h"

#include "weir/engine/events.h"

namespace weir::properties {
namespace {

using engine::EventKind;
using engine::SubtaskId;

constexpr sim::TraceKind kWatched[] = {EventKind::EventsSentCut, EventKind::EventsHandledCut,
                                       EventKind::CheckpointCompleted};

std::string nth(std::uint32_t number) { return number == 0 ? "none" : "number " + std::to_string(number); }

}  // namespace

std::span<const sim::TraceKind> EventConsistency::watched() const { return kWatched; }

bool EventConsistency::begin(const RunContext& context) {
  finding_.clear();
  on_stage(context);
  return true;
}

void EventConsistency::on_stage(const RunContext& context) {
  context_ = context;
  sent_.clear();
  handled_.clear();
}

void EventConsistency::on_event(const sim::TraceEvent& event, std::uint32_t index) {
  const engine::AttemptId attempt{event.detail};
  if (event.kind == sim::TraceKind(EventKind::EventsSentCut)) {
    const SubtaskId subtask{static_cast<std::uint16_t>(event.b >> 32)};
    sent_[{event.a, subtask}] = {attempt, static_cast<std::uint32_t>(event.b), index};
  } else if (event.kind == sim::TraceKind(EventKind::EventsHandledCut)) {
    handled_[{event.a, subtask_of(event.actor)}] = {attempt, static_cast<std::uint32_t>(event.b), index};
  } else {
    compare(event.a, index);
  }
}

// Who had finished before has no snapshot, and hears nothing any more.
void EventConsistency::compare(std::uint64_t checkpoint, std::uint32_t index) {
  const std::pair first{checkpoint, SubtaskId{0}};
  for (auto at = handled_.lower_bound(first); at != handled_.end() && at->first.first == checkpoint; ++at) {
    const Last& handled = at->second;
    const auto sent = sent_.find(at->first);
    const Last before = sent == sent_.end() ? Last{} : sent->second;
    if (before.attempt == handled.attempt && before.number == handled.number) continue;
    finding_.add("the last event before checkpoint " + std::to_string(checkpoint) + " is " + nth(handled.number) +
                     " for " + context_.graph->subtask(at->first.second).name + ", and " + nth(before.number) +
                     " for its coordinator",
                 {before.at, handled.at, index});
  }
  const std::pair next{checkpoint + 1, SubtaskId{0}};
  sent_.erase(sent_.begin(), sent_.lower_bound(next));
  handled_.erase(handled_.begin(), handled_.lower_bound(next));
}

void EventConsistency::judge(const sim::RunOutcome&, const sim::Trace&, Verdict& verdict) {
  finding_.conclude(verdict);
}

}  // namespace weir::properties
