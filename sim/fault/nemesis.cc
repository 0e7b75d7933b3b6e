#include <algorithm>
#include <array>
#include <string>

#include "weir/engine/job_graph.h"
#include "weir/sim/random.h"
#include "weir/sim/simulation.h"

namespace weir::sim {
namespace {

using engine::EventKind;
using engine::MessageKind;

// Moments at which a recovery protocol is most likely to be wrong.
constexpr std::array<TraceKind, 12> kMoments{EventKind::CheckpointTriggered,
                                             EventKind::TriggerReceived,
                                             EventKind::AlignmentStarted,
                                             EventKind::BarrierReceived,
                                             EventKind::SnapshotTaken,
                                             EventKind::SnapshotDurable,
                                             EventKind::AckSent,
                                             EventKind::AckReceived,
                                             EventKind::CheckpointCompleted,
                                             EventKind::NotifyCompleteReceived,
                                             EventKind::TransactionPreCommitted,
                                             EventKind::StateRestored};

// Steps of a completion, and of what a leader does first.
constexpr std::array<TraceKind, 9> kLeaderMoments{
    EventKind::CheckpointTriggered, EventKind::AckReceived,         WorldEventKind::StorageWritten,
    WorldEventKind::HaWritten,      EventKind::CheckpointCompleted, WorldEventKind::HaRemoved,
    WorldEventKind::StorageRemoved, EventKind::JobRecovered,        EventKind::RestoreChosen};

// RP-4. Checkpoint messages are never repeated (G-3), so losing them is where the protocol has to cope; the others are
// repeated or answered by a timeout and come up once in a while.
constexpr std::array<MessageKind, 12> kLosable{
    MessageKind::AcknowledgeCheckpoint,    MessageKind::AcknowledgeCheckpoint,
    MessageKind::NotifyCheckpointComplete, MessageKind::NotifyCheckpointComplete,
    MessageKind::TriggerCheckpoint,        MessageKind::TriggerCheckpoint,
    MessageKind::NotifyCheckpointAborted,  MessageKind::DeclineCheckpoint,
    MessageKind::TaskStateUpdate,          MessageKind::CancelTask,
    MessageKind::EndOfDataReport,          MessageKind::TaskStateSeen};

// RP-4, SO-18: where splits are assigned on request; both events and what answers them.
constexpr std::array<MessageKind, 3> kOfCoordinators{MessageKind::CoordinatorEvent, MessageKind::OperatorEvent,
                                                     MessageKind::EventSeen};

// Heartbeats are many and harmless: they take part in losses and repetitions of no plan.
constexpr std::uint64_t kRepeatable = static_cast<std::uint64_t>(MessageKind::FreeSlot) + 1;

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kFinest = 10'000;  // 10 us

// Three significant digits, at the finest whole tens of microseconds: short to read, and never more than was drawn, so
// that no limit is crossed.
Duration readable(std::int64_t ns) {
  std::int64_t grain = 1;
  while (ns / grain >= 1000) grain *= 10;
  grain = std::max(grain, kFinest);
  return Duration{ns / grain * grain};
}

class Nemesis {
 public:
  Nemesis(const FaultProfile& profile, const engine::ExecutionGraph& graph, const engine::JobOptions& options,
          const WorldSpec& world)
      : profile_(profile), graph_(graph), options_(options), world_(world), random_(world.seed, "nemesis/plan") {}

  // First which kinds exist in this run, then how many of each, then when and where (swarm).
  FaultPlan draw() {
    RandomStream kinds(world_.seed, "nemesis/kinds");
    FaultPlan plan;
    const bool crash = kinds.chance(3, 4) && profile_.crash;
    const bool lose = kinds.chance(1, 2) && profile_.lose_messages;
    const bool slow = kinds.chance(1, 2) && profile_.slow_barrier;
    const bool repeat = kinds.chance(1, 2) && profile_.repeat_messages;
    const bool pause = kinds.chance(1, 2) && profile_.pause;
    const bool part = kinds.chance(1, 2) && profile_.partition;
    const bool delay = kinds.chance(1, 2) && profile_.delay_messages;
    for (std::uint32_t n = crash ? count(crashes_allowed()) : 0; n > 0; --n) plan.push_back(draw_crash());
    for (std::uint32_t n = lose ? count(profile_.max_faults) : 0; n > 0; --n) plan.push_back(draw_loss());
    for (std::uint32_t n = slow ? count(profile_.max_faults) : 0; n > 0; --n) plan.push_back(draw_slow_barrier());
    for (std::uint32_t n = repeat ? count(profile_.max_faults) : 0; n > 0; --n) plan.push_back(draw_repetition());
    for (std::uint32_t n = pause ? count(crashes_allowed()) : 0; n > 0; --n) plan.push_back(draw_pause());
    for (std::uint32_t n = part ? count(crashes_allowed()) : 0; n > 0; --n) plan.push_back(draw_partition());
    for (std::uint32_t n = delay ? count(profile_.max_faults) : 0; n > 0; --n) plan.push_back(draw_delay());
    draw_high_availability(kinds, plan);
    return plan;
  }

