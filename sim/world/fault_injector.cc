#include "world/fault_injector.h"

#include <utility>

#include "weir/engine/assert.h"

namespace weir::sim {

namespace {

template <class Found>
std::uint32_t place_of(const std::optional<Found>& found) {
  return found ? std::uint32_t{found->value} : TriggerWatch::kNobody;
}

bool stops(const Fault& partition, engine::ProcessId from, engine::ProcessId to) {
  const engine::ProcessId apart{partition.task_manager};
  const bool outwards = from == apart && engine::is_job_manager(to);
  const bool inwards = engine::is_job_manager(from) && to == apart;
  return (outwards && partition.direction != Direction::FromJobManager) ||
         (inwards && partition.direction != Direction::ToJobManager);
}

}  // namespace

void FaultInjector::reset(const FaultPlan& plan, const engine::ExecutionGraph& graph, Time end_of_storm) {
  plan_ = &plan;
  end_of_storm_ = engine::to_ns(end_of_storm);
  states_.assign(plan.size(), State{});
  activity_.assign(plan.size(), FaultActivity{});
  due_.clear();
  next_due_ = 0;
  active_ = {};
  calm_ = false;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    states_[i].watch.arm(plan[i].trigger, graph);
    activity_[i].armed = true;
  }
  look_up_names(graph);
  rebuild_watched();
}

void FaultInjector::look_up_names(const engine::ExecutionGraph& graph) {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const Fault& fault = (*plan_)[i];
    State& state = states_[i];
    state.watch.look_up(fault.trigger, graph);
    if (!fault.subtask.empty()) state.place = place_of(graph.subtask_named(fault.subtask));
    if (!fault.channel.empty()) state.place = place_of(graph.channel_named(fault.channel));
  }
}

void FaultInjector::on_event(const TraceEvent& event, std::uint32_t index) {
  if (calm_) return;
  for (std::uint32_t i = 0; i < states_.size(); ++i) {
    State& state = states_[i];
    if (!state.triggered && state.watch.on_event((*plan_)[i].trigger, event)) trigger(i, index);
  }
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
  active_ = {};
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
  if (lasts(planned.kind) && planned.count > 0) {
    states_[fault].left = planned.kind == FaultKind::Partition ? 1 : planned.count;
    ++active(planned.kind);
  }
  return true;
}

bool FaultInjector::mark_effect(std::uint32_t fault) { return !std::exchange(activity_[fault].took_effect, true); }

std::optional<std::uint32_t> FaultInjector::lose(const engine::Message& message) {
  return strike(FaultKind::LoseMessages, message);
}

std::optional<FaultInjector::Delay> FaultInjector::late(FaultKind kind, const engine::Message& message) {
  const auto fault = strike(kind, message);
  if (!fault) return std::nullopt;
  return Delay{*fault, (*plan_)[*fault].duration};
}

std::optional<std::uint32_t> FaultInjector::strike(FaultKind kind, const engine::Message& message) {
  for (std::uint32_t i = 0; i < states_.size(); ++i) {
    const Fault& fault = (*plan_)[i];
    if (fault.kind != kind || states_[i].left == 0) continue;
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

std::optional<std::uint32_t> FaultInjector::part(engine::ProcessId from, engine::ProcessId to, Time now) {
  std::optional<std::uint32_t> found;
  for (std::uint32_t i = 0; i < states_.size(); ++i) {
    const Fault& fault = (*plan_)[i];
    if (fault.kind != FaultKind::Partition || states_[i].left == 0) continue;
    if (now >= activity_[i].fired_at + fault.duration) {
      use_up(i);
    } else if (!found && stops(fault, from, to)) {
      found = i;
    }
  }
  return found;
}

std::optional<FaultInjector::Blur> FaultInjector::blur(CheckpointId checkpoint) {
  for (std::uint32_t i = 0; i < states_.size(); ++i) {
    const Fault& fault = (*plan_)[i];
    if (fault.kind != FaultKind::HaWriteAmbiguous || states_[i].left == 0) continue;
    if (fault.checkpoint != engine::kNoCheckpoint && fault.checkpoint != checkpoint) continue;
    use_up(i);
    return Blur{i, fault.applied};
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
