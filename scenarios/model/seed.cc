#include <utility>

#include "weir/scenarios/scenario.h"
#include "weir/sim/random.h"

namespace weir::scenarios {
namespace {

constexpr engine::Duration kAway{10'000'000};

sim::Fault crash_of(std::uint16_t task_manager, engine::Time at) {
  sim::Fault crash;
  crash.task_manager = task_manager;
  crash.duration = kAway;
  crash.trigger.time = at;
  return crash;
}

// For a given number, times that are independent and uniform are those of failures that happen at a constant rate.
void add_crashes(const Scenario& scenario, RunSpec& spec) {
  const std::int64_t every = scenario.mean_time_between_crashes.count();
  if (every == 0) return;
  const std::int64_t storm = spec.world.storm.count();
  sim::RandomStream random(spec.world.seed, "scenario/crashes");
  for (std::int64_t n = storm / every; n > 0; --n) {
    const auto at = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(storm)));
    const std::uint64_t which = random.below(spec.options.cluster.task_managers);
    spec.world.faults.push_back(crash_of(static_cast<std::uint16_t>(which + 1), engine::Time{engine::Duration{at}}));
  }
}

}  // namespace

RunSpec spec_for_seed(const Scenario& scenario, const engine::ExecutionGraph& graph, std::uint64_t seed) {
  RunSpec spec = scenario.base;
  spec.scenario = scenario.name;
  spec.world.seed = seed;
  spec.world.faults = scenario.explicit_faults;
  add_crashes(scenario, spec);
  sim::FaultPlan drawn = sim::draw_plan(scenario.profile, graph, spec.options, spec.world);
  for (sim::Fault& fault : drawn) spec.world.faults.push_back(std::move(fault));
  return spec;
}

}  // namespace weir::scenarios
