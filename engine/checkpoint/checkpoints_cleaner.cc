#include "checkpoint/checkpoints_cleaner.h"

#include <utility>

#include "weir/engine/assert.h"
#include "weir/engine/file_segment.h"
#include "weir/engine/processes.h"

namespace weir::engine {

bool has_files(CheckpointKind kind, const CheckpointOptions& options) {
  return is_savepoint(kind) || options.storage == CheckpointStorageKind::FileSystem;
}

void CheckpointsCleaner::restored(const CompletedCheckpoint& checkpoint) {
  const Status shared = shared_.register_restored(checkpoint);
  WEIR_ASSERT(shared.ok(), shared.message());
  if (checkpoint.claimed) merged_.adopt(checkpoint);
}

// After the end of the job nothing is registered any more, and what the acknowledgement brings goes (SH-10).
bool CheckpointsCleaner::acknowledged(AcknowledgeCheckpoint& ack, const PendingCheckpoint* pending) {
  if (over_) {
    remove_files(uploaded_shared_files(ack.state));
    merged_.abandon_all();
    clean_abandoned();
    return true;
  }
  const bool counts = pending != nullptr && pending->waits_for(ack.attempt);
  if (!counts && defects_.has(Defect::RegisterCountedAcksOnly)) return true;
  if (pending != nullptr) return shared_.register_all(ack.state, ack.checkpoint).ok();
  shared_.register_late(ack.state, ack.checkpoint);
  return true;
}

void CheckpointsCleaner::discard_unreferenced(const SubtaskState& state, CheckpointId checkpoint) {
  if (savepoints_.count(checkpoint) != 0) return;
  each_private_file(state, [&](const std::string& path) {
    if (!completed_.references(path)) remove_file(path);
  });
}

void CheckpointsCleaner::discard(const PendingCheckpoint& checkpoint) {
  if (defects_.has(Defect::KeepFilesOfAbortedCheckpoint)) return;
  if (defects_.has(Defect::DiscardFilesInUseOnAbort)) {
    if (const CompletedCheckpoint* newest = completed_.newest()) discard(*newest);
  }
  remove_files(checkpoint.state_files());
  if (defects_.has(Defect::DeleteSharedFilesOnAbort)) remove_files(checkpoint.shared_files());
}

void CheckpointsCleaner::discard_finalized(const PendingCheckpoint& checkpoint) {
  remove_file(metadata_path(checkpoint.result().directory));
  discard(checkpoint);
}

void CheckpointsCleaner::discard(const CompletedCheckpoint& checkpoint) {
  const bool users = !checkpoint.claimed && !defects_.has(Defect::DiscardUnclaimedCheckpoint);
  if (users || !has_files(checkpoint.kind, options_)) return;
  remove_files(files_of(checkpoint));  // CO-44
}

void CheckpointsCleaner::finalizing() {
  if (!defects_.has(Defect::DeleteSubsumedBeforeStored)) return;
  if (const CompletedCheckpoint* oldest = completed_.next_to_go()) discard(*oldest);
}

void CheckpointsCleaner::subsumed(std::vector<CompletedCheckpoint> checkpoints) {
  for (CompletedCheckpoint& checkpoint : checkpoints) subsumed_.push_back(std::move(checkpoint));
  discard_subsumed();
  clean_abandoned();
}

void CheckpointsCleaner::discard_subsumed() {
  SharedStateRegistry::Unused unused = shared_.unregister_unused(completed_.lowest_id());
  std::vector<CompletedCheckpoint> in_use;
  for (CompletedCheckpoint& checkpoint : subsumed_) {
    if (unused.in_use.count(checkpoint.id) != 0) {
      in_use.push_back(std::move(checkpoint));
    } else {
      discard(checkpoint);
    }
  }
  subsumed_ = std::move(in_use);
  remove_files(std::move(unused.files));
}

void CheckpointsCleaner::savepoint_completed(CheckpointId savepoint) {
  savepoints_.insert(savepoint);
  if (defects_.has(Defect::SubsumeBySavepoint)) remove_files(shared_.unregister_unused(savepoint).files);
}

// What aborted checkpoints and late acknowledgements brought is newer than kept ones, and goes all the same; shared
// files go but for those that a kept checkpoint uses.
void CheckpointsCleaner::shut_down(std::vector<CompletedCheckpoint> gone) {
  over_ = true;
  merged_.abandon_all();
  if (completed_.lowest_id() != kNoCheckpoint) {
    discard_subsumed();
  } else {
    for (CompletedCheckpoint& checkpoint : gone) subsumed_.push_back(std::move(checkpoint));
    for (const CompletedCheckpoint& checkpoint : subsumed_) discard(checkpoint);
    subsumed_.clear();
  }
  remove_files(shared_.unregister_all_but(completed_.shared_files()));
  clean_abandoned();
}

void CheckpointsCleaner::process_began(ProcessId process, std::uint32_t incarnation) {
  if (options_.file_merging.enabled) merged_.began(process, incarnation);
}

std::set<std::string> CheckpointsCleaner::merged_files_in_use() const {
  std::set<std::string> files;
  for (const CompletedCheckpoint& checkpoint : completed_.all()) add_merged_files(checkpoint, files);
  for (const CompletedCheckpoint& checkpoint : subsumed_) add_merged_files(checkpoint, files);
  for (const auto& [id, checkpoint] : pending_) {
    if (checkpoint.disposed()) continue;
    add_merged_files(checkpoint.state_files(), files);
    add_merged_files(checkpoint.shared_files(), files);
  }
  return files;
}

void CheckpointsCleaner::clean_abandoned() {
  if (merged_.nothing_to_clean()) return;
  const std::set<std::string> used = merged_files_in_use();
  for (const std::string& directory : merged_.abandoned()) effects_.push(CleanDirectory{directory, used});
  merged_.forget_unused(used);
  remove_files(merged_.take_unused_adopted(used));
}

// A segment of a merged file is its TaskManager's to release.
void CheckpointsCleaner::remove_file(std::string path) {
  if (!as_segment(path)) effects_.push(DeleteCheckpointFile{std::move(path)});
}

void CheckpointsCleaner::remove_files(std::vector<std::string> paths) {
  for (std::string& path : paths) remove_file(std::move(path));
}

}  // namespace weir::engine
