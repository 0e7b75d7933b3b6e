#pragma once

// What two checkpoints differ in: operators, states, and what is under the keys. Where state lies — files and their
// form, subtasks, parallelism — makes no difference.

#include <cstdint>
#include <string>
#include <vector>

#include "weir/engine/snapshot_reader.h"

namespace weir::reports {

enum class Side : std::uint8_t { Both, First, Second };  // which of the two has it

struct EntryChange {
  Side side = Side::Both;  // Both: another value
  std::string key;
  std::string name_space;
  std::string first;  // values; empty where there is none
  std::string second;
};

struct StateDiff {
  std::string op;
  std::string state;
  std::string form;
  Side side = Side::Both;
  std::string schemas;  // "i64 and i32", when they differ
  std::uint64_t only_first = 0, only_second = 0, changed = 0, equal = 0;
  std::vector<EntryChange> shown;  // the first ones, in the order of keys
  bool same() const { return side == Side::Both && schemas.empty() && only_first + only_second + changed == 0; }
};

struct CheckpointDiff {
  std::vector<std::string> only_first, only_second;  // operators that have state in one only
  std::vector<StateDiff> states;                     // of operators in both, by operator
  bool same() const;
};

inline constexpr std::size_t kMostChangesShown = 20;  // of one state

CheckpointDiff compare_checkpoints(const engine::SnapshotContent& first, const engine::SnapshotContent& second);

}  // namespace weir::reports
