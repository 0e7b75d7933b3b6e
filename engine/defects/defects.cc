#include "weir/engine/defects.h"

#include <algorithm>
#include <array>

#include "weir/engine/assert.h"

namespace weir::engine {
namespace {

// In the order of Defect. Where no historical bug is exactly the planted one, the source says which one it resembles.
constexpr std::array<DefectInfo, kDefects> kTable{{
    {Defect::NoBlockingDuringAlignment, "no-blocking-during-alignment",
     "A channel that delivered its barrier is read on before the other barriers are there, so that its later records "
     "get "
     "into the snapshot and are replayed as well.",
     "BA-10", "like FLINK-22638 (corpus 16), where blocked channels were resumed before the alignment was over"},
    {Defect::AckBeforeDurable, "ack-before-durable",
     "A subtask acknowledges its snapshot when the write begins instead of when the storage has confirmed it.", "TX-26",
     "like FLINK-35217, where a sink's file was not synced before its checkpoint was acknowledged"},
    {Defect::CommitAtPreCommit, "commit-at-pre-commit",
     "The sink commits its transaction at the barrier instead of after the checkpoint has completed, so that a failure "
     "in between replays records that are already visible.",
     "G-1", "like FLINK-10354 (corpus 34, variant A), where sinks committed for a snapshot that recovery did not use"},
    {Defect::RestoreOffsetsOfOtherCheckpoint, "restore-offsets-of-other-checkpoint",
     "After a failure the sources rewind to the positions of another checkpoint than the one whose state is restored.",
     "SO-8", "like SPARK-24462 (corpus 123), where a source started from other offsets than the saved ones"},
    {Defect::DropTailOnAlignment, "drop-tail-on-alignment",
     "When the alignment ends, the segments that waited in a blocked channel are thrown away instead of processed.",
     "BA-10", "like FLINK-20654 (corpus 1), where buffers were lost because a queue was cut at the wrong barrier"},
    {Defect::CompleteWithAckMissing, "complete-with-ack-missing",
     "The coordinator completes a checkpoint while the acknowledgement of one subtask is still missing.", "CO-22",
     "like FLINK-25920 (corpus 83), where an incomplete batch of committables passed as complete"},
    {Defect::CountAckOfDeadAttempt, "count-ack-of-dead-attempt",
     "The coordinator counts the acknowledgement of an earlier attempt of a subtask as if its current one had sent it.",
     "CO-23",
     "like RisingWave #27084 (corpus 129), where writers of the previous recovery term were still listened to"},
    {Defect::KeepChannelBlockedAfterAbort, "keep-channel-blocked-after-abort",
     "When an alignment is aborted, the channels that already delivered their barrier stay blocked for ever.", "BA-7",
     "like FLINK-39018 (BA-33; corpus, pattern 7), where the path that resumes a blocked partition was missing"},
    {Defect::AbortTransactionOnNotifyAborted, "abort-transaction-on-notify-aborted",
     "The sink aborts the transaction of an aborted checkpoint, although its records belong to the next one.", "TX-22",
     "like FLINK-17327 and FLINK-37622 (corpus 91), where a sink aborted what it had pre-committed"},
    {Defect::CommitBeyondNotifiedCheckpoint, "commit-beyond-notified-checkpoint",
     "On the completion of one checkpoint the sink also commits the transactions of later ones that are still pending.",
     "TX-2", "like Iceberg #11008 (corpus 103), where the results of two checkpoints went into one commit"},
    {Defect::DeleteSubsumedBeforeStored, "delete-subsumed-before-stored",
     "The files of the oldest retained checkpoint are deleted when the next one is acknowledged, not when it is "
     "stored.",
     "SH-6", "like RisingWave #16260 (corpus 133), where files were collected that an older pinned version needed"},
    {Defect::DiscardFilesInUseOnAbort, "discard-files-in-use-on-abort",
     "The cleanup of an aborted checkpoint also takes the files of the completed one before it.", "SH-9",
     "like FLINK-25395 (corpus 38), where a cleanup discarded every handle it found, also those that others used"},
    {Defect::KeepFilesOfAbortedCheckpoint, "keep-files-of-aborted-checkpoint",
     "When a checkpoint is aborted, the state it had collected stays in storage for ever.", "SH-10",
     "like FLINK-30461 (corpus 42), where the files of an upload that failed were in no result and stayed"},
    {Defect::KeepPartialUpload, "keep-partial-upload",
     "A subtask whose snapshot is aborted or cancelled leaves behind what it had written of it.", "SN-17",
     "FLINK-30461 (corpus 42): nobody deleted the finished uploads of a snapshot that was not acknowledged"},
    {Defect::ReuseUnconfirmedFiles, "reuse-unconfirmed-files",
     "An incremental snapshot refers to files of the one taken before it, whether or not that one is known to be "
     "complete.",
     "SN-13", "FLINK-25395 (corpus 39): unconfirmed uploads were the base of the next snapshot"},
    {Defect::DiscardReusedFiles, "discard-reused-files",
     "A subtask whose incremental snapshot is aborted deletes all files of it, also those that it only refers to.",
     "SN-17", "FLINK-25395 (corpus 38): the cleanup of a cancelled snapshot discarded shared state that others use"},
    {Defect::NameSharedFilesByBackend, "name-shared-files-by-backend",
     "A shared file is stored and registered under its backend's name and number, which repeat after a second recovery "
     "from one checkpoint.",
     "SN-18", "FLINK-24611 and FLINK-29913 (corpus 37, 41): files were registered by a logical name that collided"},
    {Defect::RegisterCountedAcksOnly, "register-counted-acks-only",
     "The shared files of an acknowledgement are registered only if it counts, so that nobody ever deletes those of a "
     "late one.",
     "CO-23", "like FLINK-25395 (corpus 38, 39), where uploads of unconfirmed checkpoints belonged to nobody"},
    {Defect::UnregisterTooEarly, "unregister-too-early",
     "Shared files go that were last used by the lowest retained checkpoint, not only those last used before it.",
     "SH-4", "like RisingWave #16260 (corpus 133), where files were collected that an older pinned version needed"},
    {Defect::DeleteSharedFilesOnAbort, "delete-shared-files-on-abort",
     "The coordinator deletes the shared files of an aborted checkpoint along with its private ones.", "SH-9",
     "like FLINK-25395 (corpus 38), where the end of one checkpoint took files that others refer to"},
    {Defect::ShareLocalDirectory, "share-local-directory",
     "The operators of a chain keep their local copies of a checkpoint in one directory, where the last one wins.",
     "SN-19", "FLINK-12296 (corpus 55): the local path of a snapshot did not name the operator"},
    {Defect::UseNewestLocalCopy, "use-newest-local-copy",
     "A subtask restores from its newest local copy, whichever checkpoint that is of.", "SN-25",
     "like KAFKA-7192 and KAFKA-9891 (corpus 106, 107), where dirty local state was used again"},
    {Defect::KeepLocalCopyOfAborted, "keep-local-copy-of-aborted",
     "When a checkpoint is aborted, its local copy stays and is taken for that of the last completed one.", "SN-25",
     "like KAFKA-7192 (corpus 106): the store outlived the transaction that was aborted"},
    {Defect::UseLocalCopyOfDealtState, "use-local-copy-of-dealt-state",
     "A subtask restores its own local copy although its state was dealt out anew and others have a part in it.",
     "RS-6", "mutation of RS-6: the ranges and elements of local and remote state are not compared"},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].defect) != i) return false;
  }
  return true;
}
static_assert(in_order());

}  // namespace

std::span<const DefectInfo> all_defects() { return kTable; }

const DefectInfo& info(Defect defect) {
  const auto at = static_cast<std::size_t>(defect);
  WEIR_ASSERT(at < kTable.size(), "a value outside of its enumeration");
  return kTable[at];
}

std::optional<Defect> defect_named(std::string_view name) {
  const auto found = std::find_if(kTable.begin(), kTable.end(), [&](const DefectInfo& d) { return d.name == name; });
  if (found == kTable.end()) return std::nullopt;
  return found->defect;
}

}  // namespace weir::engine
