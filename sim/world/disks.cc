#include "world/disks.h"

#include "weir/engine/assert.h"
#include "weir/sim/random.h"

namespace weir::sim {

void SimDisks::reset(std::uint64_t seed, SchedulePolicy policy, std::size_t processes) {
  seed_ = seed;
  policy_ = policy;
  while (disks_.size() < processes) disks_.push_back(std::make_unique<SimDisk>());
  for (const auto& disk : disks_) disk->clear();
}

engine::LocalDisk& SimDisks::of(engine::ProcessId process) {
  WEIR_ASSERT(process.value < disks_.size(), "a disk of nobody");
  return *disks_[process.value];
}

void SimDisks::power_loss(engine::ProcessId process, std::uint32_t incarnation) {
  RandomStream stream(seed_, "disk/power-loss", std::uint64_t{process.value} << 32 | incarnation);
  disks_[process.value]->power_loss([&](std::uint64_t pending) -> std::uint64_t {
    return policy_ == SchedulePolicy::Fifo ? 0 : stream.between(0, pending);
  });
}

}  // namespace weir::sim
