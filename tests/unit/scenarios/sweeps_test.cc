// The sweeps as shipped, with few seeds: what is known of them from outside.

#include <catch2/catch.hpp>

#include <algorithm>

#include "weir/scenarios/sweep.h"

namespace weir::scenarios {
namespace {

Sweep shipped(const std::string& name) {
  SweepLoad loaded = load_sweep(WEIR_SOURCE_DIR "/scenarios/sweeps/" + name + ".toml", JobCatalogue::built_in());
  for (const std::string& problem : loaded.problems) UNSCOPED_INFO(problem);
  REQUIRE(loaded.sweep.has_value());
  CHECK(loaded.warnings.empty());
  return std::move(*loaded.sweep);
}

SweepResult run(const Sweep& sweep, std::uint64_t seeds, std::uint32_t threads = 2) {
  auto result = run_sweep(JobCatalogue::built_in(), sweep, {1, seeds + 1, threads}, {});
  REQUIRE(result.ok());
  CHECK_FALSE(result.value().first_violation.has_value());
  for (const PointResult& point : result.value().points) {
    CHECK(point.measured == seeds);
    CHECK(point.violated == 0);
    CHECK(point.inconclusive == 0);
  }
  return std::move(result).value();
}

}  // namespace

TEST_CASE("with back-pressure aligned checkpoints take longer, unaligned ones hardly (BP-3)") {
  const Sweep sweep = shipped("back-pressure");
  REQUIRE(sweep.series.values == std::vector<std::string>{"false", "true"});
  const std::vector<PointResult> points = run(sweep, 3).points;
  const std::size_t last = points.size() - 2;
  CHECK(points[last].sum > 5 * points[0].sum);
  CHECK(points[last + 1].sum < 2 * points[1].sum);
  for (std::size_t x = 2; x < points.size(); x += 2) CHECK(points[x].sum > points[x - 2].sum);
}

TEST_CASE("with debloating aligned checkpoints stay short, while records take longer and longer (BP-6)") {
  const Sweep sweep = shipped("debloating");
  REQUIRE(sweep.series.values == std::vector<std::string>{"false", "true"});
  const std::vector<PointResult> points = run(sweep, 3).points;
  for (std::size_t x = 0; x < points.size(); x += 2) CHECK(points[x + 1].sum < points[x].sum / 2);
  const std::size_t last = points.size() - 2;
  CHECK(points[last + 1].sum < points[last].sum / 8);
}

TEST_CASE("without alignment results are repeated, the more the later barriers are; with it none (BA-18)") {
  const Sweep sweep = shipped("at-least-once");
  REQUIRE(sweep.series.values == std::vector<std::string>{"exactly-once", "at-least-once"});
  const std::vector<PointResult> points = run(sweep, 10).points;
  for (std::size_t x = 0; x < points.size(); x += 2) {
    CHECK(points[x].sum == 0);
    CHECK(points[x + 1].low >= 0);
    CHECK(points[x + 1].sum > 0);
  }
  CHECK(points.back().sum > 2 * points[1].sum);
}

TEST_CASE("the interval that loses least is Young's within 20 %") {
  const Sweep sweep = shipped("young");
  const SweepResult result = run(sweep, 12);
  REQUIRE(result.failure_model.has_value());
  CHECK(result.failure_model->checkpoint_cost > 19'000'000);  // cost.snapshot-sync, of a job whose source never waits
  CHECK(result.failure_model->checkpoint_cost < 21'000'000);
  CHECK(result.failure_model->time_between_failures > 1'800'000'000);
  CHECK(result.failure_model->time_between_failures < 2'400'000'000);
  const auto by_sum = [](const PointResult& a, const PointResult& b) { return a.sum < b.sum; };
  const auto least = std::min_element(result.points.begin(), result.points.end(), by_sum) - result.points.begin();
  const std::int64_t interval = sweep.points[static_cast<std::size_t>(least)].base.options.checkpoint.interval.count();
  const std::int64_t young = young_interval(*result.failure_model);
  CAPTURE(interval, young);
  CHECK(interval * 5 >= young * 4);
  CHECK(interval * 5 <= young * 6);
}

TEST_CASE("a sweep is the same on any number of threads") {
  Sweep sweep = shipped("at-least-once");
  sweep.points.resize(4);
  sweep.x.values.resize(2);
  CHECK(run(sweep, 4, 1).points == run(sweep, 4, 3).points);
}

TEST_CASE("a sweep names the first seed in which something is violated") {
  Sweep sweep = shipped("at-least-once");
  sweep.points = {sweep.points.at(10)};  // exactly-once, late barriers
  sweep.x.values = {"32ms"};
  sweep.series = {};
  sweep.points.front().base.defects.add(engine::Defect::NoBlockingDuringAlignment);
  const auto result = run_sweep(JobCatalogue::built_in(), sweep, {1, 11, 2}, {});
  REQUIRE(result.ok());
  CHECK(result.value().points.front().violated > 0);
  CHECK(result.value().points.front().sum > 0);
  REQUIRE(result.value().first_violation.has_value());
  CHECK(result.value().first_violation->seed == 1);
  CHECK(result.value().first_violation->cause.find("defect on purpose") != std::string::npos);
}

TEST_CASE("a sweep without seeds is refused") {
  const Sweep sweep = shipped("at-least-once");
  CHECK_FALSE(run_sweep(JobCatalogue::built_in(), sweep, {5, 5, 1}, {}).ok());
  CHECK_FALSE(run_sweep(JobCatalogue::built_in(), sweep, {0, 5, 1}, {}).ok());
}

}  // namespace weir::scenarios