 private:
  // Without it there is nobody to take over, and no store.
  void draw_high_availability(RandomStream& kinds, FaultPlan& plan) {
    if (options_.high_availability == engine::HighAvailability::None) return;
    const bool crash = kinds.chance(3, 4) && profile_.crash_job_manager;
    const bool blur = kinds.chance(1, 2) && profile_.ha_write_ambiguous;
    const bool depose = kinds.chance(1, 2) && profile_.lose_leadership;
    for (std::uint32_t n = crash ? count(profile_.max_faults) : 0; n > 0; --n) plan.push_back(draw_leader_crash());
    for (std::uint32_t n = blur ? count(profile_.max_faults) : 0; n > 0; --n) plan.push_back(draw_ambiguity());
    for (std::uint32_t n = depose ? count(profile_.max_faults) : 0; n > 0; --n) plan.push_back(draw_deposition());
  }
  std::uint32_t count(std::uint32_t most) {
    return most == 0 ? 0 : 1 + static_cast<std::uint32_t>(random_.below(most));
  }
  // More failures than restarts would end the job by its own rules, which shows nothing.
  std::uint32_t crashes_allowed() const { return std::min(profile_.max_faults, failures_survived()); }
  std::uint32_t failures_survived() const {
    switch (engine::restart_strategy(options_)) {
      case engine::RestartStrategy::ExponentialDelay:
        return options_.restart.exponential_delay.attempts_before_reset_backoff;
      case engine::RestartStrategy::FixedDelay:
        return options_.restart.fixed_delay.attempts;
      case engine::RestartStrategy::FailureRate:
        return options_.restart.failure_rate.max_failures_per_interval;
      default:
        return 0;
    }
  }
  std::int64_t storm() const { return std::max<std::int64_t>(engine::to_ns(world_.storm), kMillisecond); }

  Duration between(std::int64_t low, std::int64_t high) {
    const auto l = static_cast<std::uint64_t>(low);
    return readable(static_cast<std::int64_t>(random_.between(l, std::max(l, static_cast<std::uint64_t>(high)))));
  }

