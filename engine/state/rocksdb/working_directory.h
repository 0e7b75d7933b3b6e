#pragma once

// Where a RocksDB backend keeps its files: "rocksdb/s<subtask>-<operator id>-a<attempt>" on its process's disk.

#include <string>

#include "state/backend_factory.h"

namespace weir::engine {

// Makes the directory, empty and with its entry durable, and returns its path. What earlier attempts of the same
// subtask and operator left on this disk is removed: working state dies with its attempt, but a dying attempt cannot
// clean up. Throws OperatorFailure.
std::string make_working_directory(const BackendRequest& request);

}  // namespace weir::engine
