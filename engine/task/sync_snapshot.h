#pragma once

// The sync part of a subtask's snapshot, which fixes what is in it (SN-2), and where its pieces then go.

#include <memory>
#include <string>
#include <vector>

#include "state/in_flight_bytes.h"
#include "state/operator_state_bytes.h"
#include "weir/engine/defects.h"
#include "weir/engine/options.h"
#include "weir/engine/state.h"
#include "weir/engine/state_handle.h"
#include "weir/engine/status.h"

namespace weir::engine {

// Operator state is copied already, keyed state is still to be written.
struct OperatorSyncSnapshot {
  OperatorId id;
  std::size_t position = 0;  // in its chain
  KeyGroupRange range{};
  std::unique_ptr<PendingStateSnapshot> keyed = {};  // null: not keyed
  Bytes raw_keyed = {};
  EncodedOperatorState managed_operator = {};
  EncodedOperatorState raw_operator = {};
  bool empty() const {
    return keyed == nullptr && raw_keyed.empty() && managed_operator.parts.empty() && raw_operator.parts.empty();
  }
};
struct SyncSnapshot {
  std::vector<OperatorSyncSnapshot> operators;  // in chain order; those without state are left out
  OperatorId head{};                            // whose part what was in flight is
  EncodedInFlight in_flight = {};
};

struct StateFile {
  std::string path;
  Bytes content;
};
struct PlacedSnapshot {
  SubtaskState state;
  std::vector<StateFile> files;  // to be written before `state` may be acknowledged (SN-3)
  // Native snapshots, which have to hear that their files are uploaded, by operator of `state`.
  struct Native {
    std::unique_ptr<PendingStateSnapshot> snapshot;
    std::size_t op;
  };
  std::vector<Native> natives;
};
// To be called between the last write and the acknowledgement.
void tell_uploaded(const std::vector<PlacedSnapshot::Native>& natives, const SubtaskState& state);

// Turns every piece into a handle: in `directory`, or inlined when it is small or when the JobManager keeps checkpoints
// (SH-12, SH-14). Shared files lie in `shared/<directory>`, so that no two uploads ever have one path (SN-14, SN-18).
// Invalid when a piece is larger than the JobManager takes. Keyed state is written here and may throw
// what the user's serializers throw.
Result<PlacedSnapshot> place_snapshot(SyncSnapshot snapshot, const CheckpointOptions& options,
                                      const std::string& directory, const DefectSet& defects = {});

}  // namespace weir::engine
