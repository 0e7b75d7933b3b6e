#pragma once

// Finds what was asked for by name in a checkpoint; what is not there is a message with what was meant.

#include <string>
#include <vector>

#include "weir/engine/snapshot_reader.h"

namespace weir::reports {

// An entry as text.
struct ShownEntry {
  std::string key;
  std::string name_space;  // empty: none
  std::string value;
  std::uint32_t subtask = 0;
};

// How an operator is called: by its uid, or by its id in sixteen hex digits when it has none.
std::string operator_name(const engine::SnapshotOperator& op);

// By uid or id.
engine::Result<const engine::SnapshotOperator*> find_operator(const engine::SnapshotContent& content,
                                                              const std::string& name);
engine::Result<const engine::SnapshotState*> find_state(const engine::SnapshotOperator& op, const std::string& name);

// The entries under that key, in snapshot order; empty: there is none. Without a key all of them.
engine::Result<std::vector<ShownEntry>> find_entries(const engine::SnapshotState& state, const std::string* key);

}  // namespace weir::reports
