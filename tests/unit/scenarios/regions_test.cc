// Failover regions and zombies in whole runs: what the trace shows beside the verdicts.

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "job_outputs.h"
#include "weir/engine/processes.h"
#include "weir/scenarios/job_catalogue.h"

namespace weir::scenarios {
namespace {

using namespace std::chrono_literals;
using engine::EventKind;
using engine::SubtaskId;
using sim::WorldEventKind;
using Trace = std::vector<sim::TraceEvent>;

struct Ran {
  std::shared_ptr<const engine::ExecutionGraph> graph;
  sim::RunOutcome outcome;
  Trace trace;
};

Ran run(const std::string& job, sim::FaultPlan faults, std::uint64_t seed, bool heartbeats) {
  JobRef ref = test::ref_of(job);
  ref.parallelism = 3;
  ref.records = 1500;
  const ResolvedJob resolved = test::resolved(ref);
  engine::JobOptions options = resolved.options;
  options.checkpoint.enabled = true;
  options.checkpoint.interval = 40ms;
  options.checkpoint.tolerable_failures = 1000;
  options.cluster.task_managers = 3;
  options.cost.source_record = 2ms;
  options.network.records_per_segment = 4;
  options.restart.strategy = engine::RestartStrategy::FixedDelay;
  options.restart.fixed_delay = {engine::kUnlimitedRestarts, 50ms};
  if (heartbeats) options.heartbeat = {20ms, 100ms, 2};
  sim::WorldSpec world;
  world.seed = seed;
  world.storm = 2s;
  world.faults = std::move(faults);
  sim::Simulation simulation;
  Ran ran{resolved.graph, simulation.run({{resolved.graph, options}, resolved.workload, {}, world}, nullptr), {}};
  ran.trace = simulation.trace().events();
  return ran;
}

sim::Fault fault(sim::FaultKind kind, std::uint16_t task_manager, engine::Duration at, engine::Duration duration) {
  sim::Fault made;
  made.kind = kind;
  made.task_manager = task_manager;
  made.duration = duration;
  made.trigger.time = engine::Time{at};
  return made;
}

std::vector<sim::TraceEvent> of(const Ran& ran, sim::TraceKind kind) {
  std::vector<sim::TraceEvent> found;
  std::copy_if(ran.trace.begin(), ran.trace.end(), std::back_inserter(found),
               [&](const sim::TraceEvent& event) { return event.kind == kind; });
  return found;
}

// Slices that were deployed by attempts above the first one.
std::set<std::uint32_t> restarted_slices(const Ran& ran) {
  std::set<std::uint32_t> slices;
  for (const sim::TraceEvent& event : of(ran, EventKind::AttemptDeployed)) {
    if (event.detail > 1) slices.insert(ran.graph->subtask({static_cast<std::uint16_t>(event.a)}).index);
  }
  return slices;
}

}  // namespace

TEST_CASE("the slices that a crash did not hit run on while the one it hit restarts (RE-1, RE-5)") {
  const Ran ran = run("slices", {fault(sim::FaultKind::Crash, 2, 300ms, 200ms)}, 7, false);
  REQUIRE(ran.outcome.end == sim::RunEnd::JobFinished);
  CHECK(restarted_slices(ran) == std::set<std::uint32_t>{1});
  REQUIRE(of(ran, EventKind::RestoreChosen).size() == 1);
  const std::int64_t restored = of(ran, EventKind::RestoreChosen)[0].time;
  std::set<std::uint32_t> working;
  for (const sim::TraceEvent& event : of(ran, EventKind::SegmentProcessed)) {
    const bool between = event.time > 310'000'000 && event.time < restored;
    if (between) working.insert(ran.graph->subtask(subtask_of(event.actor)).index);
  }
  CHECK(working == std::set<std::uint32_t>{0, 2});
  for (const sim::TraceEvent& event : of(ran, EventKind::StateRestored)) {
    if (event.time >= restored) CHECK(ran.graph->subtask(subtask_of(event.actor)).index == 1);
  }
}

TEST_CASE("a job with a shuffle restarts as a whole (RE-1)") {
  const Ran ran = run("keyed-count", {fault(sim::FaultKind::Crash, 2, 300ms, 200ms)}, 7, false);
  REQUIRE(ran.outcome.end == sim::RunEnd::JobFinished);
  CHECK(restarted_slices(ran) == std::set<std::uint32_t>{0, 1, 2});
}

TEST_CASE("who stood still for too long is a zombie, and finds that out when it goes on (RE-11, RE-12)") {
  bool refused = false;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    INFO("seed " << seed);
    const Ran ran = run("keyed-count", {fault(sim::FaultKind::Pause, 2, 300ms, 500ms)}, seed, true);
    REQUIRE(ran.outcome.end == sim::RunEnd::JobFinished);
    const auto lost = of(ran, EventKind::PeerLost);
    REQUIRE(!lost.empty());
    CHECK(lost[0].actor == engine::actor_of(engine::kJobManager));
    CHECK(lost[0].time >= 360'000'000);
    CHECK(lost[0].time <= 400'000'000);
    const auto resumed = of(ran, WorldEventKind::ProcessResumed);
    REQUIRE(resumed.size() == 1);
    const auto failed = of(ran, EventKind::AttemptFailed);
    CHECK(std::any_of(failed.begin(), failed.end(), [&](const sim::TraceEvent& event) {
      return event.a == static_cast<std::uint64_t>(engine::FailureCause::JobManagerLost) &&
             event.time >= resumed[0].time;
    }));
    for (const sim::TraceEvent& event : of(ran, EventKind::AckReceived)) {
      refused = refused || (event.time > resumed[0].time && event.b >> 32 != 0);
    }
  }
  CHECK(refused);  // an acknowledgement of a zombie
}

TEST_CASE("without heartbeats a pause is only a pause (RE-11)") {
  const Ran ran = run("keyed-count", {fault(sim::FaultKind::Pause, 2, 300ms, 500ms)}, 3, false);
  REQUIRE(ran.outcome.end == sim::RunEnd::JobFinished);
  CHECK(of(ran, EventKind::PeerLost).empty());
  CHECK(of(ran, EventKind::RestartScheduled).empty());
}

TEST_CASE("attempts of a TaskManager that is cut off work on beside their successors, and are ended later (RE-12)") {
  sim::Fault never_told = fault(sim::FaultKind::LoseMessages, 0, 0ms, 0ms);
  never_told.message = engine::MessageKind::Disconnected;
  never_told.count = 100;
  sim::Fault apart = fault(sim::FaultKind::Partition, 2, 300ms, 800ms);
  apart.direction = sim::Direction::ToJobManager;
  const Ran ran = run("slices", {never_told, apart}, 5, true);
  REQUIRE(ran.outcome.end == sim::RunEnd::JobFinished);
  const auto lost = of(ran, EventKind::PeerLost);
  REQUIRE(lost.size() >= 2);
  CHECK(lost[0].actor == engine::actor_of(engine::kJobManager));
  CHECK(lost[1].actor == engine::actor_of(engine::ProcessId{2}));  // nobody asked it any more
  CHECK(lost[1].time - lost[0].time > 50'000'000);
  const auto processed = of(ran, EventKind::SegmentProcessed);
  CHECK(std::any_of(processed.begin(), processed.end(), [&](const sim::TraceEvent& event) {
    return event.time > lost[0].time + 1'000'000 && event.time < lost[1].time &&
           ran.graph->subtask(subtask_of(event.actor)).index == 1;
  }));
  CHECK(restarted_slices(ran) == std::set<std::uint32_t>{1});
}

}  // namespace weir::scenarios
