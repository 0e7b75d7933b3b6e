#include "draw/lanes.h"

#include <algorithm>

#include "text/escape.h"

namespace weir::reports {
namespace {

constexpr int kGutter = 92;  // for the times
constexpr int kWorldWidth = 168;
constexpr int kCoordinatorWidth = 176;
constexpr int kSubtaskWidth = 98;
constexpr int kLogWidth = 130;
constexpr int kCharacter = 7;  // of a lane's name

}  // namespace

Lanes::Lanes(const engine::ExecutionGraph& graph) : next_x_(kGutter) {
  add("world", kWorldWidth);
  add("jobmanager", kCoordinatorWidth);
  for (const engine::SubtaskInfo& subtask : graph.subtasks()) {
    add(subtask.name, std::max(kSubtaskWidth, kCharacter * static_cast<int>(columns(subtask.name)) + 20));
  }
  add("log", kLogWidth);
}

void Lanes::add(std::string name, int width) {
  lanes_.push_back({std::move(name), next_x_, width});
  next_x_ += width;
}

std::size_t Lanes::of(engine::ActorId actor) const {
  if (engine::is_subtask(actor)) return std::min<std::size_t>(of(engine::subtask_of(actor)), log());
  if (actor == engine::kLogBrokerActor) return log();
  return actor == engine::actor_of(engine::kJobManager) ? kCoordinator : kWorld;
}

}  // namespace weir::reports
