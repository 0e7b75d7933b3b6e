#include "task/async_snapshots.h"

#include <algorithm>
#include <utility>

#include "checkpoint/completed_checkpoint.h"
#include "task/local_state.h"
#include "task/merged_storage.h"

namespace weir::engine {

void AsyncSnapshots::start(CheckpointId checkpoint, SyncSnapshot snapshot, About about) {
  const CostOptions& cost = site_.options().cost;
  checkpoints_.start_async(checkpoint);
  Part& part = parts_.emplace_back();
  part.checkpoint = checkpoint;
  part.snapshot = std::move(snapshot);
  part.about = about;
  part.complete = !about.in_flight_follows;
  part.async_started = site_.env.clock.now() + cost.snapshot_sync;
  site_.arm(cost.snapshot_sync + cost.snapshot_async, TaskTimer::AsyncPart, checkpoint.value);
}

void AsyncSnapshots::on_timer(CheckpointId checkpoint) {
  Part* const part = find(checkpoint);
  if (part == nullptr) return;
  part->due = true;
  if (part->complete) place(*part);
}

void AsyncSnapshots::add_in_flight(CheckpointId checkpoint, EncodedInFlight in_flight) {
  Part* const part = find(checkpoint);
  if (part == nullptr || part->discarded) return;
  part->snapshot.head = site_.vertex.chain.front().id;
  part->snapshot.in_flight = std::move(in_flight);
  part->complete = true;
  if (part->due) place(*part);
}

// Without a file to write, because there is no state (CO-25) or all of it is inlined (SH-12), the part is done at once:
// what is inlined becomes durable with the metadata.
void AsyncSnapshots::place(Part& part) {
  std::vector<StateFile> files;
  if (!place(part, files)) {
    fail(part);
  } else if (files.empty()) {
    finish(part);
  } else {
    return write(part, std::move(files));
  }
  erase(part);
}

// A directory of this attempt alone: no other one ever writes a file of that path (SN-18).
bool AsyncSnapshots::place(Part& part, std::vector<StateFile>& files) {
  const CheckpointKind kind = part.about.type.kind;
  const std::string directory = checkpoint_directory(site_.setup.directory, part.checkpoint, kind) + "/" +
                                site_.subtask.name + "-" + std::to_string(site_.attempt.attempt.value);
  CheckpointOptions options = site_.options().checkpoint;
  if (is_savepoint(kind)) options.storage = CheckpointStorageKind::FileSystem;  // it is the user's, wherever state goes
  bool placed = false;
  const auto failure = run_user_code(FailureCause::SnapshotFailed, [&] {
    Result<PlacedSnapshot> result = place_snapshot(std::move(part.snapshot), options, directory, site_.env.defects);
    if (!result.ok()) return;
    placed = true;
    if (site_.merged != nullptr && !is_savepoint(kind)) {
      site_.merged->place(result.value(), site_.subtask.id, part.checkpoint);
    }
    if (site_.local != nullptr && !is_savepoint(kind)) site_.local->write(part.checkpoint, result.value());
    part.state = std::move(result.value().state);
    part.natives = std::move(result.value().natives);
    files = std::move(result.value().files);
  });
  part.snapshot = {};
  return placed && !failure.has_value();
}

void AsyncSnapshots::write(Part& part, std::vector<StateFile> files) {
  for (const StateFile& file : files) part.under_way.push_back({write_ids_.next(site_.subtask.id), file.path});
  if (site_.env.defects.has(Defect::AckBeforeDurable)) acknowledge(part, part.state);
  for (std::size_t i = 0; i < files.size(); ++i) write(part.under_way[i].id, std::move(files[i]));
}

std::optional<FileSegment> AsyncSnapshots::segment_of(std::string_view path) const {
  return site_.merged == nullptr ? std::nullopt : as_segment(path);
}

void AsyncSnapshots::write(WriteId id, StateFile file) {
  if (const auto segment = segment_of(file.path)) {
    site_.merged->write(id, *segment, std::move(file.content));
  } else {
    site_.env.storage.write(site_.process, id, std::move(file.path), std::move(file.content));
  }
}

bool AsyncSnapshots::on_stored(WriteId id, const Status& status) {
  for (Part& part : parts_) {
    const auto write =
        std::find_if(part.under_way.begin(), part.under_way.end(), [&](const Write& w) { return w.id == id; });
    if (write == part.under_way.end()) continue;
    std::string path = std::move(write->path);
    part.under_way.erase(write);
    if (const auto segment = segment_of(path)) site_.merged->stored(*segment, status);
    on_written(part, std::move(path), status);
    erase_if_over(part);
    return true;
  }
  return false;
}

void AsyncSnapshots::on_written(Part& part, std::string path, const Status& status) {
  part.written.push_back(std::move(path));
  if (part.discarded) {
    clean_up(part);
  } else if (!status.ok()) {
    fail(part);
  } else if (part.under_way.empty()) {
    finish(part);
  }
}

void AsyncSnapshots::finish(Part& part) {
  site_.emit(EventKind::SnapshotDurable, part.checkpoint.value, size_of(part.state));
  tell_uploaded(part.natives, part.state);
  if (site_.local != nullptr) site_.local->keep(part.checkpoint);  // SN-4
  acknowledge(part, std::move(part.state));
}

// Sent once. The files are the coordinator's from here on, for it may count them whatever becomes of the message
// (CO-27).
void AsyncSnapshots::acknowledge(const Part& part, SubtaskState state) {
  if (!checkpoints_.complete_async(part.checkpoint)) return;
  const Duration sync = site_.options().cost.snapshot_sync;
  site_.emit(EventKind::AckSent, part.checkpoint.value, static_cast<std::uint64_t>(to_ns(sync)));
  site_.send(AcknowledgeCheckpoint{part.checkpoint, site_.attempt, std::move(state), sync,
                                   site_.env.clock.now() - part.async_started, part.about.alignment,
                                   part.about.start_delay, part.about.past_end_of_data});
}

// BA-22: an async part that fails declines; the task goes on.
void AsyncSnapshots::fail(Part& part) {
  site_.emit(EventKind::SnapshotFailed, part.checkpoint.value);
  part.discarded = true;
  clean_up(part);
  if (checkpoints_.discard_async(part.checkpoint)) {
    decline(site_, part.checkpoint, AbortReason::CheckpointAsyncException);
  }
}

// Files of a part that was never acknowledged are this side's to remove, those in shared/ too, but not those that it
// uses again (SN-17). What is on its way is removed when it arrives.
void AsyncSnapshots::clean_up(Part& part) {
  if (site_.local != nullptr) site_.local->discard(part.checkpoint);
  if (site_.env.defects.has(Defect::KeepPartialUpload)) return;
  if (site_.env.defects.has(Defect::DiscardReusedFiles)) append_shared_files(part.state, part.written);
  if (site_.merged != nullptr) site_.merged->discard(site_.subtask.id, part.checkpoint);
  for (const std::string& path : part.written) {
    if (!segment_of(path)) site_.env.storage.remove(path);
  }
  part.written.clear();
}

void AsyncSnapshots::discard(CheckpointId checkpoint) {
  Part* const part = find(checkpoint);
  if (part == nullptr) return;
  part->discarded = true;
  clean_up(*part);
  erase_if_over(*part);
}

void AsyncSnapshots::discard_all() {
  for (Part& part : parts_) {
    if (!checkpoints_.running(part.checkpoint)) continue;
    part.discarded = true;
    clean_up(part);
  }
  std::erase_if(parts_, [](const Part& part) { return part.under_way.empty(); });
  checkpoints_.discard_all();
}

AsyncSnapshots::Part* AsyncSnapshots::find(CheckpointId checkpoint) {
  const auto part =
      std::find_if(parts_.begin(), parts_.end(), [&](const Part& p) { return p.checkpoint == checkpoint; });
  return part == parts_.end() ? nullptr : &*part;
}

void AsyncSnapshots::erase_if_over(const Part& part) {
  if (part.under_way.empty()) erase(part);
}

void AsyncSnapshots::erase(const Part& part) { parts_.erase(parts_.begin() + (&part - parts_.data())); }

}  // namespace weir::engine
