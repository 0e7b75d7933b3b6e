#pragma once

// What `weir state --json` prints: one object, fields in a fixed order.

#include <string>
#include <vector>

#include "inspect/checkpoint_directory.h"
#include "inspect/state_diff.h"
#include "inspect/state_lookup.h"

namespace weir::reports {

std::string json_checkpoints(const CheckpointDirectory& directory);
struct EntriesAsked {
  std::uint64_t checkpoint;
  std::string op;
  std::string state;
};
std::string json_entries(const EntriesAsked& asked, const std::vector<ShownEntry>& entries);
std::string json_diff(const CheckpointDiff& diff, const std::string& first, const std::string& second);

}  // namespace weir::reports
