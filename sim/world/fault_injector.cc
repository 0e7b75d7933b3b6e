#include "world/fault_injector.h"

#include <algorithm>
#include <utility>

#include "weir/engine/assert.h"

namespace weir::sim {

namespace {

// Whether the `a` of such an event is a checkpoint.
bool carries_checkpoint(TraceKind kind) {
  return info(kind).has_checkpoint || kind == WorldEventKind::MessageSent || kind == WorldEventKind::MessageDelivered ||
         kind == WorldEventKind::MessageLost;
}

template <class Found>
std::uint32_t place_or(const std::optional<Found>& found, std::uint32_t otherwise) {
  return found ? std::uint32_t{found->value} : otherwise;
}

}  // namespace

void FaultInjector::reset(const FaultPlan& plan, const engine::ExecutionGraph& graph, Time end_of_storm) {
  plan_ = &plan;
  end_of_storm_ = engine::to_ns(end_of_storm);
  states_.assign(plan.size(), State{});
  activity_.assign(plan.size(), FaultActivity{});
  due_.clear();
  next_due_ = 0;
  active_losses_ = 0;
  active_slow_barriers_ = 0;
  calm_ = false;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const Fault& fault = plan[i];
    State& state = states_[i];
    state.missing = std::max(fault.trigger.occurrence, 1u);
    if (!fault.trigger.actor.empty()) state.actor = place_or(actor_named(graph, fault.trigger.actor), kNobody);
    if (!fault.subtask.empty()) state.place = place_or(graph.subtask_named(fault.subtask), kNobody);
    if (!fault.channel.empty()) state.place = place_or(graph.channel_named(fault.channel), kNobody);
    activity_[i].armed = true;
  }
  rebuild_watched();
}

void FaultInjector::on_event(const TraceEvent& event, std::uint32_t index) {
  if (calm_) return;
  for (std::uint32_t i = 0; i < states_.size(); ++i) {
    State& state = states_[i];
    if (!matches((*plan_)[i], state, event)) continue;
    if (--state.missing == 0) trigger(i, index);
  }
}

bool FaultInjector::matches(const Fault& fault, const State& state, const TraceEvent& event) const {
  const Trigger& wanted = fault.trigger;
  if (!wanted.at_event || state.triggered || wanted.event != event.kind) return false;
  if (state.actor != kAny && state.actor != event.actor.value) return false;
  if (wanted.checkpoint == engine::kNoCheckpoint) return true;
  return carries_checkpoint(event.kind) && event.a == wanted.checkpoint.value;
}

void FaultInjector::on_time(std::uint32_t fault, std::uint32_t cause) {
  if (!calm_ && !states_[fault].triggered) trigger(fault, cause);
}

void FaultInjector::trigger(std::uint32_t fault, std::uint32_t cause) {
  states_[fault].triggered = true;
  due_.push_back({fault, cause});
  rebuild_watched();
}

void FaultInjector::calm() {
  calm_ = true;
  active_losses_ = 0;
  active_slow_barriers_ = 0;
  for (State& state : states_) state.left = 0;
  watched_.clear();
}

FaultInjector::Due FaultInjector::take_due() {
  WEIR_ASSERT(has_due(), "no fault is due");
  const Due due = due_[next_due_++];
  if (next_due_ == due_.size()) {
    due_.clear();
    next_due_ = 0;
  }
  return due;
}

bool FaultInjector::fire(std::uint32_t fault, Time now) {
  if (calm_ || engine::to_ns(now) >= end_of_storm_) return false;
  activity_[fault].fired = true;
  activity_[fault].fired_at = now;
  const Fault& planned = (*plan_)[fault];
  if (planned.kind != FaultKind::Crash && planned.count > 0) {
    states_[fault].left = planned.count;
    ++active(planned.kind);
  }
  return true;
}

bool FaultInjector::mark_effect(std::uint32_t fault) { return !std::exchange(activity_[fault].took_effect, true); }

std::optional<std::uint32_t> FaultInjector::lose(const engine::Message& message) {
  for (std::uint32_t i = 0; i < states_.size(); ++i) {
    const Fault& fault = (*plan_)[i];
    if (fault.kind != FaultKind::LoseMessages || states_[i].left == 0) continue;
    if (fault.message != engine::kind_of(message)) continue;
    if (states_[i].place != kAny && states_[i].place != engine::subtask_of(message).value) continue;
    if (fault.checkpoint != engine::kNoCheckpoint && fault.checkpoint != engine::checkpoint_of(message)) continue;
    use_up(i);
    return i;
  }
  return std::nullopt;
}

std::optional<FaultInjector::Delay> FaultInjector::slow(engine::ChannelId channel, CheckpointId checkpoint) {
  for (std::uint32_t i = 0; i < states_.size(); ++i) {
    const Fault& fault = (*plan_)[i];
    if (fault.kind != FaultKind::SlowBarrier || states_[i].left == 0) continue;
    if (states_[i].place != kAny && states_[i].place != channel.value) continue;
    if (fault.checkpoint != engine::kNoCheckpoint && fault.checkpoint != checkpoint) continue;
    use_up(i);
    return Delay{i, fault.duration};
  }
  return std::nullopt;
}

void FaultInjector::use_up(std::uint32_t fault) {
  if (--states_[fault].left == 0) --active((*plan_)[fault].kind);
}

void FaultInjector::rebuild_watched() {
  watched_.clear();
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const Trigger& trigger = (*plan_)[i].trigger;
    if (trigger.at_event && !states_[i].triggered && trigger.event.value < kTraceKinds) watched_.add(trigger.event);
  }
}

}  // namespace weir::sim
