#pragma once

// The merged files of one TaskManager process in checkpoint storage (SH-15): performs what MergedFiles decides.

#include <string>

#include "state/merged_files.h"
#include "task/sync_snapshot.h"
#include "weir/engine/environment.h"

namespace weir::engine {

class MergedStorage {
 public:
  MergedStorage(CheckpointStorage& storage, ProcessId process, const FileMergingOptions& options, std::string directory)
      : storage_(storage), process_(process), files_(options, std::move(directory)) {}

  // Gives every file of the snapshot a place in a merged one, and so do its handles; all are to be written now, in this
  // order. Files of a changelog stay whole: they are merged in time, by materialisation.
  void place(PlacedSnapshot& snapshot, SubtaskId subtask, CheckpointId checkpoint);
  void write(WriteId id, const FileSegment& at, Bytes content);
  void stored(const FileSegment& at, const Status& status);
  void discard(SubtaskId subtask, CheckpointId checkpoint);
  void retained(CheckpointId lowest);
  const MergedFiles& files() const { return files_; }

 private:
  void remove_unused();

  CheckpointStorage& storage_;
  ProcessId process_;
  MergedFiles files_;
};

}  // namespace weir::engine
