#include "draw/lanes.h"

#include <algorithm>
#include <utility>

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

Lanes::Lanes(Jobs jobs) : jobs_(std::move(jobs)), next_x_(kGutter) {
  add("world", kWorldWidth);
  add("jobmanager", kCoordinatorWidth);
  for (std::size_t job = 0; job < jobs_.size(); ++job) {
    for (const engine::SubtaskInfo& subtask : jobs_[job].subtasks()) {
      if (named(subtask.name) != lanes_.size()) continue;
      add(subtask.name, std::max(kSubtaskWidth, kCharacter * static_cast<int>(columns(subtask.name)) + 20));
    }
  }
  add("log", kLogWidth);
  enter(0);
}

void Lanes::enter(std::size_t job) {
  job_ = job;
  of_subtask_.clear();
  for (const engine::SubtaskInfo& subtask : jobs_[job].subtasks()) of_subtask_.push_back(named(subtask.name));
}

// One past the last: there is none.
std::size_t Lanes::named(const std::string& name) const {
  const auto found = std::find_if(lanes_.begin(), lanes_.end(), [&](const Lane& lane) { return lane.name == name; });
  return static_cast<std::size_t>(found - lanes_.begin());
}

void Lanes::add(std::string name, int width) {
  lanes_.push_back({std::move(name), next_x_, width});
  next_x_ += width;
}

std::size_t Lanes::of(engine::ActorId actor) const {
  if (engine::is_subtask(actor)) return of(engine::subtask_of(actor));
  if (actor == engine::kLogBrokerActor) return log();
  return actor == engine::actor_of(engine::kJobManager) ? kCoordinator : kWorld;
}

}  // namespace weir::reports
