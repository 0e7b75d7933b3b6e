#pragma once

// Operator state as bytes, and back. What a snapshot writes knows where each element starts, so that a rescaled subtask
// reads its elements out of the files of others (SN-11, RS-8).
//
//   seal | elements back to back, each sized; an element of broadcast state is the whole map | checksum
//   Offsets count from behind the seal.

#include <vector>

#include "weir/engine/operator_state.h"
#include "weir/engine/state_handle.h"
#include "weir/engine/status.h"

namespace weir::engine {

struct EncodedOperatorState {
  std::vector<OperatorStatePart> parts;
  Bytes bytes;  // empty when there are no parts
};

// A deep copy: what the operator does to its lists afterwards is not in it (SN-11). Empty lists are left out; broadcast
// state is not, since a copy counts as reported also when it is empty (RS-10).
EncodedOperatorState encode_operator_state(const OperatorStateStore& store);
EncodedOperatorState encode_raw_partitions(const std::vector<Bytes>& partitions);

// Adds the elements that `parts` names, in their order. Corrupt or Invalid, with what is wrong in the message: nothing
// may be used then.
Status read_operator_state(BytesView bytes, const std::vector<OperatorStatePart>& parts, OperatorStateStore& store);
Status read_raw_partitions(BytesView bytes, const std::vector<OperatorStatePart>& parts,
                           std::vector<Bytes>& partitions);

}  // namespace weir::engine
