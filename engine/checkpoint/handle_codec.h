#pragma once

// The handles of one operator of one subtask as bytes, for `_metadata`.

#include "weir/engine/bytes.h"
#include "weir/engine/state_handle.h"

namespace weir::engine {

void write_state(const OperatorSubtaskState& state, ByteWriter& writer);
// Fails the reader for what `write_state` cannot have written; counts are not trusted.
OperatorSubtaskState read_state(ByteReader& reader);

}  // namespace weir::engine
