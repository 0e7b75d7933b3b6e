#pragma once

// A disk outside of any run, in memory: for who must lay files before something that reads them from a disk.

#include <memory>

#include "weir/engine/environment.h"

namespace weir::sim {

std::unique_ptr<engine::LocalDisk> make_scratch_disk();  // empty

}  // namespace weir::sim
