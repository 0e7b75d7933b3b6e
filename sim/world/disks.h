#pragma once

// One disk per process; a crash of the process is a power loss of its disk.

#include <cstdint>
#include <memory>
#include <vector>

#include "weir/engine/environment.h"
#include "weir/sim/simulation.h"
#include "world/disk.h"

namespace weir::sim {

class SimDisks final : public engine::Disks {
 public:
  // All empty.
  void reset(std::uint64_t seed, SchedulePolicy policy, std::size_t processes);
  engine::LocalDisk& of(engine::ProcessId process) override;
  // Of each unsynced part a drawn prefix survives; nothing of it under Fifo, where nothing is drawn.
  void power_loss(engine::ProcessId process, std::uint32_t incarnation);

 private:
  std::uint64_t seed_ = 0;
  SchedulePolicy policy_ = SchedulePolicy::Fifo;
  std::vector<std::unique_ptr<SimDisk>> disks_;  // kept from run to run
};

}  // namespace weir::sim
