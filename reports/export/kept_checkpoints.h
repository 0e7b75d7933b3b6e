#pragma once

// The checkpoints of a finished run on a real disk, laid out as in checkpoint storage (SH-11): chk-<n>/_metadata, state
// files beside it, shared/. Same run, same bytes.

#include <string>
#include <vector>

#include "weir/engine/status.h"
#include "weir/sim/simulation.h"

namespace weir::reports {

// Whether it could work, as far as it can be told before there is a run. An empty name: nothing is to be kept.
engine::Status can_keep_checkpoints(const std::string& directory);
// Replaces the directory as a whole; refuses to replace one that holds anything but checkpoints.
engine::Status keep_checkpoints(const std::string& directory, const std::vector<sim::StoredFile>& files);

}  // namespace weir::reports
