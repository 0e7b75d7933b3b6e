#pragma once

// Many small pieces of state in few files of checkpoint storage (SH-15): where the next piece goes, and which files may
// go. One for each life of a TaskManager, which alone writes its files, refers to them anew and deletes them: an other
// one would not know who still uses a piece. Decides only; its owner writes and deletes.
//
// A piece is used by the last checkpoint that referred to it, and goes when no checkpoint as old as that is retained,
// or when its own checkpoint is aborted. A file goes with its last piece, but not while bytes are on their way to it.

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "weir/engine/file_segment.h"
#include "weir/engine/options.h"
#include "weir/engine/types.h"

namespace weir::engine {

// The directory of one life, below that of its job in checkpoint storage (SH-11).
std::string task_owned_directory(const std::string& job, ProcessId process, std::uint32_t incarnation);

enum class SegmentScope : std::uint8_t {
  Private,  // of one checkpoint: in one file with those of other subtasks
  Shared,   // later checkpoints may refer to it: only with those of the same subtask, so that they go together
};

class MergedFiles {
 public:
  MergedFiles(const FileMergingOptions& options, std::string directory)
      : options_(options), directory_(std::move(directory)) {}

  // A place at the end of a file. Its owner appends there before it asks for the next place.
  FileSegment add(SubtaskId subtask, CheckpointId checkpoint, SegmentScope scope, std::uint64_t size);
  // An append to this file ended. After one that failed nobody knows where the file ends: no other piece goes there.
  void stored(const std::string& file, bool ok);
  // Whether a later checkpoint may refer to it: it is of this life, and its file is not mostly waste (FLIP-306).
  bool may_reuse(const std::string& location) const;
  // A checkpoint refers to it once more.
  void use(const std::string& location, CheckpointId checkpoint);
  // What the subtask brought for a checkpoint that was aborted, or that it never acknowledged.
  void discard(SubtaskId subtask, CheckpointId checkpoint);
  // No checkpoint older than this is retained (SH-4). What an aborted one left goes as well, should nobody have heard.
  void retained(CheckpointId lowest);

  // Files to be deleted; they are forgotten.
  std::vector<std::string> take_unused() { return std::exchange(unused_, {}); }
  std::size_t size() const { return files_.size(); }

 private:
  struct Segment {
    SubtaskId subtask;
    CheckpointId created_by;
    CheckpointId last_used;
    std::uint64_t size;
  };
  struct File {
    std::uint64_t size = 0;
    std::uint64_t live = 0;  // bytes of `segments`
    std::uint32_t under_way = 0;
    bool closed = false;
    std::map<std::uint64_t, Segment> segments;  // by offset
  };
  // Of the pieces that may lie in one file. Those of Private scope have no subtask; without checkpoint they are of all.
  struct Pool {
    CheckpointId checkpoint;
    SubtaskId subtask;
    SegmentScope scope;
    friend auto operator<=>(const Pool&, const Pool&) = default;
  };
  Pool pool_of(SubtaskId subtask, CheckpointId checkpoint, SegmentScope scope) const;
  const std::string& open_file(const Pool& pool);
  template <class Predicate>
  void drop_those(Predicate predicate);
  void note_unused();

  const FileMergingOptions& options_;
  std::string directory_;
  std::uint64_t next_ = 1;
  std::map<std::string, File> files_;
  std::map<Pool, std::string> open_;
  std::vector<std::string> unused_;
};

}  // namespace weir::engine
