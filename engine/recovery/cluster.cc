#include "recovery/cluster.h"

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

}  // namespace weir::engine
