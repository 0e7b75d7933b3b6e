#pragma once

// `at` and `when` of a fault or an action, checked against the job they are about.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/fields.h"
#include "weir/engine/job_graph.h"
#include "weir/sim/fault.h"

namespace weir::scenarios {

// What a fault may aim at.
struct FaultTargets {
  const engine::ExecutionGraph* graph = nullptr;  // null: the job is not known, names are not checked
  std::uint16_t task_managers = 1;
  engine::Duration storm{};
  bool high_availability = false;
};

struct FaultProblem {
  std::string_view key;  // of the scenario file: "channel", "when.actor"
  std::string what;
};

void need(Fields& fields, std::string_view key, std::string_view example);  // a problem when it is missing
void read_trigger(Fields& fields, sim::Trigger& trigger);
// Why it cannot come, as far as names go.
std::optional<FaultProblem> check_trigger(const sim::Trigger& trigger, const FaultTargets& targets);

// A suggestion, or what else helps when nothing is near.
std::string meant_or(std::string_view name, const std::vector<std::string_view>& known, const std::string& otherwise);

}  // namespace weir::scenarios
