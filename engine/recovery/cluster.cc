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

std::vector<ProcessId> Cluster::slot_owners(std::uint32_t count) const {
  std::vector<ProcessId> owners;
  owners.reserve(count);
  for (const auto& [process, member] : members_) {
    for (std::uint32_t k = 0; member.alive && k < member.slots && owners.size() < count; ++k) owners.push_back(process);
  }
  WEIR_ASSERT(owners.size() == count, "the job is deployed when there are enough slots");
  return owners;
}

bool Cluster::exists(const SlotAllocation& slot) const {
  const auto member = members_.find(slot.process);
  return member != members_.end() && member->second.alive && member->second.incarnation == slot.incarnation;
}

std::vector<SlotAllocation> Cluster::allocate(std::uint32_t count, const std::vector<SlotAllocation>& previous) const {
  std::vector<SlotAllocation> slots(count);
  std::map<ProcessId, std::uint32_t> taken;
  AllocationId last{};
  for (std::uint32_t i = 0; i < previous.size(); ++i) {
    last = std::max(last, previous[i].id);
    if (i >= count || !exists(previous[i])) continue;
    slots[i] = previous[i];
    ++taken[previous[i].process];
  }
  auto next = slots.begin();
  for (const auto& [process, member] : members_) {
    for (std::uint32_t k = taken[process]; member.alive && k < member.slots; ++k) {
      next = std::find_if(next, slots.end(), [](const SlotAllocation& slot) { return slot.id.value == 0; });
      if (next == slots.end()) return slots;
      *next = {AllocationId{++last.value}, process, member.incarnation};
    }
  }
  next = std::find_if(next, slots.end(), [](const SlotAllocation& slot) { return slot.id.value == 0; });
  WEIR_ASSERT(next == slots.end(), "the job is deployed when there are enough slots");
  return slots;
}

}  // namespace weir::engine
