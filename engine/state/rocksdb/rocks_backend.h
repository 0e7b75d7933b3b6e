#pragma once

// The RocksDB backend: real RocksDB as cells of bytes, on the simulated disk of its process.

#include "state/backend_factory.h"

namespace weir::engine {

Backend make_rocks_backend(const BackendRequest& request);

}  // namespace weir::engine
