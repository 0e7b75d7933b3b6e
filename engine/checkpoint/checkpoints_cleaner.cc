#include "checkpoint/checkpoints_cleaner.h"

#include <utility>

#include "weir/engine/assert.h"
#include "weir/engine/processes.h"

namespace weir::engine {

bool has_files(CheckpointKind kind, const CheckpointOptions& options) {
  return is_savepoint(kind) || options.storage == CheckpointStorageKind::FileSystem;
}

void CheckpointsCleaner::restored(const CompletedCheckpoint& checkpoint) {
  const Status shared = shared_.register_restored(checkpoint);
  WEIR_ASSERT(shared.ok(), shared.message());
}

// After the end of the job nothing is registered any more, and what the acknowledgement brings goes (SH-10).
bool CheckpointsCleaner::acknowledged(SubtaskState& state, const AcknowledgeCheckpoint& ack,
                                      const PendingCheckpoint* pending) {
  if (over_) {
    remove_files(uploaded_shared_files(state));
    return true;
  }
  const bool counts = pending != nullptr && pending->waits_for(ack.attempt);
  if (!counts && defects_.has(Defect::RegisterCountedAcksOnly)) return true;
  if (pending != nullptr) return shared_.register_all(state, ack.checkpoint).ok();
  shared_.register_late(state, ack.checkpoint);
  return true;
}

void CheckpointsCleaner::discard_unreferenced(const SubtaskState& state) {
  for (std::string& path : private_files(state)) {
    if (!completed_.references(path)) remove_file(std::move(path));
  }
}

void CheckpointsCleaner::discard(const PendingCheckpoint& checkpoint) {
  if (defects_.has(Defect::KeepFilesOfAbortedCheckpoint)) return;
  if (defects_.has(Defect::DiscardFilesInUseOnAbort)) {
    if (const CompletedCheckpoint* newest = completed_.newest()) discard(*newest);
  }
  remove_files(checkpoint.state_files());
  if (defects_.has(Defect::DeleteSharedFilesOnAbort)) remove_files(checkpoint.shared_files());
}

void CheckpointsCleaner::discard_finalized(const PendingCheckpoint& checkpoint, const std::string& directory) {
  remove_file(metadata_path(directory));
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
  if (defects_.has(Defect::SubsumeBySavepoint)) remove_files(shared_.unregister_unused(savepoint).files);
}

// What aborted checkpoints and late acknowledgements brought is newer than kept ones, and goes all the same; shared
// files go but for those that a kept checkpoint uses.
void CheckpointsCleaner::shut_down(std::vector<CompletedCheckpoint> gone) {
  over_ = true;
  if (completed_.lowest_id() != kNoCheckpoint) {
    subsumed({});
  } else {
    for (CompletedCheckpoint& checkpoint : gone) subsumed_.push_back(std::move(checkpoint));
    for (const CompletedCheckpoint& checkpoint : subsumed_) discard(checkpoint);
    subsumed_.clear();
  }
  remove_files(shared_.unregister_all_but(completed_.shared_files()));
}

void CheckpointsCleaner::remove_files(std::vector<std::string> paths) {
  for (std::string& path : paths) remove_file(std::move(path));
}

}  // namespace weir::engine
