#include <catch2/catch.hpp>

#include "loaded_text.h"
#include "model/geometric.h"
#include "weir/scenarios/keys.h"
#include "weir/scenarios/sweep.h"

namespace weir::scenarios {
namespace {

using test::kJob;
using test::TemporaryDirectory;
using Values = std::vector<std::string>;

SweepLoad load_text(const std::string& text, const Values& set = {}) {
  const TemporaryDirectory directory;
  SweepLoad loaded = load_sweep(directory.write("x.toml", text), JobCatalogue::built_in(), set);
  for (std::string& line : loaded.problems) {
    if (line.find(directory.path("")) == 0) line.erase(0, directory.path("").size());
  }
  return loaded;
}

// Of a file whose section begins at line 4.
std::string only_problem(const std::string& section, const Values& set = {}) {
  const SweepLoad loaded = load_text(kJob + "[sweep]\n" + section, set);
  for (const std::string& line : loaded.problems) UNSCOPED_INFO(line);
  CHECK_FALSE(loaded.sweep.has_value());
  REQUIRE(loaded.problems.size() == 1);
  return loaded.problems.front();
}

const std::string kRest = "measure = \"run-time\"\n";

}  // namespace

TEST_CASE("a sweep has a scenario for each value of x, and for each of them one for each line") {
  const SweepLoad loaded = load_text(kJob + R"(
[checkpoint]
interval = "1s"
[sweep]
x = "checkpoint.interval"
values = ["20ms", "80ms"]
series = "job.parallelism"
series-values = [1, 3]
measure = "checkpoint-duration"
)");
  for (const std::string& line : loaded.problems) UNSCOPED_INFO(line);
  REQUIRE(loaded.sweep.has_value());
  const Sweep& sweep = *loaded.sweep;
  CHECK(sweep.name == "x");
  CHECK(sweep.measure == Measure::CheckpointDuration);
  CHECK(sweep.x.key == "checkpoint.interval");
  CHECK(sweep.x.values == Values{"20ms", "80ms"});
  CHECK(sweep.series.values == Values{"1", "3"});
  REQUIRE(sweep.points.size() == 4);
  CHECK(sweep.points[1].name == "x [checkpoint.interval=20ms, job.parallelism=3]");
  CHECK(sweep.points[1].base.job.parallelism == 3);
  CHECK(sweep.points[2].base.options.checkpoint.interval == std::chrono::milliseconds(80));
  CHECK(sweep.points[2].base.job.parallelism == 1);
}

TEST_CASE("values from one to another grow by the same factor and have three digits") {
  CHECK(geometric(1, 8, 4) == std::vector<std::uint64_t>{1, 2, 4, 8});
  CHECK(geometric(50'000'000, 1'600'000'000, 6) ==
        std::vector<std::uint64_t>{50'000'000, 100'000'000, 200'000'000, 400'000'000, 800'000'000, 1'600'000'000});
  CHECK(geometric(1000, 10, 3) == std::vector<std::uint64_t>{1000, 100, 10});
  CHECK(geometric(50'000, 1'000'000, 3) == std::vector<std::uint64_t>{50'000, 224'000, 1'000'000});  // 223,607
  CHECK(geometric(1, 3, 9) == std::vector<std::uint64_t>{1, 2, 3});
  CHECK(geometric(7, 7, 2) == std::vector<std::uint64_t>{7});
}

TEST_CASE("a range of a sweep is of durations or of integers") {
  const SweepLoad durations =
      load_text(kJob + "[sweep]\nx = \"checkpoint.interval\"\nfrom = \"10ms\"\nto = \"1s\"\nsteps = 3\n" + kRest);
  REQUIRE(durations.sweep.has_value());
  CHECK(durations.sweep->x.values == Values{"10ms", "100ms", "1s"});
  const SweepLoad integers =
      load_text(kJob + "[sweep]\nx = \"job.records\"\nfrom = 10\nto = 1000\nsteps = 3\n" + kRest);
  REQUIRE(integers.sweep.has_value());
  CHECK(integers.sweep->x.values == Values{"10", "100", "1000"});
  const std::string x = "x = \"checkpoint.interval\"\n";
  CHECK(only_problem(x + "from = \"10ms\"\nto = 5\nsteps = 3\n" + kRest) ==
        "x.toml:7:6: sweep.to: a duration needs a unit and quotes, e.g. \"5ms\", not an integer (5)");
  CHECK(only_problem(x + "from = \"0ms\"\nto = \"5ms\"\nsteps = 3\n" + kRest) ==
        "x.toml:6:8: sweep.from: a factor leads nowhere from 0; begin above it, or write a list of values");
  CHECK(only_problem(x + "from = \"1ms\"\nto = \"5ms\"\nsteps = 1\n" + kRest).find("x.toml:8:9: sweep.steps: ") == 0);
}

TEST_CASE("what is wrong with a sweep has a place and a remedy") {
  const std::string x = "x = \"checkpoint.interval\"\nvalues = [\"20ms\"]\n";
  CHECK(only_problem(x) ==
        "x.toml:4:2: sweep.measure: is missing; say one of checkpoint-duration, in-flight, lost-work, "
        "repeated-results, run-time");
  CHECK(only_problem(x + "measure = \"lost-works\"\n") ==
        "x.toml:7:11: sweep.measure: no measure is called 'lost-works'; did you mean 'lost-work'?");
  CHECK(only_problem("x = \"checkpoint.intervall\"\nvalues = [\"20ms\"]\n" + kRest) ==
        "x.toml:5:5: sweep.x: no key is called 'checkpoint.intervall'; did you mean 'checkpoint.interval'?");
  CHECK(only_problem("values = [\"20ms\"]\n" + kRest) ==
        "x.toml:4:2: sweep.x: is missing; name a key, e.g. x = \"checkpoint.interval\"");
  CHECK(only_problem("x = \"job.records\"\n" + kRest) ==
        "x.toml:4:2: sweep.values: missing; write a list values = […], or all of from, to and steps");
  CHECK(only_problem("x = \"job.records\"\nvalues = 5\n" + kRest) ==
        "x.toml:6:10: sweep.values: expected a list of values, e.g. [\"50ms\", \"100ms\"]");
  CHECK(only_problem(x + "from = \"1ms\"\n" + kRest) ==
        "x.toml:6:10: sweep.values: are given beside from, to and steps; remove one of them");
  CHECK(only_problem(x + "series = \"job.keys\"\n" + kRest) ==
        "x.toml:7:10: sweep.series: has no values; write a list series-values = […]");
  CHECK(only_problem(x + "series-values = [1]\n" + kRest) ==
        "x.toml:7:17: sweep.series-values: belong to a key; name it, e.g. series = \"checkpoint.mode\"");
  CHECK(only_problem(x + "series = \"checkpoint.interval\"\nseries-values = [\"1s\"]\n" + kRest) ==
        "x.toml:7:10: sweep.series: is also the key of sweep.x");
  CHECK(only_problem(x + kRest + "serie = \"job.keys\"\n") ==
        "x.toml:8:1: unknown key 'sweep.serie'; did you mean 'sweep.series'?");
  CHECK(only_problem(x + kRest + "[matrix]\njob.keys = [1, 2]\n").find("x.toml:8:2: a sweep has no [matrix]") == 0);
  CHECK(only_problem("x = \"job.records\"\nvalues = [0]\n" + kRest).find("x.toml:6:11: job.records: ") == 0);
}

TEST_CASE("a file without a sweep is none, and one with it is a scenario for each point") {
  const SweepLoad none = load_text(kJob);
  REQUIRE(none.problems.size() == 1);
  CHECK(none.problems.front().find("x.toml:1:1: has no section [sweep]") == 0);
  const LoadResult points = test::load(kJob + "[sweep]\nx = \"job.keys\"\nvalues = [3, 5, 7]\n" + kRest);
  CHECK(points.problems.empty());
  CHECK(points.scenarios.size() == 3);
}

TEST_CASE("an assignment gives a sweep other values, and may not fix what it varies") {
  const std::string text = kJob + "[sweep]\nx = \"job.keys\"\nvalues = [3, 5, 7]\n" + kRest;
  const SweepLoad other = load_text(text, {"sweep.values=[4]"});
  REQUIRE(other.sweep.has_value());
  CHECK(other.sweep->x.values == Values{"4"});
  const SweepLoad ranged =
      load_text(kJob + "[sweep]\nx = \"job.keys\"\nfrom = 1\nto = 9\nsteps = 3\n" + kRest, {"sweep.values=[4, 6]"});
  REQUIRE(ranged.sweep.has_value());
  CHECK(ranged.sweep->x.values == Values{"4", "6"});
  const SweepLoad fixed = load_text(text, {"job.keys=9"});
  REQUIRE(fixed.problems.size() == 1);
  CHECK(fixed.problems.front().find("job.keys takes the values of the sweep in turn; set sweep.values instead") !=
        std::string::npos);
}

TEST_CASE("crashes at a constant rate are as many in every seed, at other times") {
  const Scenario scenario =
      test::loaded(kJob + "[world]\nstorm = \"10s\"\n[faults]\nmean-time-between-crashes = \"50ms\"\n");
  JobRef ref = scenario.base.job;
  const auto job = JobCatalogue::built_in().resolve(ref);
  REQUIRE(job.ok());
  std::int64_t sum = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const RunSpec spec = spec_for_seed(scenario, *job.value().graph, seed);
    CHECK(spec == spec_for_seed(scenario, *job.value().graph, seed));
    CHECK(spec.world.faults != spec_for_seed(scenario, *job.value().graph, seed + 1).world.faults);
    REQUIRE(spec.world.faults.size() == 200);
    for (const sim::Fault& fault : spec.world.faults) {
      CHECK(fault.kind == sim::FaultKind::Crash);
      CHECK((fault.task_manager == 1 || fault.task_manager == 2));
      CHECK(engine::to_ns(fault.trigger.time) < 10'000'000'000);
      sum += engine::to_ns(fault.trigger.time) / 2000;
    }
  }
  CHECK(sum > 4'700'000'000);  // about half of the storm
  CHECK(sum < 5'300'000'000);
  CHECK(test::problem(kJob + "[faults]\nmean-time-between-crashes = \"1us\"\n").find("x.toml:5:29: ") == 0);
}

TEST_CASE("the measures are those that the key's description lists") {
  std::string words = "one of ";
  for (const MeasureInfo& measure : all_measures()) {
    words += (measure.measure == all_measures()[0].measure ? "" : ", ") + std::string(measure.name);
    CHECK(info(measure.measure).name == measure.name);
  }
  for (const ScenarioKey& key : scenario_keys()) {
    if (key.name == "sweep.measure") CHECK(key.expects == words);
  }
}

}  // namespace weir::scenarios
