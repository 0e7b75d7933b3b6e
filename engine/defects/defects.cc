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
    {Defect::LoseSplitsOnScaleIn, "lose-splits-on-scale-in",
     "A restored source takes the first split of its list only, so that splits are lost when fewer subtasks have more "
     "of them.",
     "SO-3", "Beam #25975 (corpus 124): a restore with lower parallelism left some splits undelivered"},
    {Defect::RestartSplitOfOtherOwner, "restart-split-of-other-owner",
     "A split that another subtask has read so far is read again from its start.", "SO-1",
     "like FLINK-38453 (corpus 75), where partitions were given out again without their offsets"},
    {Defect::RerunFinishedSource, "rerun-finished-source",
     "A source subtask that had finished before the restored checkpoint runs again, from the start of its input.",
     "CO-54", "Beam #30903 (corpus 126): a source that had emitted everything fired again after a restore"},
    {Defect::DropPendingOnScaleIn, "drop-pending-on-scale-in",
     "With lower parallelism nobody gets the lists of the subtasks that are no more, such as a sink's pending "
     "transactions.",
     "TX-6", "RisingWave #20615 (corpus 135): what was pending for a writer that went with a scale-in was dropped"},
    {Defect::RestoreOneCommittable, "restore-one-committable",
     "Of several pre-committed transactions in the state of a sink only the first is committed after a restore.",
     "TX-1", "like FLINK-29627 (corpus 85), where two committables of one subtask could not be restored"},
    {Defect::KeepLingeringTransactions, "keep-lingering-transactions",
     "After a restore a sink aborts only the transactions its state knows of; others stay open and hold readers back.",
     "TX-17", "FLINK-23854 (corpus 89): transactions of attempts without a completed checkpoint lingered"},
    {Defect::LoseLastKeyGroup, "lose-last-key-group",
     "When a handle is cut to the range of a subtask, the last key group of the cut is left out.", "RS-5",
     "no single ticket: the mistake by one at the borders of ranges that RS-4 and RS-5 are about"},
    {Defect::SplitListToAll, "split-list-to-all",
     "After a rescale every subtask gets all elements of a split list, as if it were a union list.", "RS-8",
     "no single ticket: the mix-up of redistribution modes that ST-8 warns of"},
    {Defect::NoBroadcastForNewSubtasks, "no-broadcast-for-new-subtasks",
     "After a rescale the subtasks beyond the old parallelism start with an empty broadcast state.", "RS-10",
     "like FLINK-23475 (corpus 61), where subtasks that had reported no copy started with an empty map"},
    {Defect::NoGeneratedIdFallback, "no-generated-id-fallback",
     "The state of an operator with a uid is looked for under that only, not under the id it had before it was given "
     "one.",
     "RS-12", "FLINK-13973 (corpus 63): state was sought under the user's hash without the fallback"},
    {Defect::LoseTimersOnShortRead, "lose-timers-on-short-read",
     "When storage gives fewer bytes than were asked for, timers pass as written without a header and are dropped.",
     "TM-5", "FLINK-19300 (corpus 56): heap timers were silently lost after a short read of the version header"},
    {Defect::KeepForeignTimers, "keep-foreign-timers",
     "After a rescale a subtask takes over all timers, also those of key groups that it does not own.", "RS-5",
     "like FLINK-19741 (corpus 57), where the timer service took raw keyed state that was not for it"},
    {Defect::WriteAfterSyncPart, "write-after-sync-part",
     "A heap snapshot shows what the state is when it is written, not what it was in the sync part.", "SN-2",
     "no single ticket: the torn snapshot that the versions of SN-7 and SN-8 exist for, as in FLINK-6207"},
    {Defect::ReleaseVersionEarly, "release-version-early",
     "The version of a heap snapshot is released before it is written, so that what is overwritten is not kept for it.",
     "SN-9", "no single ticket: the early release that SN-9 names; FLINK-6207 tore snapshots in the same place"},
    {Defect::ShareStateNumbers, "share-state-numbers",
     "The numbers of states are taken as those of the first handle restored, though each handle has its own.", "SN-10",
     "FLINK-16576 (rule SN-10): state id to meta mappings of several handles were mixed up on restore"},
    {Defect::ReadOldFormAsNew, "read-old-form-as-new",
     "State of an older schema is read as if it were written with the one of today.", "ST-19",
     "no single ticket: an evolved type without migration, the mistake that ST-18 and ST-19 are about"},
    {Defect::FinishOnSuspend, "finish-on-suspend",
     "A stop with savepoint but without drain ends the data: windows fire, operators finish.", "SP-6",
     "FLINK-21132 (corpus 78): operators were told of the end of input on a stop without drain"},
    {Defect::RestartAfterSavepoint, "restart-after-savepoint",
     "When a task fails after the savepoint that the job ends with is stored, the job restarts from an older "
     "checkpoint.",
     "SP-9", "FLINK-26783 (corpus 81): a global failover although the savepoint had completed"},
    {Defect::CommitWithSavepoint, "commit-with-savepoint",
     "The completion of a plain savepoint is notified, so that sinks commit what a failure then replays.", "CO-29",
     "FLINK-10354 (corpus 34, variant A): savepoints committed but were not what recovery used"},
    {Defect::RecoverFromSavepoint, "recover-from-savepoint",
     "A plain savepoint is retained like a checkpoint: the job recovers from it, and it takes the place of others.",
     "CO-29", "FLINK-25191 and FLINK-6328 (corpus 34, variant B): recovery depended on savepoints, the user's files"},
    {Defect::SubsumeBySavepoint, "subsume-by-savepoint",
     "When a savepoint completes, shared files go that only checkpoints before it use.", "SH-7",
     "FLINK-21351 (corpus 33): a completed savepoint subsumed the last checkpoint and its shared files"},
    {Defect::DiscardUnclaimedCheckpoint, "discard-unclaimed-checkpoint",
     "The checkpoint or savepoint a job started from is deleted when it is subsumed, though the job never claimed it.",
     "SP-12", "like FLINK-26985 (rule SH-5), where the job deleted what it was restored from but did not own"},
    {Defect::DiscardUnclaimedSharedFiles, "discard-unclaimed-shared-files",
     "Shared files of a snapshot that the job did not claim are deleted when no checkpoint of its own uses them.",
     "SH-5", "FLINK-26985 (rule SH-5): shared state of restored checkpoints was discarded"},
    {Defect::StartIdsAgain, "start-ids-again", "A job that starts from a checkpoint numbers its own from 1 again.",
     "CO-47", "Arroyo #1003 (corpus 141): the epoch counter began again, below what was there"},
    {Defect::ShareFilesOfSavepoint, "share-files-of-savepoint",
     "A native savepoint takes part in incremental snapshots: it refers to files of checkpoints, and they to its own.",
     "SP-4", "like FLINK-23949 (rule SP-4), where savepoints got into the bookkeeping of incremental snapshots"},
    {Defect::ForgetElementsUnderWay, "forget-elements-under-way",
     "Elements whose request is under way are not in the snapshot of an asynchronous operator.", "G-2",
     "no single ticket: the promise of Flink's AsyncWaitOperator, that elements in flight are state"},
    {Defect::FollowFurthestWatermark, "follow-furthest-watermark",
     "The watermark of a subtask is the greatest of its inputs instead of the least, so that what is in time counts as "
     "late.",
     "TM-13", "no single ticket: maximum for minimum, the mistake that TM-13 is about"},
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
    {Defect::KeepFailureCount, "keep-failure-count",
     "A checkpoint that completes does not end the row of failed ones, so that failures far apart add up.", "CO-38",
     "no single ticket: the consecutive counter that CO-38 describes, without its reset"},
    {Defect::TolerateExpired, "tolerate-expired",
     "Checkpoints that run into their timeout do not count as failed, so that the job goes on without any.", "CO-38",
     "FLINK-17351 (rule CO-38): an expiry was not counted; like FLINK-32347 (corpus 31), a failure nobody counted"},
    {Defect::KeepTriggeringAfterExpiry, "keep-triggering-after-expiry",
     "When a checkpoint expires, its trigger passes as still in progress, and no other one is ever started.", "CO-15",
     "FLINK-26394 (corpus 26): isTriggering was not reset when the checkpoint expired"},
    {Defect::NeverExpire, "never-expire",
     "A checkpoint has no timeout, so that one whose message was lost stays pending and holds all others back.",
     "CO-17", "like FLINK-26394 (corpus 26), where what was pending for ever kept others from being triggered"},
    {Defect::ReuseAbortedIds, "reuse-aborted-ids", "The id of a checkpoint that was aborted is given to the next one.",
     "CO-47", "no single ticket: the mistake that CO-47 rules out; like Arroyo #1003 (corpus 141)"},
    {Defect::HealWithAbortedId, "heal-with-aborted-id",
     "The message of an abort names the aborted checkpoint itself as the latest completed one, and sinks commit it.",
     "CO-36", "no single ticket: the wrong id on the healing path of FLINK-8871 (corpus 36)"},
    {Defect::NotifyBeforeStored, "notify-before-stored",
     "Subtasks hear of a completion when all have acknowledged, before the metadata is stored.", "CO-41",
     "like FLINK-10354 (corpus 34, variant A): a commit for a snapshot that recovery may not use"},
    {Defect::SubsumePendingSavepoint, "subsume-pending-savepoint",
     "A checkpoint that completes aborts the savepoints that are still pending.", "CO-31",
     "like FLINK-21351 (corpus 33), where savepoints and checkpoints took each other's place"},
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
