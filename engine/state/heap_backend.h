#pragma once

// The heap backend: typed tables in memory, full snapshots whose sync part copies (SN-2).

#include <memory>

#include "weir/engine/state.h"

namespace weir::engine {

std::unique_ptr<KeyedStateBackend> make_heap_backend(KeyGroupRange range);

}  // namespace weir::engine
