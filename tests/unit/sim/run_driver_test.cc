#include "world/run_driver.h"

#include <catch2/catch.hpp>

#include "weir/engine/assert.h"
#include "world_fixture.h"

using namespace weir::sim;
using namespace weir::sim::test;
namespace engine = weir::engine;
using engine::EventKind;
using engine::JobState;

namespace {

// A job that does nothing but report: the JobManager is scripted, the TaskManagers only exist.
class Script : public ProcessFactory {
 public:
  using React = std::function<void(engine::Environment&, const Heard&)>;

  std::unique_ptr<engine::Process> job_manager(engine::Environment& environment, const engine::JobSetup&,
                                               ProcessId) override {
    auto made = std::make_unique<FakeProcess>(environment.clock, environment.segments, job_manager_heard);
    made->react = [this, &environment](const Heard& heard) { on_job_manager(environment, heard); };
    return made;
  }
  std::unique_ptr<engine::Process> task_manager(engine::Environment& environment, const engine::JobSetup&,
                                                ProcessId self, std::uint32_t incarnation) override {
    lives.push_back({self.value, incarnation});
    return std::make_unique<FakeProcess>(environment.clock, environment.segments, task_managers_heard);
  }

  React on_job_manager = [](engine::Environment&, const Heard&) {};
  FakeProcess::History job_manager_heard;
  FakeProcess::History task_managers_heard;
  std::vector<std::pair<std::uint16_t, std::uint32_t>> lives;
};

RunInputs inputs(FaultPlan faults = {}) {
  RunInputs made;
  made.setup.graph = two_vertex_graph();
  made.setup.options.cluster.task_managers = 2;
  made.workload = std::make_shared<const Workload>();
  made.world.storm = 1s;
  made.world.drain = 2s;
  made.world.faults = std::move(faults);
  return made;
}

Fault crash(std::uint16_t task_manager, Duration restart, Time at) {
  Fault fault;
  fault.task_manager = task_manager;
  fault.duration = restart;
  fault.trigger.time = at;
  return fault;
}

void report(engine::Environment& environment, EventKind kind, std::uint32_t detail = 0, std::uint64_t a = 0) {
  environment.events.emit({kind, engine::actor_of(engine::kJobManager), detail, a});
}
void report(engine::Environment& environment, JobState state) {
  report(environment, EventKind::JobStateChanged, static_cast<std::uint32_t>(state));
}

std::vector<TraceEvent> of_kind(const Trace& trace, TraceKind kind) {
  std::vector<TraceEvent> found;
  for (const TraceEvent& event : trace.events()) {
    if (event.kind == kind) found.push_back(event);
  }
  return found;
}

// Ticks every 100 ms.
void tick(engine::Environment& environment, const Heard& heard) {
  if (heard.what == "start" || heard.what == "timer") environment.timers.arm(engine::kJobManager, 100ms, {});
}

}  // namespace

TEST_CASE("a run ends with the event in which its job finishes or fails") {
  for (const JobState state : {JobState::Finished, JobState::Failed}) {
    Script script;
    script.on_job_manager = [&](engine::Environment& environment, const Heard& heard) {
      tick(environment, heard);
      if (heard.at == 300'000'000) report(environment, state);
    };
    RunDriver driver(script);
    const RunOutcome outcome = driver.run(inputs(), nullptr);
    CHECK(outcome.end == (state == JobState::Finished ? RunEnd::JobFinished : RunEnd::JobFailed));
    CHECK(outcome.ended_at == Time{300ms});
    CHECK(outcome.trace_hash == driver.trace().hash());
    CHECK(driver.trace().events().back().kind == EventKind::JobStateChanged);
  }
}

TEST_CASE("a run whose job neither finishes nor fails is out of time at storm and drain") {
  Script script;
  RunDriver driver(script);
  const RunOutcome outcome = driver.run(inputs(), nullptr);
  CHECK(outcome.end == RunEnd::OutOfTime);
  CHECK(outcome.ended_at == Time{3s});
}

