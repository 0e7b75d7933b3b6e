#include "model/trigger_reader.h"

#include <limits>

#include "model/suggest.h"
#include "weir/sim/simulation.h"

namespace weir::scenarios {
namespace {

constexpr std::uint64_t kAny32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t kAny64 = std::numeric_limits<std::int64_t>::max();

std::string unknown_actor(std::string_view name, const FaultTargets& targets) {
  std::vector<std::string> processes{"jobmanager"};
  for (int i = 1; i <= targets.task_managers; ++i) processes.push_back("tm-" + std::to_string(i));
  std::vector<std::string_view> names(processes.begin(), processes.end());
  for (const auto& subtask : targets.graph->subtasks()) names.push_back(subtask.name);
  return "nothing is called " + in_quotes(name) + " in this run" + suggestion(name, names);
}

bool actor_exists(std::string_view name, const FaultTargets& targets) {
  const auto actor = sim::actor_named(*targets.graph, name);
  if (!actor) return false;
  return actor->value >= engine::kFirstSubtaskActor || actor->value <= targets.task_managers;
}

void read_event(Fields& fields, sim::Trigger& trigger) {
  trigger.at_event = true;
  need(fields, "when.event", "event = \"ack-sent\"");
  if (const auto event = fields.text("when.event")) {
    trigger.event = sim::kind_named(*event);
    if (trigger.event.value == sim::kNoKind) {
      fields.problem("when.event", "no event is called " + in_quotes(*event) +
                                       meant_or(*event, sim::event_names(), "; `weir list` names them all"));
    }
  }
  trigger.actor = fields.text("when.actor").value_or("");
  trigger.checkpoint = {fields.integer("when.checkpoint", 1, kAny64).value_or(0)};
  trigger.occurrence = static_cast<std::uint32_t>(fields.integer("when.occurrence", 1, kAny32).value_or(1));
}

}  // namespace

std::string meant_or(std::string_view name, const std::vector<std::string_view>& known, const std::string& otherwise) {
  const std::string meant = suggestion(name, known);
  return meant.empty() ? otherwise : meant;
}

void need(Fields& fields, std::string_view key, std::string_view example) {
  if (!fields.has(key)) fields.problem(key, "is missing; e.g. " + std::string(example));
}

void read_trigger(Fields& fields, sim::Trigger& trigger) {
  if (fields.has("at") == fields.has("when")) {
    return fields.problem("at", "say when it strikes: either at = \"350ms\" or when = { event = \"ack-sent\" }");
  }
  if (fields.has("at")) {
    trigger.time = engine::Time{fields.duration("at").value_or(engine::Duration{})};
  } else {
    read_event(fields, trigger);
  }
}

std::optional<FaultProblem> check_trigger(const sim::Trigger& trigger, const FaultTargets& targets) {
  if (!trigger.at_event || targets.graph == nullptr) return std::nullopt;
  if (trigger.checkpoint != engine::kNoCheckpoint && !sim::info(trigger.event).has_checkpoint) {
    return FaultProblem{"when.checkpoint", "event '" + std::string(sim::info(trigger.event).name) +
                                               "' is not about a checkpoint; remove it"};
  }
  if (!trigger.actor.empty() && !actor_exists(trigger.actor, targets)) {
    return FaultProblem{"when.actor", unknown_actor(trigger.actor, targets)};
  }
  return std::nullopt;
}

}  // namespace weir::scenarios
