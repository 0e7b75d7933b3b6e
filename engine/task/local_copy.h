#pragma once

// Writes one subtask's snapshot to the local disk a second time.

#include <string>

#include "state/local_state_store.h"
#include "task/sync_snapshot.h"
#include "weir/engine/environment.h"

namespace weir::engine {

// Everything below `directory`, which is made, is durable afterwards; or the status says what could not be written.
// Tables are hard links to those that the snapshot keeps (NativeSnapshot::linked), the rest is written.
Result<LocalCopy> write_local_copy(LocalDisk& disk, const DefectSet& defects, CheckpointId checkpoint,
                                   const PlacedSnapshot& placed, const std::string& directory);
// Makes a directory and those above it, with durable entries.
Status make_directories(LocalDisk& disk, const std::string& path);

}  // namespace weir::engine