  Fault draw_crash() {
    Fault f;
    f.kind = FaultKind::Crash;
    f.task_manager = draw_task_manager();
    f.duration = between(kMillisecond, storm() / 8);
    f.trigger = draw_trigger();
    return f;
  }
  Fault draw_loss() {
    Fault f;
    f.kind = FaultKind::LoseMessages;
    f.message = of_coordinator() ? draw_event() : kLosable[random_.below(kLosable.size())];
    if (random_.chance(1, 2)) f.subtask = draw_subtask();
    f.count = 1 + static_cast<std::uint32_t>(random_.below(3));
    f.trigger = draw_trigger();
    return f;
  }
  // Any kind may come twice: whoever hears it must not take it for another one (flink-semantics 12).
  Fault draw_repetition() {
    Fault f = draw_messages(FaultKind::RepeatMessages);
    f.duration = random_.chance(1, 2) ? Duration{} : draw_lateness();
    return draw_when(f);
  }
  Fault draw_delay() {
    Fault f = draw_messages(FaultKind::DelayMessages);
    f.duration = draw_lateness();
    return draw_when(f);
  }
  Fault draw_messages(FaultKind kind) {
    Fault f;
    f.kind = kind;
    f.message = of_coordinator() ? draw_event() : static_cast<MessageKind>(random_.below(kRepeatable));
    return f;
  }
  bool of_coordinator() {
    return options_.split_assignment == engine::SplitAssignment::OnRequest && random_.chance(1, 3);
  }
  MessageKind draw_event() { return kOfCoordinators[random_.below(kOfCoordinators.size())]; }
  Fault draw_when(Fault f) {
    f.count = 1 + static_cast<std::uint32_t>(random_.below(5));
    f.trigger = draw_trigger();
    return f;
  }
  Duration draw_lateness() { return between(kMillisecond, 4 * engine::to_ns(options_.checkpoint.interval)); }
  // Half of the delays stay below the interval; the others go beyond the timeout now and then, so that checkpoints
  // abort.
  Fault draw_slow_barrier() {
    Fault f;
    f.kind = FaultKind::SlowBarrier;
    if (!graph_.channels().empty()) f.channel = graph_.channels()[random_.below(graph_.channels().size())].name;
    const std::int64_t interval = engine::to_ns(options_.checkpoint.interval);
    const std::int64_t longest = std::min(storm() / 2, 2 * engine::to_ns(options_.checkpoint.timeout));
    f.duration = random_.chance(1, 2) ? between(kMillisecond, interval) : between(interval, longest);
    f.count = 1 + static_cast<std::uint32_t>(random_.below(2));
    f.trigger = draw_trigger();
    return f;
  }
  // The JobManager once in a while.
  Fault draw_pause() {
    Fault f;
    f.kind = FaultKind::Pause;
    f.task_manager = random_.chance(1, 8) ? std::uint16_t{0} : draw_task_manager();
    f.duration = draw_silence();
    f.trigger = draw_trigger();
    return f;
  }
  Fault draw_partition() {
    Fault f;
    f.kind = FaultKind::Partition;
    f.task_manager = draw_task_manager();
    f.duration = draw_silence();
    f.direction = kDirections[random_.below(kDirections.size())];
    f.trigger = draw_trigger();
    return f;
  }
  // Half of them are noticed, where heartbeats are: those are what makes zombies.
  Duration draw_silence() {
    const std::int64_t timeout = engine::to_ns(options_.heartbeat.timeout);
    const bool noticed = options_.heartbeat.interval.count() > 0 && timeout < storm();
    const std::int64_t limit = noticed ? timeout : storm() / 8;
    return random_.chance(1, 2) ? between(kMillisecond, limit) : between(limit, std::min(4 * limit, storm()));
  }
  std::uint16_t draw_task_manager() {
    return static_cast<std::uint16_t>(1 + random_.below(options_.cluster.task_managers));
  }
  Fault draw_leader_crash() {
    Fault f;
    f.task_manager = 0;
    f.duration = between(kMillisecond, storm() / 8);
    f.trigger = draw_leader_trigger();
    return f;
  }
  // As many as are tried again, and more.
  Fault draw_ambiguity() {
    Fault f;
    f.kind = FaultKind::HaWriteAmbiguous;
    f.applied = random_.chance(1, 2);
    f.count = 1 + static_cast<std::uint32_t>(random_.below(5));
    f.trigger = draw_leader_trigger();
    return f;
  }
  Fault draw_deposition() {
    Fault f;
    f.kind = FaultKind::LoseLeadership;
    f.duration = random_.chance(1, 2) ? Duration{} : between(kMillisecond, storm() / 8);
    f.trigger = draw_leader_trigger();
    return f;
  }
  // Half of them at a step of a completion.
  Trigger draw_leader_trigger() {
    if (random_.chance(1, 2)) return draw_trigger();
    Trigger t;
    t.at_event = true;
    t.event = kLeaderMoments[random_.below(kLeaderMoments.size())];
    t.occurrence = 1 + static_cast<std::uint32_t>(random_.below(std::uint64_t{1} << random_.below(7)));
    return t;
  }
  std::string draw_subtask() { return graph_.subtasks()[random_.below(graph_.subtasks().size())].name; }

  Trigger draw_trigger() {
    Trigger t;
    t.at_event = random_.chance(1, 2);
    if (!t.at_event) {
      t.time = Time{readable(static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(storm()))))};
      return t;
    }
    t.event = kMoments[random_.below(kMoments.size())];
    const std::uint64_t reach = std::uint64_t{1} << random_.below(7);  // early moments more often than late ones
    t.occurrence = 1 + static_cast<std::uint32_t>(random_.below(reach));
    return t;
  }

  const FaultProfile& profile_;
  const engine::ExecutionGraph& graph_;
  const engine::JobOptions& options_;
  const WorldSpec& world_;
  RandomStream random_;
};

}  // namespace

FaultPlan draw_plan(const FaultProfile& profile, const engine::ExecutionGraph& graph, const engine::JobOptions& options,
                    const WorldSpec& world) {
  return Nemesis(profile, graph, options, world).draw();
}

}  // namespace weir::sim
