#include "draw/drawn_window.h"

namespace weir::reports {
namespace {

using engine::EventKind;
using sim::TraceEvent;
using sim::WorldEventKind;

// How far one can walk from `at` up to `end` (inclusive) before more than `budget` signs are passed.
std::uint32_t walk(const std::vector<TraceEvent>& events, std::uint32_t at, std::uint32_t end, std::size_t budget) {
  const int direction = end < at ? -1 : 1;
  while (at != end) {
    const auto next = static_cast<std::uint32_t>(static_cast<std::int64_t>(at) + direction);
    if (drawn(events[next]) && budget-- == 0) break;
    at = next;
  }
  return at;
}

}  // namespace

bool drawn(const TraceEvent& event) {
  if (event.kind.value < sim::kFirstWorldEvent) {
    switch (static_cast<EventKind>(event.kind.value)) {
      case EventKind::ChannelBlocked:
      case EventKind::ChannelResumed:
      case EventKind::ChannelCutIn:
      case EventKind::RestoreStarted:
      case EventKind::SplitSnapshot:
      case EventKind::SplitRestored:
      case EventKind::SegmentSent:
      case EventKind::SegmentProcessed:
      case EventKind::SegmentSizeAnnounced:
      case EventKind::TaskTimes:
      case EventKind::TransactionBegun:
      case EventKind::AlignmentStarted:
      case EventKind::AlignmentEnded:
      case EventKind::NotifyAbortedReceived:
      case EventKind::StateReported:
      case EventKind::SharedFileReported:
        return false;
      default:
        return true;
    }
  }
  switch (static_cast<WorldEventKind>(event.kind.value)) {
    case WorldEventKind::PhaseChanged:
    case WorldEventKind::ProcessStarted:
    case WorldEventKind::ProcessCrashed:
    case WorldEventKind::ProcessLostReported:
    case WorldEventKind::ProcessPaused:
    case WorldEventKind::ProcessResumed:
    case WorldEventKind::MessageLost:
    case WorldEventKind::BarrierDelayed:
    case WorldEventKind::FaultFired:
    case WorldEventKind::LogCommitted:
    case WorldEventKind::LogAborted:
    case WorldEventKind::StageBegan:
    case WorldEventKind::ActionTaken:
      return true;
    default:
      return false;
  }
}

DrawnWindow drawn_window(const std::vector<TraceEvent>& events, const Interest& interest, std::size_t most) {
  if (events.empty()) return {};
  const std::uint32_t first = walk(events, interest.event, interest.first, most - most / 3);
  const std::uint32_t last = walk(events, interest.event, interest.last, most / 3);
  return {first, last + 1, first != interest.first || last != interest.last};
}

}  // namespace weir::reports
