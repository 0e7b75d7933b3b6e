// The suite of restart strategies: every strategy's delays are seen in it, and they are what it says.

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <vector>

#include "weir/engine/processes.h"
#include "weir/scenarios/scenario.h"

namespace weir::scenarios {
namespace {

using namespace std::chrono_literals;
using engine::Duration;
using engine::RestartStrategy;

// Of one run, in order.
std::vector<Duration> delays_of(const Scenario& scenario, std::uint64_t seed) {
  JobRef asked = scenario.base.job;
  const auto job = JobCatalogue::built_in().resolve(asked);
  if (!job.ok()) FAIL(job.status().message());
  const RunSpec spec = spec_for_seed(scenario, *job.value().graph, seed);
  sim::Simulation simulation;
  const auto outcome =
      simulation.run({{job.value().graph, spec.options}, job.value().workload, spec.defects, spec.world}, nullptr);
  CHECK(outcome.end == sim::RunEnd::JobFinished);
  std::vector<Duration> delays;
  for (const sim::TraceEvent& event : simulation.trace().events()) {
    if (event.kind == sim::TraceKind(engine::EventKind::RestartScheduled)) {
      delays.push_back(Duration{static_cast<std::int64_t>(event.b)});
    }
  }
  return delays;
}

std::map<RestartStrategy, std::vector<std::vector<Duration>>> delays_by_strategy() {
  const LoadResult suite =
      load_scenario(WEIR_SOURCE_DIR "/scenarios/suites/restart-strategies.toml", JobCatalogue::built_in());
  std::map<RestartStrategy, std::vector<std::vector<Duration>>> found;
  for (const Scenario& scenario : suite.scenarios) {
    auto& runs = found[scenario.base.options.restart.strategy];
    for (std::uint64_t seed = 1; seed <= 20; ++seed) runs.push_back(delays_of(scenario, seed));
  }
  return found;
}

bool within(Duration delay, Duration low, Duration high) { return low <= delay && delay <= high; }

// 20 ms, doubled each time and at most 70 ms, a tenth more or less.
bool grows(const std::vector<Duration>& delays) {
  if (!delays.empty() && !within(delays[0], 20ms, 22ms)) return false;
  for (std::size_t i = 1; i < delays.size(); ++i) {
    const bool anew = within(delays[i], 20ms, 22ms);
    const bool after_first = within(delays[i - 1], 20ms, 22ms) && within(delays[i], 36ms, 44ms);
    const bool after_later = within(delays[i - 1], 36ms, 70ms) && within(delays[i], 70ms, 70ms);
    if (!anew && !after_first && !after_later) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("the suite of restart strategies sees the delays of each (8.2)") {
  auto delays = delays_by_strategy();
  REQUIRE(delays.size() == 4);
  std::map<RestartStrategy, std::size_t> restarts;
  std::size_t third = 0;
  for (const auto& [strategy, runs] : delays) {
    for (const auto& run : runs) {
      restarts[strategy] += run.size();
      if (strategy == RestartStrategy::ExponentialDelay) {
        CHECK(grows(run));
        third += run.size() >= 3 ? 1 : 0;
      } else {
        const Duration told = strategy == RestartStrategy::FixedDelay ? 35ms : 45ms;
        CHECK(std::all_of(run.begin(), run.end(), [&](Duration delay) { return delay == told; }));
      }
    }
  }
  CHECK(restarts[RestartStrategy::ExponentialDelay] > 10);
  CHECK(third > 0);
  CHECK(restarts[RestartStrategy::FixedDelay] > 10);
  CHECK(restarts[RestartStrategy::FailureRate] > 10);
  CHECK(restarts[RestartStrategy::None] == 0);
}

}  // namespace weir::scenarios
