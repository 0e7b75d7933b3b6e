#include "weir/sim/scratch_disk.h"

#include "world/disk.h"

namespace weir::sim {

std::unique_ptr<engine::LocalDisk> make_scratch_disk() { return std::make_unique<SimDisk>(); }

}  // namespace weir::sim
