#include <charconv>

#include "weir/sim/simulation.h"

namespace weir::sim {

namespace {

constexpr std::string_view kJobManagerName = "jobmanager";
constexpr std::string_view kStandbyName = "jobmanager-2";
constexpr std::string_view kTaskManagerPrefix = "tm-";

std::optional<ActorId> task_manager_named(std::string_view name) {
  if (name.substr(0, kTaskManagerPrefix.size()) != kTaskManagerPrefix) return std::nullopt;
  const std::string_view digits = name.substr(kTaskManagerPrefix.size());
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  if (number == 0 || number >= engine::kFirstSubtaskActor) return std::nullopt;
  return ActorId{number};
}

}  // namespace

std::string actor_name(const engine::ExecutionGraph& graph, ActorId actor) {
  if (actor == engine::actor_of(engine::kJobManager)) return std::string(kJobManagerName);
  if (actor == engine::actor_of(engine::kStandbyJobManager)) return std::string(kStandbyName);
  if (actor == engine::kHaStoreActor) return "ha-store";
  if (actor == engine::kLogBrokerActor) return "log";
  if (actor == engine::kStorageActor) return "storage";
  if (actor == engine::kWorldActor) return "world";
  if (!engine::is_subtask(actor)) return std::string(kTaskManagerPrefix) + std::to_string(actor.value);
  const engine::SubtaskId subtask = engine::subtask_of(actor);
  if (subtask.value < graph.subtasks().size()) return graph.subtask(subtask).name;
  return "subtask-" + std::to_string(subtask.value);
}

std::optional<ActorId> actor_named(const engine::ExecutionGraph& graph, std::string_view name) {
  if (name == kJobManagerName) return engine::actor_of(engine::kJobManager);
  if (name == kStandbyName) return engine::actor_of(engine::kStandbyJobManager);
  if (name == "ha-store") return engine::kHaStoreActor;
  if (name == "log") return engine::kLogBrokerActor;
  if (name == "storage") return engine::kStorageActor;
  if (name == "world") return engine::kWorldActor;
  if (const auto task_manager = task_manager_named(name)) return task_manager;
  if (const auto subtask = graph.subtask_named(name)) return engine::actor_of(*subtask);
  return std::nullopt;
}

}  // namespace weir::sim
