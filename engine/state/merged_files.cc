#include "state/merged_files.h"

#include <algorithm>

#include "weir/engine/assert.h"
#include "weir/engine/messages.h"

namespace weir::engine {

std::string task_owned_directory(const std::string& job, ProcessId process, std::uint32_t incarnation) {
  return job + "taskowned/tm-" + std::to_string(process.value) + "-" + std::to_string(incarnation);
}

MergedFiles::Pool MergedFiles::pool_of(SubtaskId subtask, CheckpointId checkpoint, SegmentScope scope) const {
  return {options_.across_checkpoints ? kNoCheckpoint : checkpoint,
          scope == SegmentScope::Shared ? subtask : kNoSubtask, scope};
}

const std::string& MergedFiles::open_file(const Pool& pool) {
  std::string& name = open_[pool];
  const auto file = files_.find(name);
  if (file == files_.end() || file->second.closed) {
    name = directory_ + "/" + std::to_string(next_++);
    files_[name];
  }
  return name;
}

// As in Flink a file is full when it has reached the size, so that a piece of any size finds a place.
FileSegment MergedFiles::add(SubtaskId subtask, CheckpointId checkpoint, SegmentScope scope, std::uint64_t size) {
  const std::string& name = open_file(pool_of(subtask, checkpoint, scope));
  File& file = files_.at(name);
  FileSegment place{name, file.size, size};
  file.segments.emplace(file.size, Segment{subtask, checkpoint, checkpoint, size});
  file.size += size;
  file.live += size;
  file.closed = file.size >= options_.max_file_size;
  ++file.under_way;
  return place;
}

void MergedFiles::stored(const std::string& name, bool ok) {
  File& file = files_.at(name);
  WEIR_ASSERT(file.under_way > 0, "an append ended that nobody began");
  --file.under_way;
  if (!ok) file.closed = true;
  note_unused();
}

bool MergedFiles::may_reuse(const std::string& location) const {
  const auto at = as_segment(location);
  if (!at) return true;
  const auto file = files_.find(at->file);
  if (file == files_.end() || file->second.segments.count(at->offset) == 0) return false;
  return file->second.size * 100 <= file->second.live * options_.max_amplification;
}

void MergedFiles::use(const std::string& location, CheckpointId checkpoint) {
  const auto at = as_segment(location);
  if (!at) return;
  const auto file = files_.find(at->file);
  if (file == files_.end()) return;
  const auto segment = file->second.segments.find(at->offset);
  if (segment == file->second.segments.end()) return;
  segment->second.last_used = std::max(segment->second.last_used, checkpoint);
}

void MergedFiles::discard(SubtaskId subtask, CheckpointId checkpoint) {
  drop_those([&](const Segment& s) {
    return s.subtask == subtask && s.created_by == checkpoint && s.last_used == checkpoint;
  });
}

void MergedFiles::retained(CheckpointId lowest) {
  drop_those([&](const Segment& s) { return s.last_used < lowest; });
  std::erase_if(open_, [&](const auto& entry) { return files_.count(entry.second) == 0; });
}

template <class Predicate>
void MergedFiles::drop_those(Predicate predicate) {
  for (auto& [name, file] : files_) {
    for (auto at = file.segments.begin(); at != file.segments.end();) {
      const bool drop = predicate(at->second);
      if (drop) file.live -= at->second.size;
      at = drop ? file.segments.erase(at) : std::next(at);
    }
  }
  note_unused();
}

void MergedFiles::note_unused() {
  for (auto at = files_.begin(); at != files_.end();) {
    const bool unused = at->second.segments.empty() && at->second.under_way == 0;
    if (unused) unused_.push_back(at->first);
    at = unused ? files_.erase(at) : std::next(at);
  }
}

}  // namespace weir::engine
