#pragma once

// How the state of one operator is dealt out anew when its parallelism changes, or when it has to be in spite of it not
// changing (RS-4, RS-5, RS-7..RS-11). Handles are cut, no byte is read.

#include <cstdint>
#include <vector>

#include "weir/engine/defects.h"
#include "weir/engine/state_handle.h"
#include "weir/engine/types.h"

namespace weir::engine {

// What of `handles` a subtask with that range has to read: the intersections, in old subtask order (RS-4, RS-5).
std::vector<KeyedStateHandle> intersect(const std::vector<KeyedStateHandle>& handles, KeyGroupRange range,
                                        const DefectSet& defects = {});

// One list of handles for each new subtask. `old` has one for each old subtask; a subtask that reported nothing, for
// example because it was finished, has an empty one.
using HandlesBySubtask = std::vector<std::vector<OperatorStateHandle>>;

// Split lists round-robin with the rotating start, names in ascending order (RS-8); union lists in full (RS-9);
// broadcast state from old subtask i mod reported copies (RS-10).
HandlesBySubtask redistribute(const HandlesBySubtask& old, std::uint32_t parallelism, const DefectSet& defects = {});

// The same when the parallelism stays: untouched (RS-7), but for union lists, which everybody gets in full (RS-9), and
// for broadcast state that some and not all subtasks reported (RS-10).
HandlesBySubtask keep(const HandlesBySubtask& old);

}  // namespace weir::engine
