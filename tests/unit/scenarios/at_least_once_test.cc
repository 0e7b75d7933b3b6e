// The two modes side by side, on the same seeds and faults (BA-18).

#include <catch2/catch.hpp>
#include <memory>

#include "small_storm.h"
#include "weir/engine/processes.h"
#include "weir/properties/property.h"
#include "weir/scenarios/job_catalogue.h"

namespace weir::scenarios {
namespace {

struct Run {
  std::uint64_t results = 0;
  std::uint64_t restarts = 0;
};

Run run(engine::CheckpointingMode mode, std::uint64_t seed) {
  Scenario scenario = test::small_storm();
  scenario.base.options.checkpoint.mode = mode;
  auto job = JobCatalogue::built_in().resolve(scenario.base.job);
  REQUIRE(job.ok());
  const RunSpec spec = spec_for_seed(scenario, *job.value().graph, seed);
  const engine::JobSetup setup{job.value().graph, spec.options};
  properties::PropertySuite suite;
  const std::shared_ptr<const engine::JobGraph> graph(job.value().graph, &job.value().graph->job());
  suite.begin(setup, spec.world, properties::make_reference(graph, job.value().workload));
  sim::Simulation simulation;
  const auto outcome = simulation.run({setup, job.value().workload, spec.defects, spec.world}, &suite);
  Run out;
  out.results = simulation.visible().size();
  for (const sim::TraceEvent& event : simulation.trace().events()) {
    out.restarts += event.kind == sim::TraceKind(engine::EventKind::RestartScheduled) ? 1 : 0;
  }
  for (const properties::Verdict& verdict : suite.judge(outcome, simulation.trace())) {
    INFO(seed << " " << verdict.property << ": " << verdict.reason);
    CHECK(verdict.answer == properties::Answer::Holds);
  }
  return out;
}

}  // namespace

TEST_CASE("without alignment results are committed more than once after crashes, and none is lost (BA-18)") {
  std::uint64_t repeated = 0;
  std::uint64_t restarts = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const Run aligned = run(engine::CheckpointingMode::ExactlyOnce, seed);
    const Run counted = run(engine::CheckpointingMode::AtLeastOnce, seed);
    CHECK(aligned.results == 300);
    CHECK(counted.results >= 300);
    repeated += counted.results - 300;
    restarts += counted.restarts;
  }
  CHECK(restarts > 10);
  CHECK(repeated > 0);
}

}  // namespace weir::scenarios
