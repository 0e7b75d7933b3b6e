#include <catch2/catch.hpp>

#include "campaign/cause.h"
#include "shrink/simplify.h"
#include "small_storm.h"
#include "weir/scenarios/runner.h"

namespace weir::scenarios {
namespace {

using namespace std::chrono_literals;
using test::small_storm;

// The first failing run with several faults of an engine that commits at the pre-commit.
RunSpec failing_spec(const JobCatalogue& catalogue) {
  Scenario s = small_storm();
  s.base.defects.add(engine::Defect::CommitAtPreCommit);
  CampaignOptions options;
  options.end_seed = 101;
  options.keep_failures = 100;
  const auto result = run_campaign(catalogue, s, options, {});
  REQUIRE(result.ok());
  for (const Failure& failure : result.value().failures) {
    if (failure.result.spec.world.faults.size() >= 3) return failure.result.spec;
  }
  FAIL("no failing seed has three faults");
  return {};
}

bool violates(Runner& runner, const RunSpec& spec, const std::string& property) {
  const auto result = runner.run(spec);
  if (!result.ok()) return false;
  for (const auto& verdict : result.value().verdicts) {
    if (verdict.property == property && verdict.answer == properties::Answer::Violated) return true;
  }
  return false;
}

sim::Fault crash_at(engine::Duration time) {
  sim::Fault fault;
  fault.duration = 123'456us;
  fault.trigger.time = engine::Time{time};
  return fault;
}

std::vector<std::string> steps(const std::vector<Candidate>& candidates) {
  std::vector<std::string> all;
  for (const Candidate& candidate : candidates) all.push_back(candidate.step);
  return all;
}

}  // namespace

TEST_CASE("shrinking keeps the violated property and ends where no fault can be left out") {
  const JobCatalogue catalogue = JobCatalogue::built_in();
  const RunSpec failing = failing_spec(catalogue);
  Runner runner(catalogue);
  const auto original = runner.run(failing);
  REQUIRE(original.ok());
  const std::string property = decisive(original.value())->property;

  const auto shrunk = shrink(catalogue, failing, {}, {});
  REQUIRE(shrunk.ok());
  const RunSpec& small = shrunk.value().smallest.spec;
  INFO(to_text(small));
  CHECK(violates(runner, small, property));
  CHECK(small.world.faults.size() < failing.world.faults.size());
  CHECK(small.world.faults.size() <= 2);
  CHECK(small.job.records < failing.job.records);
  CHECK(!shrunk.value().steps.empty());
  CHECK(shrunk.value().attempts >= shrunk.value().steps.size());
  for (std::size_t i = 0; i < small.world.faults.size(); ++i) {
    CHECK_FALSE(violates(runner, without_faults(small, i, 1).spec, property));
  }

  const auto again = shrink(catalogue, failing, {}, {});
  REQUIRE(again.ok());
  CHECK(to_text(again.value().smallest.spec) == to_text(small));
  CHECK(again.value().steps == shrunk.value().steps);
}

TEST_CASE("of several violated properties the one that is asked for is kept") {
  const JobCatalogue catalogue = JobCatalogue::built_in();
  const RunSpec failing = failing_spec(catalogue);
  Runner runner(catalogue);
  const std::string property = "nothing-uncommitted-visible";
  REQUIRE(decisive(runner.run(failing).value())->property != property);
  const auto shrunk = shrink(catalogue, failing, property, {});
  REQUIRE(shrunk.ok());
  CHECK(violates(shrunk.value().smallest, property));
  const auto none = shrink(catalogue, failing, "liveness", {});
  REQUIRE(!none.ok());
  CHECK(none.status().message() ==
        "the run does not violate liveness; it violates exactly-once, nothing-uncommitted-visible, checkpoint-order");
}

TEST_CASE("a run that holds has nothing to shrink") {
  Scenario s = small_storm();
  const JobCatalogue catalogue = JobCatalogue::built_in();
  const auto result = shrink(catalogue, s.base, {}, {});
  REQUIRE(!result.ok());
  CHECK(result.status().message() == "the run violates no property, so there is nothing to shrink");
}

TEST_CASE("leaving out faults says which") {
  RunSpec spec;
  spec.world.faults = {crash_at(1ms), crash_at(2ms), crash_at(3ms)};
  const Candidate candidate = without_faults(spec, 1, 2);
  CHECK(candidate.spec.world.faults == sim::FaultPlan{crash_at(1ms)});
  CHECK(candidate.step == "without crash(tm=1, restart=123456us) at 2ms, crash(tm=1, restart=123456us) at 3ms");
}

TEST_CASE("generated workloads shrink, files do not") {
  RunSpec spec;
  spec.job.records = 16;
  spec.job.keys = 2;
  CHECK(steps(smaller_workloads(spec)) == std::vector<std::string>{"records 16 -> 2", "records 16 -> 8",
                                                                   "records 16 -> 12", "records 16 -> 15",
                                                                   "keys 2 -> 1"});
  spec.job.input = "text.txt";
  CHECK(smaller_workloads(spec).empty());
}

TEST_CASE("the smallest of everything has no simpler form") {
  RunSpec spec;
  spec.job.parallelism = 1;
  spec.job.records = 1;
  spec.job.keys = 1;
  spec.options.cluster.task_managers = 1;
  spec.world.schedule = sim::SchedulePolicy::Fifo;
  sim::Fault fault = crash_at(10s);
  fault.duration = 1s;
  spec.world.faults = {fault};
  CHECK(smaller_workloads(spec).empty());
  CHECK(smaller_topologies(spec).empty());
  CHECK(simpler_settings(spec).empty());
  CHECK(simpler_faults(spec).empty());
}

TEST_CASE("times of faults become rounder, the roundest first") {
  RunSpec spec;
  sim::Fault fault = crash_at(1'234'567us);
  fault.duration = 10s;
  spec.world.faults = {fault};
  const auto all = steps(simpler_faults(spec));
  REQUIRE(all.size() == 6);
  CHECK(all.front() == "crash(tm=1, restart=10s) at 1234567us -> crash(tm=1, restart=10s) at 1s");
  CHECK(all.back() == "crash(tm=1, restart=10s) at 1234567us -> crash(tm=1, restart=10s) at 1234570us");
}

}  // namespace weir::scenarios
