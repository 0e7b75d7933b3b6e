#include "draw/lanes.h"

#include <algorithm>
#include <iterator>
#include <string_view>
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

std::string_view vertex_of(std::string_view subtask) { return subtask.substr(0, subtask.rfind('/')); }

// Those of the first job in its order. One that only a later job has comes right behind the subtask before it there;
// the first of a vertex behind all of the vertex before.
std::vector<std::string> merged_names(const Jobs& jobs) {
  std::vector<std::string> names;
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    auto next = names.begin();
    for (const engine::SubtaskInfo& subtask : jobs[job].subtasks()) {
      auto at = std::find(names.begin(), names.end(), subtask.name);
      if (at == names.end()) {
        const auto same = [&] { return vertex_of(*next) == vertex_of(*std::prev(next)); };
        while (subtask.index == 0 && next != names.begin() && next != names.end() && same()) ++next;
        at = names.insert(next, subtask.name);
      }
      next = std::next(at);
    }
  }
  return names;
}

}  // namespace

Lanes::Lanes(Jobs jobs) : jobs_(std::move(jobs)), next_x_(kGutter) {
  add("world", kWorldWidth);
  add("jobmanager", kCoordinatorWidth);
  for (std::string& name : merged_names(jobs_)) {
    const int width = std::max(kSubtaskWidth, kCharacter * static_cast<int>(columns(name)) + 20);
    add(std::move(name), width);
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
  return engine::is_job_manager(actor) ? kCoordinator : kWorld;
}

}  // namespace weir::reports
