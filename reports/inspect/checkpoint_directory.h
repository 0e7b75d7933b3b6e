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

// A file that holds pieces of state of several subtasks or checkpoints (SH-15).
struct MergedFile {
  std::string path;  // as handles have it
  std::uint64_t size = 0;
  std::uint64_t pieces = 0;        // that the checkpoints refer to, each once
  std::uint64_t piece_bytes = 0;   // of these
  std::vector<std::string> users;  // checkpoints that refer to any of them, ascending by id
};

struct CheckpointDirectory {
  std::vector<FoundCheckpoint> checkpoints;       // ascending by id, then name
  std::vector<std::string> incomplete;            // directories of checkpoints without `_metadata` (SH-13)
  std::vector<engine::SnapshotProblem> problems;  // with paths on the disk
  // By the place on the disk: the names of the checkpoints that refer to it, ascending by id.
  std::map<std::string, std::vector<std::string>> users;
  std::vector<MergedFile> merged;  // ascending by place on the disk
};

// Of one checkpoint, merged ones counted once and `_metadata` not at all.
std::size_t count_files(const FoundCheckpoint& checkpoint);

// `path` is a `_metadata` file, a directory that holds one, or a directory of such directories. An error when there is
// no checkpoint at all; a checkpoint that cannot be read is a problem.
engine::Result<CheckpointDirectory> open_checkpoints(const std::string& path);

}  // namespace weir::reports
