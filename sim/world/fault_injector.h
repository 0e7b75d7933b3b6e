#pragma once

// The fault plan as a state machine without I/O: it is told what happened, and says which fault's trigger has come and
// what becomes of a message or a barrier. It never acts: due faults wait until the running handler has returned.

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "weir/engine/job_graph.h"
#include "weir/sim/fault.h"
#include "world/event_log.h"
#include "world/trigger_watch.h"

namespace weir::sim {

class FaultInjector {
 public:
  // Arms every fault of the plan. Names that the graph does not have never match. `plan` outlives the run.
  void reset(const FaultPlan& plan, const engine::ExecutionGraph& graph, Time end_of_storm);
  // The names of faults mean this graph's from now on.
  void look_up_names(const engine::ExecutionGraph& graph);
  bool triggered(std::uint32_t fault) const { return states_[fault].triggered; }

  // --- triggers
  const KindSet& watched() const { return watched_; }
  void on_event(const TraceEvent& event, std::uint32_t index);
  void on_time(std::uint32_t fault, std::uint32_t cause);
  // From now on nothing new fires, and what is active ends.
  void calm();

  // --- faults whose trigger has come, in that order
  struct Due {
    std::uint32_t fault = 0;
    std::uint32_t cause = kNoCause;
  };
  bool has_due() const { return !due_.empty(); }
  Due take_due();
  // Marks it fired at `now` and, if it lasts, makes it active; false when the storm is over.
  bool fire(std::uint32_t fault, Time now);
  // True the first time.
  bool mark_effect(std::uint32_t fault);

  // --- decisions
  bool losing() const { return active(FaultKind::LoseMessages) != 0; }
  // The fault that takes this message away.
  std::optional<std::uint32_t> lose(const engine::Message& message);
  bool slowing() const { return active(FaultKind::SlowBarrier) != 0; }
  struct Delay {
    std::uint32_t fault = 0;
    Duration extra{};
  };
  bool repeating() const { return active(FaultKind::RepeatMessages) != 0; }
  // The fault that brings this message twice, and how much later.
  std::optional<Delay> repeat(const engine::Message& message) { return late(FaultKind::RepeatMessages, message); }
  bool delaying() const { return active(FaultKind::DelayMessages) != 0; }
  std::optional<Delay> delay(const engine::Message& message) { return late(FaultKind::DelayMessages, message); }
  bool blurring() const { return active(FaultKind::HaWriteAmbiguous) != 0; }
  struct Blur {
    std::uint32_t fault = 0;
    bool applied = false;
  };
  // The fault that hides what becomes of this write to the high-availability store.
  std::optional<Blur> blur(CheckpointId checkpoint);
  std::optional<Delay> slow(engine::ChannelId channel, CheckpointId checkpoint);
  bool parting() const { return active(FaultKind::Partition) != 0; }
  // The fault that keeps messages of the one from the other; those that are over by `now` end.
  std::optional<std::uint32_t> part(engine::ProcessId from, engine::ProcessId to, Time now);

  const FaultPlan& plan() const { return *plan_; }
  const std::vector<FaultActivity>& activity() const { return activity_; }

 private:
  static constexpr std::uint32_t kAny = TriggerWatch::kAny;
  struct State {
    TriggerWatch watch;
    std::uint32_t place = kAny;  // subtask of messages, channel of a slow barrier
    std::uint32_t left = 0;      // messages or barriers, while active; 1 while a partition is
    bool triggered = false;
  };

  void trigger(std::uint32_t fault, std::uint32_t cause);
  void rebuild_watched();
  std::uint32_t& active(FaultKind kind) { return active_[static_cast<std::size_t>(kind)]; }
  std::uint32_t active(FaultKind kind) const { return active_[static_cast<std::size_t>(kind)]; }
  std::optional<std::uint32_t> strike(FaultKind kind, const engine::Message& message);
  std::optional<Delay> late(FaultKind kind, const engine::Message& message);
  void use_up(std::uint32_t fault);

  const FaultPlan* plan_ = nullptr;
  std::int64_t end_of_storm_ = 0;
  std::vector<State> states_;
  std::vector<FaultActivity> activity_;
  std::vector<Due> due_;
  std::size_t next_due_ = 0;
  KindSet watched_;
  std::array<std::uint32_t, kFaultKinds.size()> active_{};  // by kind
  bool calm_ = false;
};

}  // namespace weir::sim