TEST_CASE("calm comes with the end of the storm and drain with the first checkpoint completed in calm") {
  Script script;
  script.on_job_manager = [&](engine::Environment& environment, const Heard& heard) {
    tick(environment, heard);
    if (heard.what == "timer") report(environment, EventKind::CheckpointCompleted, 0, 1);
  };
  RunDriver driver(script);
  RunInputs in = inputs();
  in.world.storm = 1050ms;
  driver.run(in, nullptr);
  const auto phases = of_kind(driver.trace(), WorldEventKind::PhaseChanged);
  REQUIRE(phases.size() == 3);
  CHECK(phases[0].time == 0);
  CHECK(phases[0].detail == static_cast<std::uint32_t>(Phase::Storm));
  CHECK(phases[1].time == 1'050'000'000);
  CHECK(phases[1].detail == static_cast<std::uint32_t>(Phase::Calm));
  CHECK(phases[2].time == 1'100'000'000);
  CHECK(phases[2].detail == static_cast<std::uint32_t>(Phase::Drain));
}

TEST_CASE("a crashed TaskManager is reported lost and lives again as a new incarnation") {
  Script script;
  RunDriver driver(script);
  const RunOutcome outcome = driver.run(inputs({crash(2, 50ms, Time{100ms})}), nullptr);
  CHECK(outcome.faults.at(0) == FaultActivity{true, true, true, Time{100ms}});
  CHECK(script.job_manager_heard.back() == Heard{102'000'000, "lost", 2});
  CHECK(script.lives.size() == 3);
  CHECK(script.lives.back() == std::pair<std::uint16_t, std::uint32_t>{2, 2});
  const Trace& trace = driver.trace();
  const auto crashed = of_kind(trace, WorldEventKind::ProcessCrashed);
  REQUIRE(crashed.size() == 1);
  CHECK(trace.events()[crashed[0].cause].kind == WorldEventKind::FaultFired);
  const auto started = of_kind(trace, WorldEventKind::ProcessStarted);
  REQUIRE(started.size() == 4);
  CHECK(started[3].time == 150'000'000);
  CHECK(started[3].detail == 2);
  CHECK(trace.events()[started[3].cause].kind == WorldEventKind::ProcessCrashed);
}

TEST_CASE("the JobManager is there before any TaskManager, whatever the schedule") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Script script;
    RunDriver driver(script);
    RunInputs in = inputs();
    in.world.seed = seed;
    driver.run(in, nullptr);
    const auto started = of_kind(driver.trace(), WorldEventKind::ProcessStarted);
    REQUIRE(started.size() == 3);
    CHECK(started[0].actor == engine::actor_of(engine::kJobManager));
  }
}

TEST_CASE("a process that lives again before its loss was noticed is not reported lost") {
  Script script;
  RunDriver driver(script);
  driver.run(inputs({crash(1, 1ms, Time{100ms})}), nullptr);
  CHECK(of_kind(driver.trace(), WorldEventKind::ProcessCrashed).size() == 1);
  CHECK(of_kind(driver.trace(), WorldEventKind::ProcessLostReported).empty());
}

TEST_CASE("crashing a dead TaskManager or one that never was fires without effect") {
  Script script;
  RunDriver driver(script);
  const RunOutcome outcome = driver.run(
      inputs({crash(1, 500ms, Time{100ms}), crash(1, 1ms, Time{200ms}), crash(9, 1ms, Time{100ms})}), nullptr);
  CHECK(outcome.faults.at(0).took_effect);
  for (const std::size_t idle : {1u, 2u}) {
    CHECK(outcome.faults.at(idle).fired);
    CHECK_FALSE(outcome.faults.at(idle).took_effect);
  }
  CHECK(of_kind(driver.trace(), WorldEventKind::FaultTookEffect).size() == 1);
}

