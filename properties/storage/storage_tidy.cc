#include "storage/storage_tidy.h"

#include <algorithm>

#include "weir/engine/events.h"
#include "weir/engine/file_segment.h"
#include "weir/engine/ha_store.h"
#include "weir/engine/hash.h"

namespace weir::properties {
namespace {

using engine::EventKind;
using sim::WorldEventKind;

constexpr sim::TraceKind kWatched[] = {
    EventKind::CheckpointTriggered,  EventKind::CheckpointCompleted, EventKind::AckReceived,
    EventKind::StateReported,        EventKind::SharedFileReported,  EventKind::AckSent,
    EventKind::AttemptDeployed,      EventKind::JobStateChanged,     WorldEventKind::StorageWritten,
    WorldEventKind::StorageAppended, WorldEventKind::StorageRemoved, WorldEventKind::ProcessCrashed,
    WorldEventKind::HaWritten,       WorldEventKind::HaRemoved,      WorldEventKind::LeadershipGranted,
};

std::string named(std::uint64_t checkpoint) { return "checkpoint " + std::to_string(checkpoint & 0xFFFF'FFFF'FFFF); }
bool counts(std::uint64_t ack_class) { return static_cast<engine::AckClass>(ack_class) == engine::AckClass::Success; }
// The writer can be read from the number of a write of a TaskManager.
engine::SubtaskId writer_of(std::uint64_t write) { return engine::SubtaskId{static_cast<std::uint16_t>(write >> 48)}; }

}  // namespace

std::span<const sim::TraceKind> StorageTidy::watched() const { return kWatched; }

// Checkpoints that the JobManager keeps itself have no files (SH-14).
bool StorageTidy::begin(const RunContext& context) {
  context_ = context;
  finding_.clear();
  files_.clear();
  checkpoints_.clear();
  users_.clear();
  merged_.clear();
  retained_.clear();
  claimed_.reset();
  concluded_ = false;
  any_written_ = false;
  process_of_.assign(context.graph->subtasks().size(), engine::kJobManager);
  attempt_of_.assign(context.graph->subtasks().size(), {});
  return context.options.checkpoint.storage == engine::CheckpointStorageKind::FileSystem;
}

void StorageTidy::on_event(const sim::TraceEvent& event, std::uint32_t index) {
  if (event.kind == sim::TraceKind(WorldEventKind::StorageWritten)) return on_written(event.b, event, index);
  if (event.kind == sim::TraceKind(WorldEventKind::StorageAppended)) return on_appended(event, index);
  if (event.kind == sim::TraceKind(WorldEventKind::StorageRemoved)) return on_removed(event, index);
  if (event.kind == sim::TraceKind(WorldEventKind::ProcessCrashed)) return on_crash({event.actor.value});
  if (event.kind == sim::TraceKind(WorldEventKind::HaWritten)) return on_ha_written(event);
  if (event.kind == sim::TraceKind(WorldEventKind::HaRemoved)) return on_pointer_removed(event);
  if (event.kind == sim::TraceKind(WorldEventKind::LeadershipGranted)) return lose_job_manager();
  switch (static_cast<EventKind>(event.kind.value)) {
    case EventKind::CheckpointTriggered:
      return on_triggered(event);
    case EventKind::CheckpointCompleted:
      return on_completed(event, index);
    case EventKind::AckReceived:
      return on_acknowledged(event, index);
    case EventKind::StateReported:
      return on_reported(event, index, false);
    case EventKind::SharedFileReported:
      return on_reported(event, index, true);
    case EventKind::AckSent:
      return on_ack_sent(subtask_of(event.actor), {event.detail});
    case EventKind::AttemptDeployed:
      if (event.a < process_of_.size()) on_deployed({static_cast<std::uint16_t>(event.a)}, event);
      return;
    case EventKind::JobStateChanged:
      return on_job_ended(static_cast<engine::JobState>(event.detail));
    default:
      return;
  }
}

// CO-49: what outlives its job is the user's.
void StorageTidy::on_job_ended(engine::JobState state) {
  if (!engine::is_terminal(state)) return;
  const engine::Retention retention = context_.options.checkpoint.retention;
  const bool kept = (state == engine::JobState::Failed && retention != engine::Retention::Never) ||
                    (state == engine::JobState::Canceled && retention == engine::Retention::OnCancellation);
  if (kept) users_.insert(users_.end(), retained_.begin(), retained_.end());
  retained_.clear();
}

// Whoever wrote for the job before is gone, and what it had not acknowledged stays.
void StorageTidy::on_stage(const RunContext& context) {
  for (auto& [path, file] : files_) {
    if (!file.sent) file.orphan = true;
  }
  retained_.clear();
  claimed_.reset();
  concluded_ = false;
  adopt(context);
  context_ = context;
  process_of_.assign(context.graph->subtasks().size(), engine::kJobManager);
  attempt_of_.assign(context.graph->subtasks().size(), {});
}

// A claimed one is the job's from now on (SP-12), and so are its shared files, whoever else refers to them: older
// checkpoints of the job before are whole only as long as nobody claims what they share with it (flink-semantics 9.3).
void StorageTidy::adopt(const RunContext& context) {
  if (!context.claimed) return;
  for (auto at = checkpoints_.rbegin(); at != checkpoints_.rend(); ++at) {
    if (at->second.id != context.restored.value || at->second.completed == kNever) continue;
    std::erase(users_, at->first);
    const std::vector<PathHash> taken = with_segments_beside(at->second.files);
    for (const std::uint64_t other : users_) disown(checkpoints_[other], taken);
    claimed_ = at->first;
    return retained_.push_back(at->first);
  }
}

// A merged file goes as a whole (SH-15).
std::vector<StorageTidy::PathHash> StorageTidy::with_segments_beside(std::vector<PathHash> files) const {
  const std::vector<PathHash> own = files;
  const auto is_own = [&](PathHash path) { return std::find(own.begin(), own.end(), path) != own.end(); };
  for (const auto& [file, merged] : merged_) {
    if (std::none_of(merged.segments.begin(), merged.segments.end(), is_own)) continue;
    files.insert(files.end(), merged.segments.begin(), merged.segments.end());
  }
  return files;
}

void StorageTidy::disown(Checkpoint& checkpoint, const std::vector<PathHash>& files) {
  std::erase_if(checkpoint.files,
                [&](PathHash path) { return std::find(files.begin(), files.end(), path) != files.end(); });
}

StorageTidy::PathHash StorageTidy::metadata_of(std::uint64_t checkpoint, std::uint32_t kind) const {
  return engine::hash_bytes(engine::metadata_path(
      engine::checkpoint_directory(context_.directory, {checkpoint}, static_cast<engine::CheckpointKind>(kind))));
}

void StorageTidy::on_triggered(const sim::TraceEvent& event) {
  Checkpoint& checkpoint = checkpoints_[key(event.a)];
  checkpoint.id = event.a;
  checkpoint.to_wait_for = event.b;
  checkpoint.metadata = metadata_of(event.a, event.detail);
  File& metadata = files_[checkpoint.metadata];
  metadata.checkpoint = key(event.a);
  metadata.metadata = true;
}

// SN-13: what a snapshot uses again must be known to be there.
void StorageTidy::on_acknowledged(const sim::TraceEvent& event, std::uint32_t index) {
  if (counts(event.b >> 32)) ++checkpoints_[key(event.a)].counted;
  if (static_cast<engine::AckClass>(event.b >> 32) != engine::AckClass::Rejected) return;
  finding_.add("an acknowledgement of " + named(event.a) + " refers to a file that no acknowledged checkpoint brought",
               {index});
}

// SH-15: what was appended is known by where it begins.
void StorageTidy::on_appended(const sim::TraceEvent& event, std::uint32_t index) {
  MergedFile& merged = merged_[event.b];
  merged.segments.push_back(engine::hash_of_segment(event.b, merged.size));
  merged.size += event.detail;
  on_written(merged.segments.back(), event, index);
}

void StorageTidy::on_written(PathHash path, const sim::TraceEvent& event, std::uint32_t index) {
  File& file = files_[path];
  any_written_ = true;
  if (file.written != kNever) report_overwritten(path, index);
  file.written = index;
  if (file.metadata) return;
  file.writer = writer_of(event.a);
  if (file.writer.value < process_of_.size()) file.process = process_of_[file.writer.value];
}

template <class Use>
void StorageTidy::each_with(const std::deque<std::uint64_t>& keys, PathHash path, Use use) {
  for (const std::uint64_t key : keys) {
    const Checkpoint& checkpoint = checkpoints_[key];
    if (std::find(checkpoint.files.begin(), checkpoint.files.end(), path) != checkpoint.files.end()) use(checkpoint);
  }
}

// P15: a path is the identity of its content (SN-18).
void StorageTidy::report_overwritten(PathHash path, std::uint32_t index) {
  each_with(retained_, path, [&](const Checkpoint& checkpoint) {
    finding_.add("a file of " + named(checkpoint.id) + " was written again while that checkpoint was retained",
                 {checkpoint.completed, index});
  });
}

// P6: deletions follow the retained checkpoints, never the other way round (SH-6). P17: what is the user's is not
// deleted at all.
void StorageTidy::on_removed(const sim::TraceEvent& event, std::uint32_t index) {
  const auto merged = merged_.extract(event.b);
  if (merged.empty()) return remove(event.b, index);
  for (const PathHash segment : merged.mapped().segments) remove(segment, index);
}

void StorageTidy::remove(PathHash path, std::uint32_t index) {
  files_.erase(path);
  const auto find = [&](const char* why) {
    return [this, why, index](const Checkpoint& checkpoint) {
      finding_.add("a file of " + named(checkpoint.id) + " was deleted " + why, {checkpoint.completed, index});
    };
  };
  each_with(retained_, path, [&](const Checkpoint& checkpoint) {
    if (!goes_with_outcome(checkpoint)) find("while that checkpoint was retained")(checkpoint);
  });
  each_with(users_, path, find("though it is the user's"));
}

void StorageTidy::on_reported(const sim::TraceEvent& event, std::uint32_t index, bool shared) {
  File& file = files_[event.b];
  file.reported = index;
  file.checkpoint = key(event.a);
  file.shared = shared;
  if (counts(event.detail)) checkpoints_[key(event.a)].files.push_back(event.b);
}

// A further job's JobManager may keep its checkpoints itself, but never a savepoint (SH-14).
void StorageTidy::on_completed(const sim::TraceEvent& event, std::uint32_t index) {
  const bool in_files = context_.options.checkpoint.storage == engine::CheckpointStorageKind::FileSystem;
  if (!in_files && !engine::is_savepoint(static_cast<engine::CheckpointKind>(event.detail))) return;
  Checkpoint& checkpoint = checkpoints_[key(event.a)];
  checkpoint.id = event.a;
  checkpoint.completed = index;
  checkpoint.metadata = metadata_of(event.a, event.detail);
  checkpoint.files.push_back(checkpoint.metadata);
  for (const PathHash path : checkpoint.files) {
    const auto file = files_.find(path);
    if (!any_written_ || (file != files_.end() && file->second.written != kNever)) continue;
    finding_.add(named(event.a) + " completed, and " +
                     (path == checkpoint.files.back() ? "its metadata is" : "a file that it refers to is") +
                     " not in storage",
                 {index});
  }
  if (engine::is_savepoint(static_cast<engine::CheckpointKind>(event.detail))) {
    users_.push_back(key(event.a));
    return;
  }
  retained_.push_back(key(event.a));
  while (surplus_goes_at_once()) retained_.pop_front();
}

// With high availability when its pointer has gone; but there is none to what the job has claimed.
bool StorageTidy::surplus_goes_at_once() const {
  const std::size_t most = std::max<std::size_t>(context_.options.checkpoint.num_retained, 1);
  return retained_.size() > most && (!available() || retained_.front() == claimed_);
}

// What the attempt before it had not acknowledged by now it will not acknowledge any more.
void StorageTidy::on_deployed(engine::SubtaskId subtask, const sim::TraceEvent& event) {
  process_of_[subtask.value] = {static_cast<std::uint16_t>(event.b)};
  attempt_of_[subtask.value] = {event.detail};
  for (auto& [path, file] : files_) {
    if (file.written != kNever && !file.metadata && file.writer == subtask && !file.sent) file.abandoned = true;
  }
}

// What an attempt has written until it acknowledges is taken for what it acknowledges, and for an attempt that is not
// the newest, all that its subtask ever wrote: that excuses a file too many, never one too few.
void StorageTidy::on_ack_sent(engine::SubtaskId subtask, engine::AttemptId attempt) {
  const bool newest = subtask.value < attempt_of_.size() && attempt_of_[subtask.value] == attempt;
  for (auto& [path, file] : files_) {
    const bool of_subtask = file.written != kNever && !file.metadata && file.writer == subtask;
    if (of_subtask && !(newest && file.abandoned)) file.sent = true;
  }
}

// Without a savepoint that it may still end with, the job is over, whoever leads by now.
void StorageTidy::on_ha_written(const sim::TraceEvent& event) {
  concluded_ = concluded_ || (event.a == 0 && event.b == engine::hash_bytes(engine::outcome_entry(context_.directory)));
}

// A JobManager that was ousted after it had stored how the job ended goes on to delete, and says nothing that counts.
// The job's own checkpoints have no pointers any more by then; what it has claimed never had one.
bool StorageTidy::goes_with_outcome(const Checkpoint& checkpoint) const {
  return concluded_ && claimed_ && checkpoints_.at(*claimed_).id == checkpoint.id;
}

void StorageTidy::on_pointer_removed(const sim::TraceEvent& event) { std::erase(retained_, key(event.a)); }

// Its successor knows what is in the store. Without one, what was retained is the user's, and the rest nobody's
// (CO-46).
void StorageTidy::lose_job_manager() {
  for (auto& [id, checkpoint] : checkpoints_) checkpoint.unknown = true;
  for (auto& [path, file] : files_) {
    if (file.written == kNever) continue;
    file.unknown = true;
    each_with(retained_, path, [&, known = &file](const Checkpoint&) { known->unknown = false; });
  }
  for (const std::uint64_t id : retained_) {
    Checkpoint& checkpoint = checkpoints_[id];
    checkpoint.unknown = false;
    for (const PathHash path : checkpoint.files) {
      if (const auto file = files_.find(path); file != files_.end()) file->second.checkpoint = id;
    }
  }
  if (available()) return;
  users_.insert(users_.end(), retained_.begin(), retained_.end());
  retained_.clear();
}

void StorageTidy::on_crash(engine::ProcessId process) {
  if (engine::is_job_manager(process)) {
    if (!available()) lose_job_manager();
    return;
  }
  for (auto& [path, file] : files_) {
    if (file.written != kNever && !file.metadata && file.process == process) file.orphan = true;
  }
}

// All acknowledgements were in, and the write of its metadata had not ended: the files go when it does.
bool StorageTidy::still_finalizing(const File& file) const {
  if (file.shared) return false;  // they go with the job, not with their checkpoint (SH-9)
  const auto found = checkpoints_.find(file.checkpoint);
  if (found == checkpoints_.end() || found->second.to_wait_for == 0) return false;
  const auto metadata = files_.find(found->second.metadata);
  if (metadata == files_.end() || metadata->second.written != kNever) return false;
  return found->second.counted >= found->second.to_wait_for;
}

std::string StorageTidy::subtask_name(const File& file) const {
  const auto& subtasks = context_.graph->subtasks();
  return file.writer.value < subtasks.size() ? subtasks[file.writer.value].name : "a subtask";
}

// A shared file may have been reported last for another checkpoint.
bool StorageTidy::is_users(PathHash path) {
  bool found = false;
  each_with(users_, path, [&](const Checkpoint&) { found = true; });
  return found;
}

// What is left of a file that the user needs a part of.
bool StorageTidy::shares_file_with_users(PathHash path) {
  return std::any_of(merged_.begin(), merged_.end(), [&](const auto& entry) {
    const std::vector<PathHash>& segments = entry.second.segments;
    return std::find(segments.begin(), segments.end(), path) != segments.end() &&
           std::any_of(segments.begin(), segments.end(), [&](PathHash other) { return is_users(other); });
  });
}

// P7
void StorageTidy::check_left_over(PathHash path, const File& file) {
  if (file.written == kNever || file.unknown || is_users(path) || still_finalizing(file) ||
      shares_file_with_users(path))
    return;
  if (const auto known = checkpoints_.find(file.checkpoint); known != checkpoints_.end() && known->second.unknown)
    return;
  if (file.metadata) {
    finding_.add("the metadata of " + named(file.checkpoint) + " is left over after the end of the job",
                 {file.written});
  } else if (file.reported != kNever) {
    finding_.add("a file of " + named(file.checkpoint) +
                     ", which the coordinator knew of, is left over after the end "
                     "of the job",
                 {file.written, file.reported});
  } else if (!file.sent && !file.orphan) {
    finding_.add(subtask_name(file) + " left a file behind that it never acknowledged", {file.written});
  }
}

void StorageTidy::judge(const sim::RunOutcome& outcome, const sim::Trace&, Verdict& verdict) {
  if (outcome.end == sim::RunEnd::JobFinished || outcome.end == sim::RunEnd::JobStopped) {
    for (const auto& [path, file] : files_) check_left_over(path, file);
  }
  finding_.conclude(verdict);
}

}  // namespace weir::properties
