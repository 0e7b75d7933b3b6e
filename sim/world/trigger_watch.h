#pragma once

// Waits for the event that a trigger names.

#include <algorithm>
#include <cstdint>

#include "weir/engine/job_graph.h"
#include "weir/sim/fault.h"
#include "weir/sim/simulation.h"

namespace weir::sim {

class TriggerWatch {
 public:
  static constexpr std::uint32_t kAny = 0xFFFF'FFFF;
  static constexpr std::uint32_t kNobody = 0xFFFF'FFFE;

  void arm(const Trigger& trigger, const engine::ExecutionGraph& graph) {
    missing_ = std::max(trigger.occurrence, 1u);
    look_up(trigger, graph);
  }
  // An actor that the graph does not have never matches.
  void look_up(const Trigger& trigger, const engine::ExecutionGraph& graph) {
    actor_ = kAny;
    if (trigger.actor.empty()) return;
    const auto named = actor_named(graph, trigger.actor);
    actor_ = named ? std::uint32_t{named->value} : kNobody;
  }
  // True: this is the occurrence that was waited for.
  bool on_event(const Trigger& trigger, const TraceEvent& event) { return matches(trigger, event) && --missing_ == 0; }

 private:
  bool matches(const Trigger& trigger, const TraceEvent& event) const {
    if (!trigger.at_event || trigger.event != event.kind) return false;
    if (actor_ != kAny && actor_ != event.actor.value) return false;
    if (trigger.checkpoint == engine::kNoCheckpoint) return true;
    return carries_checkpoint(event.kind) && event.a == trigger.checkpoint.value;
  }
  // Whether the `a` of such an event is a checkpoint.
  static bool carries_checkpoint(TraceKind kind) {
    return info(kind).has_checkpoint || kind == WorldEventKind::MessageSent ||
           kind == WorldEventKind::MessageDelivered || kind == WorldEventKind::MessageLost;
  }

  std::uint32_t actor_ = kAny;
  std::uint32_t missing_ = 1;
};

}  // namespace weir::sim
