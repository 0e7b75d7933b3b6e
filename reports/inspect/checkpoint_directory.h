#pragma once

// Checkpoints on a real disk: finds them, reads them, and says what cannot be read, by the path on the disk.

#include <map>
#include <string>
#include <vector>

#include "weir/engine/snapshot_reader.h"

namespace weir::reports {

struct FoundCheckpoint {
  std::string name;  // of its directory: "chk-3"
  engine::SnapshotContent content;
  // By the path in its handles: where the file is on the disk.
  std::map<std::string, std::string> places;
};

struct CheckpointDirectory {
  std::vector<FoundCheckpoint> checkpoints;       // ascending by id, then name
  std::vector<std::string> incomplete;            // directories of checkpoints without `_metadata` (SH-13)
  std::vector<engine::SnapshotProblem> problems;  // with paths on the disk
  // By the place on the disk: the names of the checkpoints that refer to it, ascending by id.
  std::map<std::string, std::vector<std::string>> users;
};

// `path` is a `_metadata` file, a directory that holds one, or a directory of such directories. An error when there is
// no checkpoint at all; a checkpoint that cannot be read is a problem.
engine::Result<CheckpointDirectory> open_checkpoints(const std::string& path);

}  // namespace weir::reports
