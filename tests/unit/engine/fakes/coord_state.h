#pragma once

// States of subtasks as the coordinator sees them: handles, no bytes.

#include <string>
#include <utility>

#include "weir/engine/hash.h"
#include "weir/engine/state_handle.h"

namespace weir::engine::coord_test {

// Keyed state of all key groups in one file.
inline OperatorSubtaskState keyed_file(std::string path, std::uint64_t size) {
  OperatorSubtaskState state;
  state.managed_keyed.push_back({{KeyGroup{0}, KeyGroup{127}}, {std::move(path), {}, size}});
  return state;
}

// The same as what a subtask of one operator acknowledges.
inline SubtaskState acked(const std::string& uid, std::string path, std::uint64_t size) {
  return {{{OperatorId{hash_bytes(uid)}, keyed_file(std::move(path), size)}}};
}

}  // namespace weir::engine::coord_test
