#pragma once

// One subtask's part of a checkpoint as one file: per operator of its chain, keyed state and operator state lists.

#include <string>
#include <utility>
#include <vector>

#include "weir/engine/status.h"
#include "weir/engine/types.h"

namespace weir::engine {

struct OperatorSnapshot {
  OperatorId id;
  Bytes keyed;  // as PendingStateSnapshot::write made it; empty when the operator is not keyed
  std::vector<std::pair<std::string, std::vector<Bytes>>> lists;  // by name, elements in order (ST-8, ST-9)
  friend bool operator==(const OperatorSnapshot&, const OperatorSnapshot&) = default;
};

struct SubtaskSnapshot {
  std::vector<OperatorSnapshot> operators;
  friend bool operator==(const SubtaskSnapshot&, const SubtaskSnapshot&) = default;
};

Bytes encode(const SubtaskSnapshot& snapshot);
// Corrupt, with what is wrong in the message, unless the bytes are one whole and intact snapshot.
Result<SubtaskSnapshot> decode_subtask_snapshot(BytesView bytes);

}  // namespace weir::engine
