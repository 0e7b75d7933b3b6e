#include "fault_matrix/ground.h"

namespace weir::scenarios {
namespace {

using engine::EventKind;

sim::Trigger at_event(EventKind event, std::uint32_t occurrence) {
  sim::Trigger trigger;
  trigger.at_event = true;
  trigger.event = event;
  trigger.occurrence = occurrence;
  return trigger;
}

// In the middle, so that there is something to restore.
sim::Fault failure() {
  sim::Fault fault;
  fault.kind = sim::FaultKind::Crash;
  fault.task_manager = 2;
  fault.duration = engine::Duration{50'000'000};
  fault.trigger = at_event(EventKind::CheckpointCompleted, 3);
  return fault;
}

// While a checkpoint is pending (SP-10).
ActionSpec stop(bool drain) {
  ActionSpec action;
  action.kind = drain ? ActionKind::Stop : ActionKind::Upgrade;
  action.drain = drain;
  action.trigger = at_event(EventKind::CheckpointTriggered, 4);
  return action;
}

}  // namespace

std::string why_no_ground(const Scenario& scenario) {
  if (!scenario.explicit_faults.empty() ||
      scenario.profile != sim::FaultProfile{.max_faults = scenario.profile.max_faults})
    return "the matrix puts its own faults into it; remove [faults] and [[fault]]";
  if (!scenario.base.actions.empty()) return "the matrix puts its own actions into it; remove [[action]]";
  if (scenario.base.options.cluster.task_managers < 2)
    return "both TaskManagers of the matrix must exist; there is one";
  return {};
}

RunSpec spec_of(const Scenario& scenario, const engine::ExecutionGraph& graph, Ground ground, std::uint64_t seed) {
  RunSpec spec = spec_for_seed(scenario, graph, seed);
  switch (ground) {
    case Ground::Running:
      break;
    case Ground::Recovering:
      spec.world.faults.push_back(failure());
      break;
    case Ground::Stopping:
    case Ground::Draining:
      spec.actions.push_back(stop(ground == Ground::Draining));
      break;
  }
  return spec;
}

}  // namespace weir::scenarios
