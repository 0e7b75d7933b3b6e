#include "sweep/measures.h"

#include <map>

#include "weir/engine/events.h"

namespace weir::scenarios {
namespace {

using engine::AckClass;
using engine::CheckpointKind;
using engine::EventKind;
using sim::TraceEvent;

bool is(const TraceEvent& event, sim::TraceKind kind) { return event.kind == kind; }

bool periodic(const TraceEvent& event) { return event.detail == static_cast<std::uint32_t>(CheckpointKind::Periodic); }

bool counts(const TraceEvent& ack) { return ack.b >> 32 == static_cast<std::uint64_t>(AckClass::Success); }

// One checkpoint under way.
struct Pending {
  std::int64_t triggered_at = 0;
  std::int64_t last_ack = 0;
  std::int64_t in_flight = 0;
};

// Sums over the periodic checkpoints that were completed while all subtasks had input: behind its end barriers have
// nothing to overtake, and what is left runs dry.
struct Completed {
  std::int64_t checkpoints = 0;
  std::int64_t duration = 0;
  std::int64_t in_flight = 0;

  std::optional<std::int64_t> mean(std::int64_t sum) const {
    if (checkpoints == 0) return std::nullopt;
    return sum / checkpoints;
  }
};

Completed completed_checkpoints(const sim::Trace& trace) {
  std::map<std::uint64_t, Pending> pending;
  Completed sums;
  bool ended = false;
  for (const TraceEvent& event : trace.events()) {
    if (is(event, EventKind::CheckpointTriggered)) {
      pending[event.a] = {event.time, event.time, 0};
    } else if (is(event, EventKind::AckReceived) && counts(event)) {
      pending[event.a].last_ack = event.time;
    } else if (is(event, EventKind::InFlightCaptured)) {
      pending[event.a].in_flight += static_cast<std::int64_t>(engine::ChannelCut::count(event.b));
    } else if (is(event, EventKind::EndOfDataReached)) {
      ended = true;
    } else if (is(event, EventKind::RestartScheduled) || is(event, sim::WorldEventKind::StageBegan)) {
      ended = false;
    } else if (is(event, EventKind::CheckpointCompleted) && periodic(event) && !ended) {
      const Pending& done = pending[event.a];
      ++sums.checkpoints;
      sums.duration += done.last_ack - done.triggered_at;
      sums.in_flight += done.in_flight;
    }
  }
  return sums;
}

}  // namespace

std::optional<std::int64_t> mean_checkpoint_duration(const sim::Trace& trace) {
  const Completed sums = completed_checkpoints(trace);
  return sums.mean(sums.duration);
}

std::optional<std::int64_t> mean_in_flight(const sim::Trace& trace) {
  const Completed sums = completed_checkpoints(trace);
  return sums.mean(sums.in_flight);
}

std::optional<std::int64_t> input_processed_at(const sim::RunOutcome& outcome, const sim::Trace& trace) {
  if (outcome.end != sim::RunEnd::JobFinished) return std::nullopt;
  const auto& events = trace.events();
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    if (is(*event, EventKind::EndOfDataReached)) return event->time;
  }
  return std::nullopt;
}

std::optional<std::int64_t> finished_at(const sim::RunOutcome& outcome) {
  if (outcome.end != sim::RunEnd::JobFinished) return std::nullopt;
  return engine::to_ns(outcome.ended_at);
}

std::uint64_t results_committed(const sim::Trace& trace) {
  std::uint64_t results = 0;
  for (const TraceEvent& event : trace.events()) {
    if (is(event, sim::WorldEventKind::LogVisible)) results += event.detail;
  }
  return results;
}

}  // namespace weir::scenarios
