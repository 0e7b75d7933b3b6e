#pragma once

// The heap backend: typed tables in memory, full copy-on-write snapshots whose sync part copies nothing (SN-7).

#include <memory>

#include "weir/engine/defects.h"
#include "weir/engine/keyed_backend.h"

namespace weir::engine {

// Without a clock time stands still: nothing that has a time to live expires.
std::unique_ptr<KeyedStateBackend> make_heap_backend(KeyGroupRange range, const Clock* clock = nullptr,
                                                     const DefectSet& defects = {}, bool with_changelog = false);

}  // namespace weir::engine
