// Every fault at every step (RP-4): what the matrix is made of, and that it sees.

#include "weir/scenarios/fault_matrix.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "fault_matrix/faults.h"
#include "fault_matrix/ground.h"
#include "fault_matrix/places.h"
#include "small_storm.h"

namespace weir::scenarios {
namespace {

using namespace std::chrono_literals;
using engine::MessageKind;
using properties::Answer;
using sim::FaultKind;

// With coordinators, and without anything in flight: one step never comes up.
Scenario aligned() {
  Scenario s = test::small_storm();
  s.profile = {};
  s.base.options.checkpoint.interval = 40ms;
  s.base.options.checkpoint.timeout = 150ms;
  s.base.job.partitions = 60;
  s.base.options.split_assignment = engine::SplitAssignment::OnRequest;
  s.base.options.rpc.deploy_timeout = 300ms;
  s.base.options.local_recovery = true;
  s.base.options.high_availability = engine::HighAvailability::Store;
  s.base.options.heartbeat.interval = 50ms;
  s.base.options.heartbeat.timeout = 200ms;
  s.base.world.storm = 10s;
  s.base.world.storage = {1ms, 10ms};
  return s;
}

Scenario unaligned() {
  Scenario s = aligned();
  s.base.job.name = "running-aggregate";
  s.base.job.records = 500;
  s.base.job.partitions = 50;
  s.base.options.checkpoint.unaligned = true;
  s.base.options.network.segment_size = 64;
  s.base.options.cost.source_record = 100us;
  s.base.options.cost.record = 700us;
  return s;
}

MatrixResult run(const Scenario& ground, std::uint32_t jobs = 1) {
  auto result = run_matrix(JobCatalogue::built_in(), {ground}, {.places = 1, .jobs = jobs}, {});
  REQUIRE(result.ok());
  return std::move(result).value();
}

std::size_t count(const MatrixResult& result, CellStanding wanted) {
  return static_cast<std::size_t>(std::count_if(result.cells.begin(), result.cells.end(),
                                                [&](const auto& cell) { return standing(cell) == wanted; }));
}

// What fired, in the trace of a run: the event that was its trigger.
std::uint32_t trigger_of_last_fault(const Runner& runner, const RunSpec& spec) {
  const auto& events = runner.trace().events();
  const auto fired = std::find_if(events.begin(), events.end(), [&](const sim::TraceEvent& event) {
    return event.kind == sim::TraceKind(sim::WorldEventKind::FaultFired) &&
           event.detail + 1 == spec.world.faults.size();
  });
  REQUIRE(fired != events.end());
  return fired->cause;
}

bool is_step(const Phase& phase, const Runner& runner, std::uint32_t index) {
  Story story(runner.graph().subtasks().size());
  for (std::uint32_t i = 0; i <= index; ++i) story.add(runner.trace().events()[i]);
  return phase.is(story, runner.trace().events()[index]);
}

}  // namespace

TEST_CASE("the columns are a crash of every process and three faults of every control message") {
  std::set<std::pair<FaultKind, std::string_view>> faults;
  for (const MatrixFault& fault : matrix_faults()) faults.insert({fault.kind, fault.target});
  for (const char* process : {"tm-1", "tm-2", "jobmanager"}) CHECK(faults.count({FaultKind::Crash, process}) == 1);
  for (std::size_t i = 0; i < engine::kMessageKinds; ++i) {
    const std::string_view message = engine::name(static_cast<MessageKind>(i));
    for (const FaultKind kind : sim::kFaultKinds) {
      CHECK(faults.count({kind, message}) == (sim::strikes_messages(kind) ? 1 : 0));
    }
  }
  CHECK(faults.size() == 3 + 3 * engine::kMessageKinds);
}

TEST_CASE("the rows are the steps of each protocol, in order, under names of their own") {
  std::vector<std::string_view> sections;
  std::set<std::string_view> names;
  for (const Phase& phase : matrix_phases()) {
    if (sections.empty() || sections.back() != phase.about.section) sections.push_back(phase.about.section);
    CHECK(names.insert(phase.about.name).second);
    CHECK_FALSE(phase.grounds.empty());
  }
  CHECK(sections == std::vector<std::string_view>{"1.4", "1.5", "1.6", "2.6", "9.2"});
}

TEST_CASE("a fault strikes right after an event that is its step") {
  const auto jobs = JobCatalogue::built_in();
  const Scenario scenario = unaligned();
  JobRef ref = scenario.base.job;
  const auto job = jobs.resolve(ref);
  REQUIRE(job.ok());
  const auto phases = matrix_phases();
  Runner runner(jobs);
  std::set<std::string_view> seen;
  for (const Ground ground : kGrounds) {
    const RunSpec base = spec_of(scenario, *job.value().graph, ground, 1);
    REQUIRE(runner.run(base).ok());
    const auto places = find_places(phases, runner.trace(), runner.graph(), 2);
    for (std::size_t i = 0; i < phases.size(); ++i) {
      CAPTURE(phases[i].about.name);
      for (const MatrixPlace& place : places[i]) {
        RunSpec spec = base;
        for (const auto& fault : plan_of({FaultKind::LoseMessages, "heartbeat"}, place))
          spec.world.faults.push_back(fault);
        REQUIRE(runner.run(spec).ok());
        CHECK(is_step(phases[i], runner, trigger_of_last_fault(runner, spec)));
        seen.insert(phases[i].about.name);
      }
    }
  }
  CHECK(seen.size() == phases.size());
}

TEST_CASE("a step that never comes leaves its cells idle and the matrix inconclusive, for any number of threads") {
  const MatrixResult result = run(aligned());
  CHECK(overall(result) == Answer::Inconclusive);
  REQUIRE(result.cells.size() == result.phases.size() * result.faults.size());
  CHECK(count(result, CellStanding::Idle) == result.faults.size());
  for (std::size_t phase = 0; phase < result.phases.size(); ++phase) {
    const bool absent = result.phases[phase].name == "in-flight-restored";
    CAPTURE(result.phases[phase].name);
    CHECK((standing(result.cell(phase, 0)) == CellStanding::Idle) == absent);
  }
  const MatrixResult again = run(aligned(), 3);
  for (std::size_t i = 0; i < result.cells.size(); ++i) {
    CHECK(result.cells[i].took_effect == again.cells[i].took_effect);
    CHECK(result.cells[i].held == again.cells[i].held);
  }
}

TEST_CASE("the matrix finds a defect that only a fault at the right step shows (SP-9)") {
  Scenario scenario = aligned();
  scenario.base.defects.add(engine::Defect::RestartAfterSavepoint);
  const MatrixResult result = run(scenario);
  CHECK(overall(result) == Answer::Violated);
  CHECK(count(result, CellStanding::Holds) > 0);
  const auto found = std::find_if(result.cells.begin(), result.cells.end(),
                                  [](const MatrixCell& cell) { return standing(cell) == CellStanding::Violated; });
  REQUIRE(found != result.cells.end());
  REQUIRE(found->first.has_value());
  const auto catalogue = JobCatalogue::built_in();
  const auto again = Runner(catalogue).run(found->first->spec);
  REQUIRE(again.ok());
  CHECK(again.value().answer == Answer::Violated);
}

TEST_CASE("how a cell stands") {
  CHECK(standing({.runs = 3, .fired = 3, .took_effect = 2, .held = 1}) == CellStanding::Holds);
  CHECK(standing({.runs = 3, .fired = 3, .took_effect = 2}) == CellStanding::Undecided);
  CHECK(standing({.runs = 3, .fired = 3}) == CellStanding::Idle);
  CHECK(standing({}) == CellStanding::Idle);
  CHECK(standing({.runs = 3, .took_effect = 3, .held = 2, .violated = 1}) == CellStanding::Violated);
  CHECK(standing({.runs = 3, .infeasible = "why"}) == CellStanding::Infeasible);
  CHECK(standing({.runs = 3, .took_effect = 1, .held = 1, .infeasible = "why"}) == CellStanding::Refuted);
}

TEST_CASE("a ground has no faults and actions of its own, and two TaskManagers") {
  const auto refused = [](const Scenario& scenario) {
    return !run_matrix(JobCatalogue::built_in(), {scenario}, {}, {}).ok();
  };
  Scenario scenario = aligned();
  scenario.explicit_faults.emplace_back();
  CHECK(refused(scenario));
  scenario = aligned();
  scenario.profile.crash = true;
  CHECK(refused(scenario));
  scenario = aligned();
  scenario.base.actions.emplace_back();
  CHECK(refused(scenario));
  scenario = aligned();
  scenario.base.options.cluster.task_managers = 1;
  CHECK(refused(scenario));
}

}  // namespace weir::scenarios
