#include <utility>

#include "weir/scenarios/scenario.h"

namespace weir::scenarios {

RunSpec spec_for_seed(const Scenario& scenario, const engine::ExecutionGraph& graph, std::uint64_t seed) {
  RunSpec spec = scenario.base;
  spec.scenario = scenario.name;
  spec.world.seed = seed;
  spec.world.faults = scenario.explicit_faults;
  sim::FaultPlan drawn = sim::draw_plan(scenario.profile, graph, spec.options, spec.world);
  for (sim::Fault& fault : drawn) spec.world.faults.push_back(std::move(fault));
  return spec;
}

}  // namespace weir::scenarios
