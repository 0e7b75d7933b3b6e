#pragma once

// Which shared files the job's checkpoints need (SH-1..SH-10). No reference counts: a file is needed as long as the
// last checkpoint that used it is not older than the oldest retained one. Decides only; its owner deletes.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "checkpoint/completed_checkpoint.h"
#include "weir/engine/defects.h"
#include "weir/engine/state_handle.h"
#include "weir/engine/status.h"

namespace weir::engine {

class SharedStateRegistry {
 public:
  explicit SharedStateRegistry(const DefectSet& defects = {}) : defects_(defects) {}

  // An acknowledgement's shared files, under the checkpoint it is for, whatever becomes of that (CO-23, SH-2).
  // Placeholders are filled in with what is registered (SH-3). Invalid, and nothing of `state` is registered: a
  // placeholder for an unknown file, or a file registered with other properties (SH-1).
  Status register_all(SubtaskState& state, CheckpointId checkpoint);
  // The same of an acknowledgement that cannot count any more. What it refers to may be gone by now, which is no error;
  // what it brought is registered all the same.
  void register_late(SubtaskState& state, CheckpointId checkpoint);
  // The files of a checkpoint that the job starts from or recovers. Those of one it does not own are never deleted
  // (SH-5); one that it does own stays whole as long as files in its own directory are used as shared (SH-8).
  Status register_restored(const CompletedCheckpoint& checkpoint);

  struct Unused {
    std::vector<std::string> files;  // to be deleted, ascending
    std::set<CheckpointId> in_use;   // checkpoints whose directory must not be cleaned yet (SH-8)
  };
  // No checkpoint older than `lowest` is retained: forgets what none of the others uses (SH-4).
  Unused unregister_unused(CheckpointId lowest);
  // The job is over and only `kept` outlive it: forgets everything, and says which of its own files have to go (CO-49).
  std::vector<std::string> unregister_all_but(const std::set<std::string>& kept);

  std::size_t size() const { return entries_.size(); }
  bool knows(const std::string& path) const { return entries_.count(path) != 0; }

 private:
  struct Entry {
    SharedFile file;
    CheckpointId created_by;
    CheckpointId last_used;
    bool prevent_discard;  // lies in the directory of the checkpoint that created it (SH-8)
  };
  Status check(const SharedFile& file) const;
  void add(SharedFile& file, CheckpointId checkpoint, bool prevent_discard);
  bool is_users(const Entry& entry) const;
  template <class Use>
  static Status for_each(std::vector<KeyedStateHandle>& handles, Use use);
  template <class Use>
  static Status for_each(SubtaskState& state, Use use);

  DefectSet defects_;
  std::map<std::string, Entry> entries_;  // by path: the physical identity (SN-18)
  CheckpointId highest_not_claimed_{};
};

}  // namespace weir::engine
