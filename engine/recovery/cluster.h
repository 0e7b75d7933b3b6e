#pragma once

// The TaskManagers that are registered, their lives and their slots.

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "weir/engine/types.h"

namespace weir::engine {

// A slot that the job has, as long as it does (SN-26): a process that comes back has other slots.
struct SlotAllocation {
  AllocationId id;
  ProcessId process;
  std::uint32_t incarnation = 0;
  friend bool operator==(const SlotAllocation&, const SlotAllocation&) = default;
};

using Places = std::vector<std::optional<ProcessId>>;  // by number of the slot: whose it is

class Cluster {
 public:
  // True when the registration proves that an earlier life, which was taken for alive, has ended. A registration of an
  // earlier life than the known one changes nothing.
  bool add(ProcessId process, std::uint16_t slots, std::uint32_t incarnation);
  // A process is dead at this moment. False when it was not known to be alive.
  bool remove(ProcessId process);

  std::uint32_t slots() const;
  // By number the process of each slot that is taken or wanted. Those that are taken stay where they are; the others
  // get the first free ones, over the live TaskManagers in ascending order. REQUIRES: there are enough.
  std::vector<ProcessId> place(const Places& taken, const std::vector<bool>& wanted) const;
  // The same where local state is worth a place: those of `previous` that still exist are kept, in their order, and the
  // others that are wanted get the first free slots, under ids above all of `previous`. What is not wanted stays what
  // it was.
  std::vector<SlotAllocation> allocate(const std::vector<bool>& wanted,
                                       const std::vector<SlotAllocation>& previous) const;
  bool exists(const SlotAllocation& slot) const;

 private:
  struct Member {
    std::uint32_t incarnation = 0;
    std::uint16_t slots = 0;
    bool alive = true;
  };
  std::map<ProcessId, Member> members_;
};

}  // namespace weir::engine
