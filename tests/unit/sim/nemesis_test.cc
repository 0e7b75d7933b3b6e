#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "weir/engine/connectors.h"
#include "weir/engine/stream.h"
#include "weir/sim/simulation.h"

using namespace weir;
using namespace weir::sim;
using namespace std::chrono_literals;

namespace {

engine::ExecutionGraph two_by_two() {
  engine::StreamEnvironment env("job");
  env.set_parallelism(2).disable_operator_chaining();
  env.from_source(engine::LogSource<std::string>("in"), "source")
      .uid("source")
      .sink_to(engine::TransactionalLogSink<std::string>("out"), "sink")
      .uid("sink");
  return engine::ExecutionGraph(engine::JobGraph::build(env.graph()).value());
}

engine::JobOptions options() {
  engine::JobOptions made;
  made.checkpoint.enabled = true;
  made.checkpoint.interval = 30ms;
  made.checkpoint.timeout = 100ms;
  return made;
}

// The plans of many seeds in one.
FaultPlan drawn(Duration storm) {
  const engine::ExecutionGraph graph = two_by_two();
  FaultPlan all;
  WorldSpec world;
  world.storm = storm;
  for (world.seed = 1; world.seed <= 300; ++world.seed) {
    FaultProfile profile{true, true, true, 4, true, true, true};
    profile.delay_messages = true;
    for (const Fault& fault : draw_plan(profile, graph, options(), world)) all.push_back(fault);
  }
  return all;
}

bool readable(Duration duration) {
  const std::string text = duration_text(duration);
  const std::string digits = text.substr(0, text.find_first_not_of("0123456789"));
  const std::size_t significant = digits.find_last_not_of('0') + 1;  // npos + 1 is 0: nothing but zeros
  return duration.count() % 10'000 == 0 && significant <= 3;
}

}  // namespace

TEST_CASE("the nemesis draws times and durations that are short to read") {
  for (const Duration storm : {Duration(400ms), Duration(2s), Duration(10s), Duration(1h)}) {
    const FaultPlan plan = drawn(storm);
    REQUIRE(plan.size() > 500);
    for (const Fault& fault : plan) {
      INFO(to_text(fault));
      CHECK(readable(fault.duration));
      CHECK(readable(fault.trigger.time.time_since_epoch()));
    }
  }
}

TEST_CASE("what the nemesis draws lies within the storm, and reads back") {
  for (const Fault& fault : drawn(2s)) {
    INFO(to_text(fault));
    CHECK(fault.trigger.time.time_since_epoch() < Duration(2s));
    if (!strikes_messages(fault.kind)) CHECK(fault.duration >= Duration(1ms));
    CHECK(parse_fault(to_text(fault)).value() == fault);
  }
}

TEST_CASE("the same seed draws the same plan, another seed another one") {
  const engine::ExecutionGraph graph = two_by_two();
  WorldSpec world;
  world.seed = 7;
  const FaultProfile all{true, true, true, 4};
  const FaultPlan plan = draw_plan(all, graph, options(), world);
  CHECK(draw_plan(all, graph, options(), world) == plan);
  world.seed = 8;
  CHECK(draw_plan(all, graph, options(), world) != plan);
}

TEST_CASE("a further kind of fault changes nothing of those that are drawn without it") {
  const engine::ExecutionGraph graph = two_by_two();
  WorldSpec world;
  world.storm = 300ms;
  std::size_t repeated = 0;
  std::size_t delayed = 0;
  for (world.seed = 1; world.seed <= 100; ++world.seed) {
    const FaultPlan without = draw_plan({true, true, true, 4}, graph, options(), world);
    FaultPlan with = draw_plan({true, true, true, 4, true, true, true}, graph, options(), world);
    REQUIRE(with.size() >= without.size());
    repeated += with.size() - without.size();
    for (std::size_t i = without.size(); i < with.size(); ++i) CHECK(with[i].kind >= FaultKind::RepeatMessages);
    with.resize(without.size());
    CHECK(with == without);
    FaultProfile delaying{true, true, true, 4};
    delaying.delay_messages = true;
    FaultPlan late = draw_plan(delaying, graph, options(), world);
    delayed += late.size() - without.size();
    for (std::size_t i = without.size(); i < late.size(); ++i) CHECK(late[i].kind == FaultKind::DelayMessages);
    late.resize(without.size());
    CHECK(late == without);
  }
  CHECK(repeated > 50);
  CHECK(delayed > 50);
}

TEST_CASE("faults of high availability are drawn only where there is some, and change none of the others") {
  const engine::ExecutionGraph graph = two_by_two();
  const FaultProfile before{true, true, true, 4, true};
  FaultProfile profile = before;
  profile.crash_job_manager = profile.ha_write_ambiguous = profile.lose_leadership = true;
  engine::JobOptions available = options();
  available.high_availability = engine::HighAvailability::Store;
  WorldSpec world;
  world.storm = 300ms;
  std::size_t crashes = 0;
  std::size_t others = 0;
  for (world.seed = 1; world.seed <= 100; ++world.seed) {
    const FaultPlan without = draw_plan(before, graph, options(), world);
    CHECK(draw_plan(profile, graph, options(), world) == without);
    FaultPlan with = draw_plan(profile, graph, available, world);
    REQUIRE(with.size() >= without.size());
    for (std::size_t i = without.size(); i < with.size(); ++i) {
      INFO(to_text(with[i]));
      CHECK(parse_fault(to_text(with[i])).value() == with[i]);
      const bool leader = with[i].kind == FaultKind::Crash && with[i].task_manager == 0;
      (leader ? crashes : others) += leader || needs_high_availability(with[i].kind) ? 1 : 0;
    }
    with.resize(without.size());
    CHECK(with == without);
  }
  CHECK(crashes > 50);
  CHECK(others > 50);
}
