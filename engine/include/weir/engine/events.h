#pragma once

// What the engine reports: typed events, never log lines. Text, metrics and verdicts are derived from them.

#include <cstdint>
#include <string_view>

#include "weir/engine/hash.h"
#include "weir/engine/types.h"

namespace weir::engine {

// Who an event happened at. Processes keep their id, subtasks follow, the outside world comes last.
struct ActorId {
  std::uint16_t value{};
  friend constexpr auto operator<=>(const ActorId&, const ActorId&) = default;
};
inline constexpr std::uint16_t kFirstSubtaskActor = 1000;
inline constexpr std::uint16_t kFirstOutsideActor = 60000;
inline constexpr ActorId kLogBrokerActor{kFirstOutsideActor};
inline constexpr ActorId kStorageActor{kFirstOutsideActor + 1};
inline constexpr ActorId kWorldActor{kFirstOutsideActor + 2};
inline constexpr ActorId kHaStoreActor{kFirstOutsideActor + 3};

constexpr ActorId actor_of(ProcessId p) { return {p.value}; }
constexpr ActorId actor_of(SubtaskId s) { return {static_cast<std::uint16_t>(kFirstSubtaskActor + s.value)}; }
constexpr bool is_job_manager(ActorId a) { return is_job_manager(ProcessId{a.value}); }
constexpr bool is_subtask(ActorId a) { return a.value >= kFirstSubtaskActor && a.value < kFirstOutsideActor; }
constexpr SubtaskId subtask_of(ActorId a) { return {static_cast<std::uint16_t>(a.value - kFirstSubtaskActor)}; }

// X(Name, "text-name", has_checkpoint, "meaning of detail, a, b"). When has_checkpoint is true, `a` is the checkpoint.
// The order is part of the trace format: append only.
#define WEIR_ENGINE_EVENTS(X)                                                                                         \
  X(JobStateChanged, "job-state", false, "detail: JobState")                                                          \
  X(AttemptDeployed, "attempt-deployed", false, "coordinator: detail: attempt, a: subtask, b: process")               \
  X(AttemptStateChanged, "attempt-state", false, "detail: attempt, a: AttemptState")                                  \
  X(AttemptFailed, "attempt-failed", false, "detail: attempt, a: FailureCause, b: channel or process")                \
  X(RestartScheduled, "restart-scheduled", false, "a: restarts so far, b: delay ns")                                  \
  X(CheckpointTriggered, "checkpoint-triggered", true, "detail: CheckpointKind, b: subtasks to wait for")             \
  X(CheckpointCompleted, "checkpoint-completed", true, "detail: CheckpointKind, b: bytes")                            \
  X(CheckpointAborted, "checkpoint-aborted", true, "detail: AbortReason")                                             \
  X(AckReceived, "ack-received", true, "coordinator: detail: attempt, b: subtask | AckClass << 32")                   \
  X(DeclineReceived, "decline-received", true, "coordinator: detail: attempt, b: subtask | AbortReason << 32")        \
  X(TriggerReceived, "trigger-received", true, "source subtask: detail: attempt")                                     \
  X(AlignmentStarted, "alignment-started", true, "detail: channel of the first barrier, b: attempt")                  \
  X(BarrierReceived, "barrier-received", true, "detail: channel, b: 1 if obsolete")                                   \
  X(AlignmentEnded, "alignment-ended", true, "detail: attempt, b: duration ns")                                       \
  X(AlignmentAborted, "alignment-aborted", true, "detail: AbortReason, b: attempt")                                   \
  X(ChannelCutIn, "channel-cut-in", true, "at the snapshot: detail: channel, b: cut of the records processed")        \
  X(BarrierSent, "barrier-sent", true, "detail: channel, b: cut of the records sent before it")                       \
  X(CancelMarkerSent, "cancel-marker-sent", true, "detail: channel")                                                  \
  X(SnapshotTaken, "snapshot-taken", true, "in the sync part: detail: attempt, b: digest of keyed state")             \
  X(SnapshotDurable, "snapshot-durable", true, "detail: attempt, b: bytes")                                           \
  X(SnapshotFailed, "snapshot-failed", true, "detail: attempt")                                                       \
  X(AckSent, "ack-sent", true, "detail: attempt, b: duration of the sync part ns (SN-5)")                             \
  X(DeclineSent, "decline-sent", true, "detail: attempt, b: AbortReason")                                             \
  X(NotifyCompleteReceived, "notify-complete", true, "detail: attempt")                                               \
  X(NotifyAbortedReceived, "notify-aborted", true, "detail: attempt, b: latest completed checkpoint")                 \
  X(RestoreChosen, "restore-chosen", true, "coordinator, before redeploying; checkpoint 0: from the start")           \
  X(RestoreStarted, "restore-started", true, "detail: attempt")                                                       \
  X(StateRestored, "state-restored", true, "detail: attempt, b: digest of keyed state")                               \
  X(SplitSnapshot, "split-snapshot", true, "source: detail: split, b: position (records before it are in)")           \
  X(SplitRestored, "split-restored", true, "source: detail: split, b: position; checkpoint 0: start")                 \
  X(SegmentSent, "segment-sent", false, "detail: channel, a: records, b: bytes")                                      \
  X(SegmentProcessed, "segment-processed", false, "detail: channel, a: records, b: bytes")                            \
  X(EndOfDataReached, "end-of-data", false, "detail: attempt")                                                        \
  X(TransactionBegun, "transaction-begun", false, "detail: attempt, a: transaction")                                  \
  X(TransactionPreCommitted, "transaction-pre-committed", true, "detail: attempt, b: transaction")                    \
  X(TransactionCommitSent, "transaction-commit", true, "detail: attempt, b: transaction")                             \
  X(TransactionAbortSent, "transaction-abort", false, "detail: attempt, a: transaction")                              \
  X(ChannelBlocked, "channel-blocked", true, "receiver: detail: channel, b: attempt; not read on (BA-10)")            \
  X(ChannelResumed, "channel-resumed", true, "receiver: detail: channel, b: attempt")                                 \
  X(StateReported, "state-reported", true, "coordinator: detail: AckClass, b: hash of a path the ack names")          \
  X(SharedFileReported, "shared-file-reported", true,                                                                 \
    "coordinator: detail: AckClass, b: hash of the path of a shared file the ack refers to (SH-1)")                   \
  X(RequestReceived, "request-received", false, "coordinator: detail: JobRequestKind, a: number")                     \
  X(RequestEnded, "request-ended", true, "coordinator: its savepoint; detail: number, b: 1 if fulfilled")             \
  X(FilesRestored, "files-restored", true,                                                                            \
    "with local recovery: detail: attempt, b: files from the local disk | from checkpoint storage << 32")             \
  X(InFlightCaptured, "in-flight-captured", true,                                                                     \
    "either end of a channel: detail: channel, b: cut of the records that end in what it saved (BA-23, BA-29)")       \
  X(InFlightRestored, "in-flight-restored", true,                                                                     \
    "detail: attempt, b: cut of the records in flight that it has processed (BA-36)")                                 \
  X(InFlightProcessed, "in-flight-processed", true, "detail: attempt, b: digest of keyed state after them")           \
  X(PeerLost, "peer-lost", false,                                                                                     \
    "with heartbeats: the other end is given up: detail: process, a: 1 if it was unreachable, 0 if silent")           \
  X(JobRecovered, "job-recovered", true,                                                                              \
    "a leader read what the one before left: newest checkpoint; detail: session, b: savepoint that the job ended "    \
    "with")                                                                                                           \
  X(JobRecoveryFailed, "job-recovery-failed", true, "a pointer's checkpoint cannot be read: detail: session (CO-45)") \
  X(CheckpointRefused, "checkpoint-refused", false,                                                                   \
    "coordinator: a request that got no id (ME-3); detail: AbortReason, a: CheckpointKind")                           \
  X(SplitAssigned, "split-assigned", false, "source coordinator: detail: split, a: subtask, b: position (SO-4)")      \
  X(UnassignedSnapshot, "unassigned-snapshot", true,                                                                  \
    "source coordinator: a split that nobody has: detail: split, b: position | vertex << 48 (SO-2)")                  \
  X(UnassignedRestored, "unassigned-restored", true,                                                                  \
    "source coordinator: the same after a restore; checkpoint 0: start (SO-5, RE-6)")                                 \
  X(EventsSentCut, "events-sent-cut", true,                                                                           \
    "source coordinator: the last event before its part: detail: attempt, b: number | subtask << 32 (SO-16)")         \
  X(EventsHandledCut, "events-handled-cut", true,                                                                     \
    "source: the last event it handled before its snapshot: detail: attempt, b: number (SO-16)")                      \
  X(OperatorEventLost, "operator-event-lost", false,                                                                  \
    "source coordinator: not answered in time: detail: attempt, a: subtask, b: number (SO-18)")                       \
  X(SegmentSizeAnnounced, "segment-size-announced", false,                                                            \
    "receiver, with debloating: detail: attempt, a: bytes of the segments it wants (BP-6)")                           \
  X(TaskTimes, "task-times", false,                                                                                   \
    "at a snapshot and at the end, since it runs: detail: attempt, a: busy ns, b: back-pressured ns")

enum class EventKind : std::uint16_t {
#define WEIR_ENUM(name, text, has_checkpoint, fields) name,
  WEIR_ENGINE_EVENTS(WEIR_ENUM)
#undef WEIR_ENUM
};
inline constexpr std::uint16_t kEngineEventKinds =
#define WEIR_COUNT(name, text, has_checkpoint, fields) +1
    0 WEIR_ENGINE_EVENTS(WEIR_COUNT);
#undef WEIR_COUNT

struct EventInfo {
  std::string_view name;
  bool has_checkpoint;
  std::string_view fields;
};
const EventInfo& info(EventKind kind);

enum class JobState : std::uint8_t {
  Created,
  Running,
  Restarting,
  Finished,
  Failed,
  Canceling,
  Canceled,
  Suspended,  // its JobManager does not lead any more; another one goes on with it (CO-49)
};
constexpr bool is_terminal(JobState s) {
  return s == JobState::Finished || s == JobState::Failed || s == JobState::Canceled;
}
enum class AttemptState : std::uint8_t { Deploying, Initializing, Running, Finished, Canceled, Failed };
enum class CheckpointKind : std::uint8_t {
  Periodic,
  Final,
  Savepoint,           // the job goes on; nothing is committed (SP-3)
  SuspendSavepoint,    // the job ends with it, as it stands (SP-2)
  TerminateSavepoint,  // the job ends with it, after its last records (drain)
};
constexpr bool is_savepoint(CheckpointKind k) { return k >= CheckpointKind::Savepoint; }
constexpr bool is_synchronous(CheckpointKind k) { return k >= CheckpointKind::SuspendSavepoint; }  // SP-7
enum class SavepointFormat : std::uint8_t {
  Canonical,  // the same bytes for every backend
  Native,     // what the backend has by itself
};
// What is to be taken; travels with the trigger and with every barrier.
struct CheckpointType {
  CheckpointKind kind = CheckpointKind::Periodic;
  SavepointFormat format = SavepointFormat::Canonical;  // of a savepoint
  bool full = false;  // of a checkpoint: it refers to no file of an earlier one (SN-16, flink-semantics 9.3)
  friend constexpr bool operator==(const CheckpointType&, const CheckpointType&) = default;
};
// What the user may ask of a running job.
enum class JobRequestKind : std::uint8_t { Savepoint, Stop, StopAndDrain, Cancel };
// CO-23, CO-28. Expired: late, of a checkpoint that ran into its timeout (CO-24).
enum class AckClass : std::uint8_t { Success, Duplicate, UnknownAttempt, Discarded, Late, Rejected, Expired };

enum class FailureCause : std::uint8_t {
  UserFunction,
  ConnectionBroken,
  ProcessLost,
  DeployTimeout,
  RestoreFailed,
  SnapshotFailed,
  SinkFailed,
  SourceFailed,
  SavepointAborted,  // the attempt stood still for it (SP-8)
  JobManagerLost,    // the TaskManager heard nothing of it any more (RE-12)
  NotDeployed,       // the TaskManager does not know the attempt (RE-14)
  EventLost,         // its coordinator did not answer what it said (SO-18)
};

// CO-37; only the reasons that this engine can produce. A trigger is one step here and a stop empties the queue, so no
// request finds the rhythm stopped (PERIODIC_SCHEDULER_SHUTDOWN).
enum class AbortReason : std::uint8_t {
  MinimumTimeBetweenCheckpoints,
  TooManyCheckpointRequests,
  NotAllRequiredTasksRunning,
  CheckpointExpired,
  CheckpointDeclinedTaskNotReady,
  CheckpointDeclinedTaskClosing,
  CheckpointDeclinedSubsumed,
  CheckpointDeclinedOnCancellationBarrier,
  CheckpointSubsumed,
  CheckpointCoordinatorSuspend,
  CheckpointCoordinatorShutdown,
  JobFailoverRegion,
  CheckpointAsyncException,
  FinalizeCheckpointFailure,
  TriggerCheckpointFailure,  // no id could be had (CO-47)
};

std::string_view name(JobState v);
std::string_view name(AttemptState v);
std::string_view name(CheckpointKind v);
std::string_view name(SavepointFormat v);
std::string_view name(JobRequestKind v);
std::string_view name(AckClass v);
std::string_view name(FailureCause v);
std::string_view name(AbortReason v);  // Flink's spelling, e.g. CHECKPOINT_EXPIRED
// Whether a reason counts against the tolerable failures (CO-37, CO-38).
bool counts_as_failure(AbortReason v);

// Which records of one connection are on one side of a cut: how many, and a digest of their origins. Both ends keep one
// and report it, so that a lost, doubled or foreign record shows as a difference (consistent cut).
class ChannelCut {
 public:
  void add(Origin origin) {
    ++count_;
    digest_ += mix64(origin.value);
  }
  std::uint64_t packed() const { return count_ << 40 | (digest_ & kDigest); }
  static constexpr std::uint64_t count(std::uint64_t packed) { return packed >> 40; }
  // Of the records of both, and of those of `all` without those of `part`.
  static constexpr std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
    return (count(a) + count(b)) << 40 | ((a + b) & kDigest);
  }
  static constexpr std::uint64_t difference(std::uint64_t all, std::uint64_t part) {
    return (count(all) - count(part)) << 40 | ((all - part) & kDigest);
  }

 private:
  static constexpr std::uint64_t kDigest = 0xFF'FFFF'FFFF;
  std::uint64_t count_ = 0;
  std::uint64_t digest_ = 0;
};

// `b` of UnassignedSnapshot and UnassignedRestored.
struct UnassignedSplit {
  VertexId source;
  std::uint64_t position = 0;
  constexpr std::uint64_t packed() const { return std::uint64_t{source.value} << kShift | position; }
  static constexpr UnassignedSplit of(std::uint64_t packed) {
    return {VertexId{static_cast<std::uint16_t>(packed >> kShift)}, packed & ((std::uint64_t{1} << kShift) - 1)};
  }

 private:
  static constexpr unsigned kShift = 48;
};

// A flat record, so that reporting costs a few stores.
struct Event {
  EventKind kind;
  ActorId actor;
  std::uint32_t detail = 0;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
};

}  // namespace weir::engine
