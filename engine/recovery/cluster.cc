#include "recovery/cluster.h"

#include <algorithm>

#include "weir/engine/assert.h"

namespace weir::engine {

bool Cluster::add(ProcessId process, std::uint16_t slots, std::uint32_t incarnation) {
  const auto [at, fresh] = members_.try_emplace(process, Member{incarnation, slots, true});
  Member& member = at->second;
  if (fresh || incarnation < member.incarnation) return false;
  const bool ended = incarnation > member.incarnation && member.alive;
  member = Member{incarnation, slots, true};
  return ended;
}

bool Cluster::remove(ProcessId process) {
  const auto at = members_.find(process);
  if (at == members_.end() || !at->second.alive) return false;
  at->second.alive = false;
  return true;
}

std::uint32_t Cluster::slots() const {
  std::uint32_t sum = 0;
  for (const auto& [process, member] : members_) sum += member.alive ? member.slots : 0u;
  return sum;
}

std::vector<ProcessId> Cluster::place(const Places& taken, const std::vector<bool>& wanted) const {
  std::vector<ProcessId> owners(wanted.size(), kJobManager);
  std::map<ProcessId, std::uint32_t> used;
  for (std::size_t i = 0; i < taken.size(); ++i) {
    if (!taken[i]) continue;
    owners[i] = *taken[i];
    ++used[*taken[i]];
  }
  auto member = members_.begin();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!wanted[i] || taken[i]) continue;
    while (member != members_.end() && (!member->second.alive || used[member->first] >= member->second.slots)) ++member;
    WEIR_ASSERT(member != members_.end(), "subtasks are deployed when there are enough slots");
    owners[i] = member->first;
    ++used[member->first];
  }
  return owners;
}

bool Cluster::exists(const SlotAllocation& slot) const {
  const auto member = members_.find(slot.process);
  return member != members_.end() && member->second.alive && member->second.incarnation == slot.incarnation;
}

std::vector<SlotAllocation> Cluster::allocate(const std::vector<bool>& wanted,
                                              const std::vector<SlotAllocation>& previous) const {
  std::vector<SlotAllocation> slots = previous;
  slots.resize(wanted.size());
  Places taken(wanted.size());
  AllocationId last{};
  for (std::size_t i = 0; i < slots.size(); ++i) {
    last = std::max(last, slots[i].id);
    if (exists(slots[i])) taken[i] = slots[i].process;
  }
  const std::vector<ProcessId> owners = place(taken, wanted);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (!wanted[i] || taken[i]) continue;
    slots[i] = {AllocationId{++last.value}, owners[i], members_.at(owners[i]).incarnation};
  }
  return slots;
}

}  // namespace weir::engine