TEST_CASE("faults do not fire once the storm is over, but restarts that are under way happen") {
  Script script;
  RunDriver driver(script);
  const RunOutcome outcome =
      driver.run(inputs({crash(1, 500ms, Time{900ms}), crash(2, 1ms, Time{1s}), crash(2, 1ms, Time{2s})}), nullptr);
  CHECK(outcome.faults.at(0).fired);
  CHECK_FALSE(outcome.faults.at(1).fired);
  CHECK_FALSE(outcome.faults.at(2).fired);
  const auto started = of_kind(driver.trace(), WorldEventKind::ProcessStarted);
  CHECK(started.back().time == 1'400'000'000);
}

TEST_CASE("a fault triggered by an event strikes right after the handler that emitted it") {
  Script script;
  std::size_t after_trigger = 0;
  script.on_job_manager = [&](engine::Environment& environment, const Heard& heard) {
    if (heard.what == "start") environment.timers.arm(engine::kJobManager, 100ms, {});
    if (heard.what != "timer") return;
    report(environment, EventKind::CheckpointTriggered, 0, 1);
    report(environment, EventKind::CheckpointTriggered, 0, 2);
    report(environment, EventKind::CheckpointCompleted, 0, 2);
    ++after_trigger;
  };
  Fault fault = crash(1, 1s, {});
  fault.trigger.at_event = true;
  fault.trigger.event = EventKind::CheckpointTriggered;
  fault.trigger.checkpoint = {1};
  RunDriver driver(script);
  const RunOutcome outcome = driver.run(inputs({fault}), nullptr);
  CHECK(after_trigger == 1);
  CHECK(outcome.faults.at(0).fired_at == Time{100ms});
  const auto& events = driver.trace().events();
  const auto fired = of_kind(driver.trace(), WorldEventKind::FaultFired);
  REQUIRE(fired.size() == 1);
  CHECK(events[fired[0].cause].kind == EventKind::CheckpointTriggered);
  CHECK(events[fired[0].cause].a == 1);
  const auto at =
      static_cast<std::size_t>(std::find_if(events.begin(), events.end(),
                                            [](const TraceEvent& e) { return e.kind == WorldEventKind::FaultFired; }) -
                               events.begin());
  CHECK(events.at(at - 1).kind == EventKind::CheckpointCompleted);
  CHECK(events.at(at + 1).kind == WorldEventKind::ProcessCrashed);
}

TEST_CASE("every event's cause comes before it") {
  Script script;
  script.on_job_manager = tick;
  RunDriver driver(script);
  driver.run(inputs({crash(1, 50ms, Time{100ms}), crash(2, 50ms, Time{200ms})}), nullptr);
  const auto& events = driver.trace().events();
  for (std::uint32_t i = 1; i < events.size(); ++i) {
    CHECK(events[i].cause < i);
  }
}

TEST_CASE("a broken invariant ends the run with its trace, and the next run is not disturbed by it") {
  Script script;
  RunDriver driver(script);
  const RunOutcome before = driver.run(inputs(), nullptr);
  script.on_job_manager = [](engine::Environment& environment, const Heard& heard) {
    environment.segments.acquire(engine::SegmentKind::Data);  // nobody gives it back
    WEIR_ASSERT(heard.what != "start", "on purpose");
  };
  const RunOutcome broken = driver.run(inputs(), nullptr);
  CHECK(broken.end == RunEnd::InvariantViolated);
  REQUIRE(broken.invariant.has_value());
  CHECK(broken.invariant->message == "on purpose");
  CHECK(driver.trace().size() > 0);
  script.on_job_manager = [](engine::Environment&, const Heard&) {};
  const RunOutcome after = driver.run(inputs(), nullptr);
  CHECK(after.end == before.end);
  CHECK(after.trace_hash == before.trace_hash);
}

TEST_CASE("a segment that nobody sent or released breaks an invariant") {
  Script script;
  script.on_job_manager = [](engine::Environment& environment, const Heard&) {
    environment.segments.acquire(engine::SegmentKind::Data);
  };
  RunDriver driver(script);
  const RunOutcome outcome = driver.run(inputs(), nullptr);
  CHECK(outcome.end == RunEnd::InvariantViolated);
  CHECK(outcome.invariant.has_value());
}

TEST_CASE("the engine's random streams depend on seed and name only") {
  std::vector<std::uint64_t> drawn;
  Script script;
  script.on_job_manager = [&](engine::Environment& environment, const Heard& heard) {
    if (heard.what != "start") return;
    for (const char* stream : {"a", "b", "a"}) drawn.push_back(environment.random.draw(stream, 1'000'000));
  };
  RunDriver driver(script);
  driver.run(inputs(), nullptr);
  NamedStreams streams;
  streams.reset(inputs().world.seed);
  const std::uint64_t first = streams.draw("a", 1'000'000);
  const std::uint64_t second = streams.draw("a", 1'000'000);
  CHECK(drawn == std::vector<std::uint64_t>{first, streams.draw("b", 1'000'000), second});
  CHECK(first != second);
}

TEST_CASE("a crash is a power loss of the machine's disk and of no other") {
  std::uint64_t left_of_crashed = 0;
  std::uint64_t left_of_other = 0;
  Script script;
  script.on_job_manager = [&](engine::Environment& environment, const Heard& heard) {
    const auto size = [&](std::uint16_t process) { return environment.disks.of({process}).read("f").value().size(); };
    if (heard.what == "start") {
      for (const std::uint16_t process : {1, 2}) {
        engine::LocalDisk& disk = environment.disks.of({process});
        const bool written = disk.create("f").ok() && disk.append("f", "durable").ok() && disk.sync("f").ok() &&
                             disk.sync_directory("").ok() && disk.append("f", " or not").ok();
        REQUIRE(written);
      }
    }
    if (heard.what != "lost") return;
    left_of_crashed = size(1);
    left_of_other = size(2);
  };
  RunDriver driver(script);
  RunInputs in = inputs({crash(1, 50ms, Time{100ms})});
  in.world.schedule = SchedulePolicy::Fifo;
  driver.run(in, nullptr);
  CHECK(left_of_crashed == 7);
  CHECK(left_of_other == 14);
}

namespace {

Fault pause(std::uint16_t process, Duration duration, Time at) {
  Fault fault = crash(process, duration, at);
  fault.kind = FaultKind::Pause;
  return fault;
}

}  // namespace

TEST_CASE("the timers of a process that stands still come late, all at once and in their order (RP-4)") {
  Script script;
  script.on_job_manager = [&](engine::Environment& environment, const Heard& heard) {
    if (heard.what != "start") return;
    for (std::uint64_t n = 1; n <= 6; ++n) {
      environment.timers.arm(engine::kJobManager, Duration{100ms} * static_cast<std::int64_t>(n), {0, 0, 0, n});
    }
  };
  RunDriver driver(script);
  const RunOutcome outcome = driver.run(inputs({pause(0, 250ms, Time{150ms})}), nullptr);
  CHECK(outcome.faults.at(0).took_effect);
  const FakeProcess::History expected{{0, "start", 0},           {100'000'000, "timer", 1}, {400'000'000, "timer", 2},
                                      {400'000'000, "timer", 3}, {400'000'000, "timer", 4}, {500'000'000, "timer", 5},
                                      {600'000'000, "timer", 6}};
  CHECK(script.job_manager_heard == expected);
  CHECK(of_kind(driver.trace(), WorldEventKind::ProcessPaused).size() == 1);
  const auto resumed = of_kind(driver.trace(), WorldEventKind::ProcessResumed);
  REQUIRE(resumed.size() == 1);
  CHECK(resumed[0].time == 400'000'000);
}

TEST_CASE("what stands still when the storm is over goes on") {
  Script script;
  RunDriver driver(script);
  driver.run(inputs({pause(1, 1h, Time{100ms})}), nullptr);
  const auto resumed = of_kind(driver.trace(), WorldEventKind::ProcessResumed);
  REQUIRE(resumed.size() == 1);
  CHECK(resumed[0].time == 1'000'000'000);
}

TEST_CASE("a process that dies while it stands still is born again as any other") {
  Script script;
  RunDriver driver(script);
  const RunOutcome outcome = driver.run(
      inputs({pause(1, 500ms, Time{100ms}), crash(1, 50ms, Time{200ms}), pause(9, 1ms, Time{1ms})}), nullptr);
  CHECK(outcome.faults.at(1).took_effect);
  CHECK_FALSE(outcome.faults.at(2).took_effect);  // nobody is there
  CHECK(script.lives.back() == std::pair<std::uint16_t, std::uint32_t>{1, 2});
  CHECK(of_kind(driver.trace(), WorldEventKind::ProcessResumed).empty());
}

TEST_CASE("with heartbeats the world does not tell of a death; who sends a heartbeat to the dead learns it (RE-11)") {
  Script script;
  script.on_job_manager = [&](engine::Environment& environment, const Heard& heard) {
    tick(environment, heard);
    if (heard.at == 200'000'000) environment.control.send(engine::kJobManager, {2}, {}, engine::HeartbeatRequest{1});
    if (heard.at == 300'000'000) environment.control.send(engine::kJobManager, {2}, {}, engine::CancelTask{});
  };
  RunDriver driver(script);
  RunInputs in = inputs({crash(2, 10s, Time{100ms})});
  in.setup.options.heartbeat.interval = 10ms;
  driver.run(in, nullptr);
  std::vector<std::int64_t> told;
  for (const Heard& heard : script.job_manager_heard) {
    if (heard.what == "lost") told.push_back(heard.at);
  }
  REQUIRE(told.size() == 1);
  CHECK(told[0] > 200'000'000);
  CHECK(told[0] < 201'000'000);
}
