#pragma once

// What lies in checkpoints, and what they differ in, for people.

#include <string>
#include <vector>

#include "inspect/checkpoint_directory.h"
#include "inspect/state_diff.h"
#include "inspect/state_lookup.h"
#include "text/paint.h"

namespace weir::reports {

// Every checkpoint with its operators, states and files.
std::string checkpoints_text(const CheckpointDirectory& directory, const Paint& paint);
// One line an entry; a single value alone is nothing but itself.
std::string entries_text(const std::vector<ShownEntry>& entries, bool with_keys);
// `first` and `second` are how the two checkpoints are called.
std::string diff_text(const CheckpointDiff& diff, const std::string& first, const std::string& second,
                      const Paint& paint);

}  // namespace weir::reports
