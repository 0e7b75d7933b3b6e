#pragma once

// The local copies of one subtask on its TaskManager's disk (SN-19, SN-25, SN-26): written beside the upload,
// registered before the acknowledgement, read by the next attempt. Below
//   local/<allocation>/<job>/<vertex>_<subtask>/chk_<n>/<operator>-<kind of state>/
// Lives as long as the slot is allocated; outlives attempts.

#include <map>
#include <string>
#include <vector>

#include "state/local_state_store.h"
#include "task/sync_snapshot.h"
#include "weir/engine/environment.h"

namespace weir::engine {

inline constexpr const char* kLocalRoot = "local";
inline std::string local_directory(AllocationId allocation) {
  return std::string(kLocalRoot) + "/" + std::to_string(allocation.value);
}

// What an attempt restores.
struct LocalRestore {
  LocalChoice choice;
  std::map<std::string, LocalSeal> seals = {};  // of the files of the choice, by path here
  bool reads_local_files_only() const { return !choice.files.empty() && choice.remote_files == 0; }
};

class LocalState {
 public:
  // `directory` is that of the subtask.
  LocalState(LocalDisk& disk, const DefectSet& defects, AllocationId allocation, std::string directory)
      : disk_(disk), defects_(defects), store_(defects), allocation_(allocation), directory_(std::move(directory)) {}
  LocalState(const LocalState&) = delete;
  LocalState& operator=(const LocalState&) = delete;

  AllocationId allocation() const { return allocation_; }

  // Writes and syncs the files of `placed`, whose content `placed.files` still has. What fails is forgotten: the copy
  // is a help and no duty (SN-25).
  void write(CheckpointId checkpoint, const PlacedSnapshot& placed);
  void keep(CheckpointId checkpoint);     // what was written counts from here on (SN-4)
  void discard(CheckpointId checkpoint);  // what was written and is not kept goes
  void confirm(CheckpointId checkpoint) { remove(store_.confirm(checkpoint)); }
  void abort(CheckpointId checkpoint, CheckpointId completed) { remove(store_.abort(checkpoint, completed)); }
  void dispose();  // the slot is not the job's any more

  // What to restore where the JobManager says `remote`; no other copy is kept.
  LocalRestore choose(CheckpointId restored, const SubtaskState& remote);
  // All files are there and are what was written.
  bool intact(const LocalRestore& restore) const;
  RestoreFiles files(CheckpointStorage& storage, const LocalRestore& restore) const {
    return {storage, disk_, restore.choice.files};
  }

 private:
  std::string directory_of(CheckpointId checkpoint) const {
    return directory_ + "/chk_" + std::to_string(checkpoint.value);
  }
  void remove(const LocalStateStore::Pruned& pruned);
  void remove(CheckpointId checkpoint);

  LocalDisk& disk_;
  const DefectSet& defects_;
  LocalStateStore store_;
  AllocationId allocation_;
  std::string directory_;
  std::map<CheckpointId, LocalCopy> written_;  // and not kept yet
};

}  // namespace weir::engine
