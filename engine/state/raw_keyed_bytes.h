#pragma once

// Raw keyed state as bytes: what an operator wrote for each key group, in key-group order, with the size of each in
// front, so that a rescaled subtask takes its groups and nothing else (ST-11, RS-5).
//
//   seal | varint first group | varint last group | per group: varint size | the groups back to back | checksum

#include <vector>

#include "weir/engine/operator_state.h"
#include "weir/engine/status.h"

namespace weir::engine {

// `groups` ascend and lie in `range`. Empty when there are none.
Bytes encode_raw_groups(KeyGroupRange range, const std::vector<RawState::Group>& groups);
// Adds the groups in `wanted` that hold anything. Corrupt, with what is wrong in the message, and nothing is added,
// unless the bytes are one whole and intact piece.
Status read_raw_groups(BytesView bytes, KeyGroupRange wanted, std::vector<RawState::Group>& groups);

}  // namespace weir::engine
