#include "history/interest.h"

#include <algorithm>

namespace weir::reports {
namespace {

using engine::EventKind;
using sim::TraceEvent;
using sim::TraceKind;
using sim::WorldEventKind;

bool is(const TraceEvent& event, TraceKind kind) { return event.kind == kind; }

bool trouble(const TraceEvent& event) {
  return is(event, EventKind::AttemptFailed) || is(event, EventKind::CheckpointAborted) ||
         is(event, EventKind::DeclineReceived) || is(event, EventKind::SnapshotFailed) ||
         is(event, WorldEventKind::ProcessCrashed) || is(event, WorldEventKind::MessageLost) ||
         is(event, WorldEventKind::BarrierDelayed) || is(event, WorldEventKind::FaultTookEffect);
}

const properties::Verdict* first_violated_with_witness(const scenarios::RunResult& result, std::size_t trace_size) {
  for (const properties::Verdict& verdict : result.verdicts) {
    if (verdict.answer != properties::Answer::Violated || verdict.witnesses.empty()) continue;
    if (verdict.witnesses.back() < trace_size) return &verdict;
  }
  return nullptr;
}

// The restart with the most trouble since the one before; the first of equals.
bool most_eventful_recovery(const std::vector<TraceEvent>& events, std::uint32_t& found) {
  std::uint64_t most = 0;
  std::uint64_t since = 0;
  bool any = false;
  for (std::uint32_t i = 0; i < events.size(); ++i) {
    if (trouble(events[i])) ++since;
    if (!is(events[i], EventKind::RestoreChosen)) continue;
    if (!any || since > most) {
      most = since;
      found = i;
    }
    any = true;
    since = 0;
  }
  return any;
}

bool first_of_kind(const std::vector<TraceEvent>& events, TraceKind kind, std::uint32_t& found) {
  const auto at = std::find_if(events.begin(), events.end(), [kind](const TraceEvent& e) { return is(e, kind); });
  if (at == events.end()) return false;
  found = static_cast<std::uint32_t>(at - events.begin());
  return true;
}

std::uint32_t trigger_of(const std::vector<TraceEvent>& events, std::uint64_t checkpoint, std::uint32_t before) {
  for (std::uint32_t i = before; i-- > 0;) {
    if (is(events[i], EventKind::CheckpointTriggered) && events[i].a == checkpoint) return i;
  }
  return 0;
}

// The checkpoint a failure at `at` falls back to: the one chosen by the last restore, or the last completed one.
std::uint32_t fallback_trigger(const std::vector<TraceEvent>& events, std::uint32_t at) {
  for (std::uint32_t i = at + 1; i-- > 0;) {
    if (is(events[i], EventKind::RestoreChosen)) return events[i].a == 0 ? 0 : trigger_of(events, events[i].a, i);
  }
  for (std::uint32_t i = at; i-- > 0;) {
    if (is(events[i], EventKind::CheckpointCompleted)) return trigger_of(events, events[i].a, i);
  }
  return 0;
}

// What the subtasks do about a completed checkpoint, up to the next completion or restore. A commit takes effect at the
// log in the event after it.
std::uint32_t last_commit(const std::vector<TraceEvent>& events, std::uint32_t completed) {
  std::uint32_t last = completed;
  for (auto i = completed + 1; i < events.size(); ++i) {
    if (is(events[i], EventKind::CheckpointCompleted) || is(events[i], EventKind::RestoreChosen)) break;
    const bool told =
        is(events[i], EventKind::NotifyCompleteReceived) || is(events[i], EventKind::TransactionCommitSent);
    if (told && events[i].a == events[completed].a) last = i;
    if (is(events[i], WorldEventKind::LogCommitted) && last == i - 1) last = i;
  }
  return last;
}

// Up to the commits of the first completion behind `at`.
std::uint32_t end_of_window(const std::vector<TraceEvent>& events, std::uint32_t at) {
  for (auto i = at + 1; i < events.size(); ++i) {
    if (is(events[i], EventKind::CheckpointCompleted)) return last_commit(events, i);
  }
  return static_cast<std::uint32_t>(events.size() - 1);
}

}  // namespace

Interest find_interest(const RunView& run) {
  const std::vector<TraceEvent>& events = run.trace.events();
  Interest interest;
  interest.why = "the start of the run";
  if (events.empty()) return interest;
  std::uint32_t first_witness = sim::kNoCause;
  if (const auto* verdict = first_violated_with_witness(run.result, events.size())) {
    interest.event = verdict->witnesses.back();
    first_witness = verdict->witnesses.front();
    interest.why = "the violation of " + verdict->property;
  } else if (most_eventful_recovery(events, interest.event)) {
    interest.why = "the recovery with the most trouble before it";
  } else if (first_of_kind(events, EventKind::CheckpointCompleted, interest.event)) {
    interest.why = "the first completed checkpoint";
  }
  interest.first = fallback_trigger(events, interest.event);
  if (first_witness < interest.first) interest.first = first_witness;
  interest.last = end_of_window(events, interest.event);
  return interest;
}

std::vector<std::uint32_t> witnesses_of(const scenarios::RunResult& result, std::size_t trace_size) {
  std::vector<std::uint32_t> all;
  for (const properties::Verdict& verdict : result.verdicts) {
    if (verdict.answer == properties::Answer::Holds) continue;
    all.insert(all.end(), verdict.witnesses.begin(), verdict.witnesses.end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  while (!all.empty() && all.back() >= trace_size) all.pop_back();
  return all;
}

}  // namespace weir::reports
