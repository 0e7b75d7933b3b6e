#pragma once

// What the user of the job does during a run, in the words of a scenario, and how the job that follows differs.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weir/engine/processes.h"
#include "weir/engine/status.h"
#include "weir/sim/action.h"

namespace weir::scenarios {

enum class ActionKind : std::uint8_t {
  Savepoint,  // take one; the job goes on
  Stop,       // with a savepoint, for good
  Cancel,     // without one, for good
  Restore,    // cancel, then start the job again from what was completed last
  Rescale,    // stop with a savepoint, start again with another parallelism
  Upgrade,    // stop with a savepoint, start another version of the job
};
std::string_view name(ActionKind kind);  // "savepoint"
bool starts_next(ActionKind kind);

struct ActionSpec {
  ActionKind kind = ActionKind::Savepoint;
  engine::SavepointFormat format = engine::SavepointFormat::Canonical;  // of the savepoint
  bool drain = false;                                                   // Stop
  sim::StageOrigin from = sim::StageOrigin::Checkpoint;                 // Restore
  engine::ClaimMode claim = engine::ClaimMode::NoClaim;                 // of what the next job starts from
  bool allow_non_restored_state = false;
  // Keys of keys.h that have another value in the next job, in order; everything else stays as it was.
  std::vector<std::pair<std::string, std::string>> changes;
  sim::Trigger trigger;
  friend bool operator==(const ActionSpec&, const ActionSpec&) = default;
};

// One line that `parse_action` takes back, defaults left out:
//   savepoint(format=native) at 300ms
//   rescale(claim=claim, set.job.parallelism=4) when checkpoint-completed occurrence=3
std::string to_text(const ActionSpec& action);
engine::Result<ActionSpec> parse_action(std::string_view text);
// Why the action cannot be; empty: it can. Which keys a further job may change: those of the job that do not make its
// input, and those of how it runs.
std::string problem_of(const ActionSpec& action);
bool may_change(std::string_view key);

}  // namespace weir::scenarios
