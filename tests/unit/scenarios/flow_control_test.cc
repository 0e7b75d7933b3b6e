// What floating credits, debloating and the buffer timeout change in whole runs (BP-1, BP-6, BP-7).

#include <catch2/catch.hpp>
#include <map>

#include "small_storm.h"
#include "weir/engine/processes.h"
#include "weir/scenarios/job_catalogue.h"

namespace weir::scenarios {
namespace {

using namespace std::chrono_literals;
using engine::EventKind;

struct Run {
  std::int64_t finished = 0;       // ns
  std::int64_t mean_duration = 0;  // of a checkpoint, ns
  std::uint64_t records = 0;
  std::uint64_t segments = 0;
  std::uint64_t bytes = 0;
  std::uint64_t sizes_announced = 0;
};

Scenario calm(const std::string& job, std::uint64_t records) {
  Scenario scenario = test::small_storm();
  scenario.base.job.name = job;
  scenario.base.job.records = records;
  scenario.base.options.checkpoint.timeout = 60s;
  scenario.base.world.drain = 120s;
  scenario.profile = {};
  return scenario;
}

Run run(Scenario scenario) {
  auto job = JobCatalogue::built_in().resolve(scenario.base.job);
  REQUIRE(job.ok());
  const RunSpec spec = spec_for_seed(scenario, *job.value().graph, 1);
  const engine::JobSetup setup{job.value().graph, spec.options};
  sim::Simulation simulation;
  const sim::RunOutcome outcome = simulation.run({setup, job.value().workload, spec.defects, spec.world}, nullptr);
  REQUIRE(outcome.end == sim::RunEnd::JobFinished);
  Run out;
  std::map<std::uint64_t, std::int64_t> triggered;
  std::int64_t completed = 0;
  for (const sim::TraceEvent& event : simulation.trace().events()) {
    out.finished = event.time;
    if (event.kind == sim::TraceKind(EventKind::CheckpointTriggered)) triggered[event.a] = event.time;
    if (event.kind == sim::TraceKind(EventKind::SegmentSizeAnnounced)) ++out.sizes_announced;
    if (event.kind == sim::TraceKind(EventKind::SegmentSent)) {
      out.records += event.a;
      out.bytes += event.b;
      ++out.segments;
    }
    if (event.kind != sim::TraceKind(EventKind::CheckpointCompleted)) continue;
    out.mean_duration += event.time - triggered[event.a];
    ++completed;
  }
  REQUIRE(completed > 0);
  out.mean_duration /= completed;
  return out;
}

}  // namespace

TEST_CASE("a channel that all records go to is faster with the floating credits of its gate (BP-1)") {
  Scenario scenario = calm("running-aggregate", 1'000);
  scenario.base.job.keys = 1;
  scenario.base.options.cost.source_record = 1us;
  scenario.base.options.network.credits_per_channel = 1;
  scenario.base.world.data = {5ms, 5ms};  // what bounds the throughput is credit by round trip
  const Run exclusive = run(scenario);
  scenario.base.options.network.floating_credits_per_gate = 8;
  const Run floating = run(scenario);
  CHECK(floating.records == exclusive.records);
  CHECK(floating.finished < exclusive.finished / 2);
}

TEST_CASE("with debloating an aligned checkpoint under back-pressure is faster, since less is in flight (BP-6)") {
  Scenario scenario = calm("running-aggregate", 4'000);
  scenario.base.options.checkpoint.interval = 400ms;
  scenario.base.options.cost.source_record = 10us;
  scenario.base.options.cost.record = 1ms;
  scenario.base.options.network.records_per_segment = 64;
  engine::DebloatOptions& debloat = scenario.base.options.network.debloat;
  debloat.target = 50ms;
  debloat.period = 20ms;
  debloat.samples = 3;
  debloat.min_segment_size = 32;
  const Run bloated = run(scenario);
  CHECK(bloated.sizes_announced == 0);
  debloat.enabled = true;
  const Run debloated = run(scenario);
  CHECK(debloated.sizes_announced > 0);
  CHECK(debloated.records == bloated.records);
  CHECK(debloated.bytes / debloated.segments < bloated.bytes / bloated.segments / 2);
  CHECK(debloated.mean_duration < bloated.mean_duration / 3);
}

TEST_CASE("without much to do, segments wait for more as long as the buffer timeout says (BP-7)") {
  Scenario scenario = calm("keyed-count", 600);
  scenario.base.options.checkpoint.interval = 1s;
  scenario.base.options.network.records_per_segment = 32;
  scenario.base.options.cost.source_record = 500us;
  const auto records_a_segment = [&](engine::Duration timeout) {
    scenario.base.options.network.buffer_timeout = timeout;
    const Run ran = run(scenario);
    return ran.records * 10 / ran.segments;  // tenths
  };
  const std::uint64_t none = records_a_segment(0ms);
  const std::uint64_t shorter = records_a_segment(1ms);
  const std::uint64_t longer = records_a_segment(100ms);
  CHECK(shorter < longer);
  CHECK(none < longer);
}

}  // namespace weir::scenarios
