#include "task/async_snapshots.h"

#include <algorithm>

namespace weir::engine {

void AsyncSnapshots::start(CheckpointId checkpoint, SyncSnapshot snapshot, Times times) {
  const CostOptions& cost = site_.options().cost;
  checkpoints_.start_async(checkpoint);
  const Time sync_ends = site_.env.clock.now() + cost.snapshot_sync;
  parts_.push_back({checkpoint, std::move(snapshot), times, sync_ends, {}, {}, false});
  site_.arm(cost.snapshot_sync + cost.snapshot_async, TaskTimer::AsyncPart, checkpoint.value);
}

void AsyncSnapshots::on_timer(CheckpointId checkpoint) {
  if (Part* const part = find(checkpoint)) write(*part);
}

// A subtask without any state acknowledges without a file (CO-25).
void AsyncSnapshots::write(Part& part) {
  if (part.snapshot.content.operators.empty()) {
    site_.emit(EventKind::SnapshotDurable, part.checkpoint.value, 0);
    acknowledge(part);
    erase(part);
    return;
  }
  Bytes content;
  if (!serialize(part, content)) {
    fail(part);
    erase(part);
    return;
  }
  part.handle = {"chk-" + std::to_string(part.checkpoint.value) + "/" + site_.subtask.name + "-" +
                     std::to_string(site_.attempt.attempt.value),
                 content.size()};
  part.write = write_ids_.next(site_.subtask.id);
  if (site_.env.defects.has(Defect::AckBeforeDurable)) acknowledge(part);
  site_.env.storage.write(site_.process, part.write, part.handle.path, std::move(content));
}

bool AsyncSnapshots::serialize(Part& part, Bytes& out) {
  const auto failure = run_user_code(FailureCause::SnapshotFailed, [&] {
    SyncSnapshot& snapshot = part.snapshot;
    for (std::size_t i = 0; i < snapshot.keyed.size(); ++i) {
      if (snapshot.keyed[i] != nullptr) snapshot.content.operators[i].keyed = snapshot.keyed[i]->write();
    }
    out = encode(snapshot.content);
  });
  part.snapshot = {};
  return !failure.has_value();
}

void AsyncSnapshots::on_stored(WriteId id, const Status& status) {
  const auto part = std::find_if(parts_.begin(), parts_.end(), [&](const Part& p) { return p.write == id; });
  if (part == parts_.end()) return;
  if (part->discarded) {
    site_.env.storage.remove(part->handle.path);
  } else if (status.ok()) {
    site_.emit(EventKind::SnapshotDurable, part->checkpoint.value, part->handle.size);
    acknowledge(*part);
  } else {
    fail(*part);
  }
  parts_.erase(part);
}

void AsyncSnapshots::acknowledge(const Part& part) {
  if (!checkpoints_.complete_async(part.checkpoint)) return;
  const Duration sync = site_.options().cost.snapshot_sync;
  site_.emit(EventKind::AckSent, part.checkpoint.value, static_cast<std::uint64_t>(to_ns(sync)));
  site_.send(AcknowledgeCheckpoint{part.checkpoint, site_.attempt, part.handle, sync,
                                   site_.env.clock.now() - part.async_started, part.times.alignment,
                                   part.times.start_delay});
}

// BA-22: an async part that fails declines; the task goes on.
void AsyncSnapshots::fail(const Part& part) {
  site_.emit(EventKind::SnapshotFailed, part.checkpoint.value);
  if (!part.handle.path.empty()) site_.env.storage.remove(part.handle.path);
  if (checkpoints_.discard_async(part.checkpoint)) {
    decline(site_, part.checkpoint, AbortReason::CheckpointAsyncException);
  }
}

// What is already on its way to storage is removed when it arrives.
void AsyncSnapshots::discard(CheckpointId checkpoint) {
  Part* const part = find(checkpoint);
  if (part == nullptr) return;
  if (part->write == WriteId{}) {
    erase(*part);
  } else {
    part->discarded = true;
  }
}

void AsyncSnapshots::discard_all() {
  std::erase_if(parts_, [](const Part& part) { return part.write == WriteId{}; });
  for (Part& part : parts_) part.discarded = part.discarded || checkpoints_.running(part.checkpoint);
  checkpoints_.discard_all();
}

AsyncSnapshots::Part* AsyncSnapshots::find(CheckpointId checkpoint) {
  const auto part =
      std::find_if(parts_.begin(), parts_.end(), [&](const Part& p) { return p.checkpoint == checkpoint; });
  return part == parts_.end() ? nullptr : &*part;
}

void AsyncSnapshots::erase(const Part& part) { parts_.erase(parts_.begin() + (&part - parts_.data())); }

}  // namespace weir::engine
