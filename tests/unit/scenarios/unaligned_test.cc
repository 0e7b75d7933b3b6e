// Aligned and unaligned checkpoints side by side under growing back-pressure (BP-3).

#include <catch2/catch.hpp>
#include <map>
#include <memory>

#include "small_storm.h"
#include "weir/engine/processes.h"
#include "weir/properties/property.h"
#include "weir/scenarios/job_catalogue.h"

namespace weir::scenarios {
namespace {

using engine::EventKind;

struct Run {
  std::int64_t mean_duration = 0;  // ns, from trigger to completion
  std::uint64_t in_flight = 0;     // records, over all checkpoints
};

// Each record takes so long behind the shuffle, and a tenth of 1 ms at the source.
Run run(bool unaligned, engine::Duration record_cost) {
  Scenario scenario = test::small_storm();
  scenario.base.job.name = "running-aggregate";
  scenario.base.job.records = 600;
  scenario.base.options.checkpoint.unaligned = unaligned;
  scenario.base.options.checkpoint.interval = engine::Duration{40'000'000};
  scenario.base.options.checkpoint.timeout = engine::Duration{60'000'000'000};
  scenario.base.options.cost.source_record = engine::Duration{100'000};
  scenario.base.options.cost.record = record_cost;
  scenario.profile = {};
  auto job = JobCatalogue::built_in().resolve(scenario.base.job);
  REQUIRE(job.ok());
  const RunSpec spec = spec_for_seed(scenario, *job.value().graph, 1);
  const engine::JobSetup setup{job.value().graph, spec.options};
  sim::Simulation simulation;
  simulation.run({setup, job.value().workload, spec.defects, spec.world}, nullptr);
  Run out;
  std::map<std::uint64_t, std::int64_t> triggered;
  std::int64_t completed = 0;
  for (const sim::TraceEvent& event : simulation.trace().events()) {
    if (event.kind == sim::TraceKind(EventKind::CheckpointTriggered)) triggered[event.a] = event.time;
    if (event.kind == sim::TraceKind(EventKind::InFlightCaptured)) out.in_flight += engine::ChannelCut::count(event.b);
    if (event.kind != sim::TraceKind(EventKind::CheckpointCompleted)) continue;
    out.mean_duration += event.time - triggered[event.a];
    ++completed;
  }
  REQUIRE(completed > 1);
  out.mean_duration /= completed;
  return out;
}

}  // namespace

TEST_CASE("with growing back-pressure an aligned checkpoint takes longer and an unaligned one does not (BP-3)") {
  const Run aligned_light = run(false, engine::Duration{50'000});
  const Run aligned_heavy = run(false, engine::Duration{1'600'000});
  const Run unaligned_light = run(true, engine::Duration{50'000});
  const Run unaligned_heavy = run(true, engine::Duration{1'600'000});
  CHECK(aligned_heavy.mean_duration > 10 * aligned_light.mean_duration);
  CHECK(unaligned_heavy.mean_duration < aligned_heavy.mean_duration / 5);
  CHECK(unaligned_heavy.in_flight > 10 * (unaligned_light.in_flight + 1));
  CHECK(aligned_heavy.in_flight == 0);
}

}  // namespace weir::scenarios
