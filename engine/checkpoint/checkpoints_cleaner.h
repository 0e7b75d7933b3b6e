#pragma once

// Which files of checkpoints go, and when: the JobManager's lines of SH-10's table. Says so by effects, in the order in
// which they must happen, and touches no port.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "checkpoint/completed_store.h"
#include "checkpoint/effects.h"
#include "checkpoint/pending_checkpoint.h"
#include "checkpoint/shared_state_registry.h"
#include "checkpoint/task_owned_directories.h"
#include "weir/engine/defects.h"
#include "weir/engine/messages.h"
#include "weir/engine/options.h"

namespace weir::engine {

// Checkpoints that the JobManager keeps itself have no files (SH-14). A savepoint is the user's and always in storage.
bool has_files(CheckpointKind kind, const CheckpointOptions& options);

class CheckpointsCleaner {
 public:
  using Pending = std::map<CheckpointId, PendingCheckpoint>;
  // All references outlive the cleaner. `directory`: of the job in checkpoint storage.
  CheckpointsCleaner(const CheckpointOptions& options, const DefectSet& defects, const CompletedStore& completed,
                     const Pending& pending, const std::string& directory, EffectQueue<CheckpointEffect>& effects)
      : options_(options),
        defects_(defects),
        completed_(completed),
        pending_(pending),
        effects_(effects),
        shared_(defects),
        merged_(directory) {}

  // What a TaskManager merges is its own to delete, as long as it lives (SH-15).
  void process_began(ProcessId process, std::uint32_t incarnation);
  void process_ended(ProcessId process) { merged_.ended(process); }

  void restored(const CompletedCheckpoint& checkpoint);
  // Shared files are registered whatever becomes of the acknowledgement: the task may refer to them again later, and
  // only what is registered is deleted some day (CO-23). `pending`: the checkpoint it is for; null: it is not pending.
  // False: it contradicts the registry.
  bool acknowledged(AcknowledgeCheckpoint& ack, const PendingCheckpoint* pending);
  // Of an acknowledgement that does not count. One that is repeated after its checkpoint completed must not take the
  // checkpoint's files away, nor those of a savepoint, which nobody retains (SP-1).
  void discard_unreferenced(const SubtaskState& state, CheckpointId checkpoint);
  // Aborted: private files only; what is in the registry stays until nobody uses it (SH-9).
  void discard(const PendingCheckpoint& checkpoint);
  // Aborted while its metadata was being written, which may be there by now.
  void discard_finalized(const PendingCheckpoint& checkpoint);
  // A checkpoint is about to be written for which an older one will go.
  void finalizing();
  // These are not retained any more. First what belongs to them alone, then shared files that nobody needs any more
  // (CO-43). A checkpoint whose own directory holds shared files waits until those are not used (SH-8).
  void subsumed(std::vector<CompletedCheckpoint> checkpoints);
  void savepoint_completed(CheckpointId savepoint);
  // The job is over; `gone` is what was retained, unless it is kept (CO-49). What comes afterwards goes at once.
  void shut_down(std::vector<CompletedCheckpoint> gone);

 private:
  void discard(const CompletedCheckpoint& checkpoint);
  void discard_subsumed();
  std::set<std::string> merged_files_in_use() const;
  void clean_abandoned();
  void remove_file(std::string path);
  void remove_files(std::vector<std::string> paths);

  const CheckpointOptions& options_;
  const DefectSet& defects_;
  const CompletedStore& completed_;
  const Pending& pending_;
  EffectQueue<CheckpointEffect>& effects_;
  SharedStateRegistry shared_;
  TaskOwnedDirectories merged_;
  std::vector<CompletedCheckpoint> subsumed_;  // not retained any more and still to be deleted, oldest first (SH-8)
  std::set<CheckpointId> savepoints_;          // completed
  bool over_ = false;
};

}  // namespace weir::engine
