#pragma once

// The local copies of one subtask's snapshots, while its slot is allocated to it: which there are, and which may be
// used (SN-25, SN-26). Decides only; what it lets go is the caller's to remove from the disk.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "weir/engine/defects.h"
#include "weir/engine/state_handle.h"

namespace weir::engine {

// What a file of the local disk has to be to count.
struct LocalSeal {
  std::uint64_t size = 0;
  std::uint64_t hash = 0;
  friend bool operator==(const LocalSeal&, const LocalSeal&) = default;
};

struct LocalCopy {
  CheckpointId checkpoint;
  SubtaskState state;                        // as it was acknowledged, and no placeholders in it
  std::map<std::string, std::string> files;  // of every file of `state`: its path in checkpoint storage, and here
  std::map<std::string, LocalSeal> seals;    // by path here
};

class LocalStateStore {
 public:
  explicit LocalStateStore(const DefectSet& defects) : defects_(defects) {}

  using Pruned = std::vector<CheckpointId>;  // whose files are to be removed

  // False: it comes after disposal, or after a newer one was confirmed, and is discarded.
  bool add(LocalCopy copy);
  Pruned confirm(CheckpointId checkpoint);  // ids below it
  // `completed`: the last completed checkpoint, as the abort tells.
  Pruned abort(CheckpointId checkpoint, CheckpointId completed);
  // Of what is restored now; null: none. Newer copies are of checkpoints that never completed, and older ones will
  // never be restored.
  Pruned keep_only(const LocalCopy* used);
  Pruned dispose();
  bool disposed() const { return disposed_; }

  // Null unless there is a copy of exactly this checkpoint.
  const LocalCopy* find(CheckpointId checkpoint) const;

 private:
  template <class Condition>
  Pruned prune(Condition condition);

  const DefectSet& defects_;
  std::map<CheckpointId, LocalCopy> copies_;
  CheckpointId confirmed_{};
  bool disposed_ = false;
};

// What to restore when `copy` may stand in for `remote`: for each kind of state of an operator the local handle, if
// both sides have one and it is cut in the same way; otherwise the remote one (RS-6).
struct LocalChoice {
  SubtaskState state;
  std::map<std::string, std::string> files;  // those of LocalCopy::files that `state` refers to
  std::uint32_t remote_files = 0;            // others that it refers to
};
LocalChoice choose_remote(SubtaskState remote);
LocalChoice choose_local(const SubtaskState& remote, const LocalCopy& copy, const DefectSet& defects);

}  // namespace weir::engine
