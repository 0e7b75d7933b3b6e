#include <algorithm>
#include <utility>

#include "recovery/scheduler.h"

// Where the scheduler places subtasks: all of one index share a slot, and where one of them runs, or with local
// recovery where their slot still exists, the others join it.

namespace weir::engine {
namespace {

void add_indices(const ExecutionGraph& graph, const std::vector<SubtaskId>& subtasks, std::vector<bool>& wanted) {
  for (const SubtaskId subtask : subtasks) wanted[graph.subtask(subtask).index] = true;
}

std::uint32_t missing(const std::vector<bool>& wanted, const Places& taken) {
  std::uint32_t count = 0;
  for (std::size_t index = 0; index < wanted.size(); ++index) count += wanted[index] && !taken[index] ? 1u : 0u;
  return count;
}

}  // namespace

Places Scheduler::places_taken() const {
  Places taken(graph_.slots_needed());
  if (options_.local_recovery) {
    for (std::size_t index = 0; index < slots_.size(); ++index) {
      if (cluster_.exists(slots_[index])) taken[index] = slots_[index].process;
    }
    return taken;
  }
  for (const SubtaskInfo& subtask : graph_.subtasks()) {
    if (!over(subtask.id)) taken[subtask.index] = processes_[subtask.id.value];
  }
  return taken;
}

// The job starts as a whole; later each region that waits for slots is deployed as soon as there are enough for it.
std::vector<RegionId> Scheduler::deployable() const {
  if (is_terminal(state_) || state_ == JobState::Canceling) return {};
  if (state_ == JobState::Created) {
    return cluster_.slots() >= graph_.slots_needed() ? regions_.all() : std::vector<RegionId>();
  }
  std::vector<RegionId> ready;
  for (const RegionId region : regions_.all()) {
    if (waits_[region.value].waiting == Waiting::ForSlots) ready.push_back(region);
  }
  if (ready.empty()) return ready;
  const Places taken = places_taken();
  const auto in_use = static_cast<std::uint32_t>(
      std::count_if(taken.begin(), taken.end(), [](const auto& place) { return place.has_value(); }));
  std::vector<bool> wanted(taken.size());
  std::erase_if(ready, [&](RegionId region) {
    std::vector<bool> with = wanted;
    add_indices(graph_, regions_.members(region), with);
    if (in_use + missing(with, taken) > cluster_.slots()) return true;
    wanted = std::move(with);
    return false;
  });
  return ready;
}

void Scheduler::place_subtasks(const std::vector<RegionId>& regions) {
  std::vector<bool> wanted(graph_.slots_needed());
  for (const RegionId region : regions) add_indices(graph_, regions_.members(region), wanted);
  const std::vector<ProcessId> owners =
      options_.local_recovery ? place_in_slots(wanted) : cluster_.place(places_taken(), wanted);
  for (const RegionId region : regions) {
    for (const SubtaskId subtask : regions_.members(region)) {
      processes_[subtask.value] = owners[graph_.subtask(subtask).index];
    }
  }
}

std::vector<ProcessId> Scheduler::place_in_slots(const std::vector<bool>& wanted) {
  const std::vector<SlotAllocation> before = std::exchange(slots_, cluster_.allocate(wanted, slots_));
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] != slots_[i]) free(before[i]);
  }
  std::vector<ProcessId> owners;
  for (const SlotAllocation& slot : slots_) owners.push_back(slot.process);
  return owners;
}

void Scheduler::free(const SlotAllocation& slot) { effects_.push(SendToProcess{slot.process, FreeSlot{slot.id}}); }

}  // namespace weir::engine
