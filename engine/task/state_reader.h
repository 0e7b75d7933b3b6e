#pragma once

// Brings the handles that an operator was given back to life.

#include "weir/engine/environment.h"
#include "weir/engine/operator_state.h"
#include "weir/engine/state.h"
#include "weir/engine/state_handle.h"

namespace weir::engine {

struct RestoredInto {
  KeyedStateBackend* keyed;  // null when the operator is not keyed
  OperatorStateStore& lists;
  RawState& raw;
  CheckpointId base = kNoCheckpoint;  // whose shared files later snapshots may use again (SN-16)
};

// Adds everything that `state` refers to; several handles after a rescale (RS-4). The status names the piece that
// cannot be read, and the attempt must not start then.
Status read_operator(const RestoreFiles& files, const OperatorSubtaskState& state, const RestoredInto& into);

}  // namespace weir::engine
