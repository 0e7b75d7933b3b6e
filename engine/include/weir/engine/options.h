#pragma once

// How a job is run. Plain values with Flink's defaults where Flink has one; times in virtual nanoseconds.

#include <cstdint>
#include <optional>

#include "weir/engine/types.h"

namespace weir::engine {

using namespace std::chrono_literals;

enum class CheckpointingMode : std::uint8_t {
  ExactlyOnce,
  AtLeastOnce,  // channels are not aligned: after a restore records may be processed twice, none is lost (BA-18)
};
enum class StateBackendKind : std::uint8_t { Heap, RocksDb };
// Where checkpoints are kept (SH-14). JobManager: in its memory, state and metadata both, lost with it. FileSystem:
// in checkpoint storage, which survives every process.
enum class CheckpointStorageKind : std::uint8_t { FileSystem, JobManager };

// What becomes of the retained checkpoints when the job has ended by itself, was cancelled, or failed for good (CO-49).
enum class Retention : std::uint8_t {
  Never,           // deleted in each case
  OnFailure,       // kept when the job failed
  OnCancellation,  // kept when the job failed or was cancelled
};

// execution.checkpointing.file-merging.*: many pieces of state in few files, kept by the TaskManagers (SH-15).
struct FileMergingOptions {
  bool enabled = false;
  std::uint64_t max_file_size = 32u << 20;  // bytes; a file that has reached it takes no other piece
  // A file that has more than so many percent of its bytes in use is not referred to any more, but uploaded again.
  std::uint32_t max_amplification = 200;
  bool across_checkpoints = false;  // pieces of several checkpoints in one file
  friend bool operator==(const FileMergingOptions&, const FileMergingOptions&) = default;
};

struct CheckpointOptions {
  bool enabled = false;       // CO-3
  Duration interval = 500ms;  // CO-1: >= 10 ms
  Duration timeout = 10min;   // CO-1: >= 10 ms; counted from creation (CO-17)
  Duration min_pause = 0ns;   // CO-12
  std::uint32_t max_concurrent = 1;
  std::uint32_t tolerable_failures = 0;  // CO-38
  std::uint32_t num_retained = 1;        // CO-42
  CheckpointingMode mode = CheckpointingMode::ExactlyOnce;
  // execution.checkpointing.unaligned.enabled: barriers overtake records, and the records overtaken are part of the
  // checkpoint (BA-11, BA-29). Exactly-once only, one checkpoint at a time (CO-2). Savepoints are always aligned.
  bool unaligned = false;
  // execution.checkpointing.aligned-checkpoint-timeout: with `unaligned`, barriers stay in line until so long after the
  // trigger (BA-13); 0: they overtake at once.
  Duration aligned_timeout = 0ns;
  CheckpointStorageKind storage = CheckpointStorageKind::FileSystem;
  Retention retention = Retention::Never;
  // A state smaller than this many bytes is put into its handle instead of a file (SH-12); 0: never. Flink's default is
  // 20 KB. Here it is 0, because the states of small jobs would all lie below: nothing would be written that a fault
  // could hit, or that could be acknowledged before it is durable.
  std::uint32_t data_inline_threshold = 0;
  // execution.checkpointing.incremental, formerly state.backend.incremental: RocksDB uploads only the files that no
  // confirmed checkpoint has (SN-12, SN-13). Otherwise every checkpoint holds the whole state in the canonical form.
  bool incremental = false;
  FileMergingOptions file_merging = {};
  // pipeline.sources.pause-until-first-checkpoint: what starts from nothing reads nothing before a checkpoint is
  // complete, and so the first one is triggered soon (CO-6).
  bool pause_sources_until_first = false;
  friend bool operator==(const CheckpointOptions&, const CheckpointOptions&) = default;
};

// state.changelog.*: a checkpoint of keyed state is the last materialisation and the log since (SN-20).
struct ChangelogOptions {
  bool enabled = false;
  Duration materialization_interval = 10min;  // SN-21: from the end of one to the next
  friend bool operator==(const ChangelogOptions&, const ChangelogOptions&) = default;
};

inline constexpr std::uint32_t kMaxInlineThreshold = 1u << 20;    // SH-12
inline constexpr std::uint64_t kMaxJobManagerState = 5ull << 20;  // SH-14: of one state

// Whether and when a failed job is started again (flink-semantics 8.2).
enum class RestartStrategy : std::uint8_t {
  Default,           // ExponentialDelay when checkpoints are on, else None (CO-3)
  ExponentialDelay,  // each restart waits longer than the one before
  FixedDelay,        // so many restarts in all, each after the same time
  FailureRate,       // gives up when failures come too close together
  None,              // the first failure is final
};

// high-availability.type: whether another JobManager takes the job over when the leader is lost (RE-13).
enum class HighAvailability : std::uint8_t {
  None,   // the job is lost with its JobManager (CO-46)
  Store,  // pointers to checkpoints and the counter of their ids are in a store that outlives it (CO-48)
};

inline constexpr std::uint32_t kUnlimitedRestarts = 0x7FFF'FFFF;

struct ExponentialDelayOptions {
  Duration initial_backoff = 1s;                                     // >= 1 ms
  Duration max_backoff = 1min;                                       // not below the initial one
  std::uint32_t backoff_multiplier = 1500;                           // thousandths, > 1000
  std::uint32_t jitter_factor = 100;                                 // thousandths of the delay, up or down; <= 1000
  Duration reset_backoff_threshold = 1h;                             // after so long without a failure it begins anew
  std::uint32_t attempts_before_reset_backoff = kUnlimitedRestarts;  // restarts until then
  friend bool operator==(const ExponentialDelayOptions&, const ExponentialDelayOptions&) = default;
};

struct FixedDelayOptions {
  std::uint32_t attempts = 1;
  Duration delay = 1s;
  friend bool operator==(const FixedDelayOptions&, const FixedDelayOptions&) = default;
};

struct FailureRateOptions {
  std::uint32_t max_failures_per_interval = 1;
  Duration interval = 1min;
  Duration delay = 1s;
  friend bool operator==(const FailureRateOptions&, const FailureRateOptions&) = default;
};

// jobmanager.execution.failover-strategy: what a failed subtask takes along in a restart (RE-1).
enum class FailoverStrategy : std::uint8_t {
  Region,  // its region; the others keep running (RE-5)
  Full,    // every subtask
};

// Of the parameters only those of the strategy count.
struct RestartOptions {
  RestartStrategy strategy = RestartStrategy::Default;
  ExponentialDelayOptions exponential_delay = {};
  FixedDelayOptions fixed_delay = {};
  FailureRateOptions failure_rate = {};
  friend bool operator==(const RestartOptions&, const RestartOptions&) = default;
};

struct ClusterOptions {
  std::uint16_t task_managers = 2;
  std::uint16_t slots = 0;  // per TaskManager; 0: enough for the job
  friend bool operator==(const ClusterOptions&, const ClusterOptions&) = default;
};

// taskmanager.network.memory.buffer-debloat.*: the size of segments follows what a subtask processes, so that about
// `target` worth of it is in flight to it (BP-6).
struct DebloatOptions {
  bool enabled = false;
  Duration period = 200ms;               // from one measurement to the next
  Duration target = 1s;                  // time in which what is in flight is to be processed
  std::uint32_t samples = 20;            // measurements that the moving average is over; >= 1
  std::uint32_t threshold_percent = 25;  // a smaller change than this is not announced to the producers
  std::uint32_t min_segment_size = 256;  // bytes; taskmanager.memory.min-segment-size
  friend bool operator==(const DebloatOptions&, const DebloatOptions&) = default;
};

struct NetworkOptions {
  std::uint32_t segment_size = 2048;       // bytes; a larger record spans several
  std::uint32_t records_per_segment = 32;  // a segment is sent when it holds this many
  std::uint32_t credits_per_channel = 4;   // BP-1: exclusive ones, >= 1; Flink's default is 2
  // BP-1: shared by the channels of an input gate, for those whose producers have a backlog; Flink's default is 8.
  std::uint32_t floating_credits_per_gate = 0;
  std::uint32_t queued_segments = 10;  // per channel at the producer
  // BP-1: segments of an output beyond that, with which a burst of records may end before its task stands still.
  std::uint32_t overdraft_segments_per_output = 5;
  // execution.buffer-timeout.interval: how long what is in a partly filled segment waits, after the step that wrote it,
  // for more (BP-7); 0: it is sent when the subtask has nothing else to do. Flink's default is 100 ms.
  Duration buffer_timeout = 0ns;
  DebloatOptions debloat = {};
  friend bool operator==(const NetworkOptions&, const NetworkOptions&) = default;
};

// Virtual processor time.
struct CostOptions {
  Duration source_record = 40us;  // reading one record
  Duration record = 2us;          // one record through one chain
  Duration barrier = 1us;
  Duration snapshot_sync = 20us;
  Duration snapshot_async = 50us;  // plus the storage write
  Duration restore = 500us;
  Duration local_restore = 100us;  // the same when every file that is read lies on the local disk (SN-25)
  friend bool operator==(const CostOptions&, const CostOptions&) = default;
};

// Timeouts of the control plane.
struct RpcOptions {
  Duration retry = 200ms;  // of the messages that are repeated until answered
  // pekko.ask.timeout: no state update after a deployment, no answer to an event of a coordinator (SO-18).
  Duration deploy_timeout = 10s;
  friend bool operator==(const RpcOptions&, const RpcOptions&) = default;
};

// heartbeat.*: how JobManager and TaskManagers notice that the other is gone (RE-11, RE-12). Flink's interval is 10 s;
// here they are off by default, and the world tells the JobManager of a death, because most runs last less than that.
struct HeartbeatOptions {
  Duration interval = 0ns;                  // 0: there are none
  Duration timeout = 50s;                   // > interval: who was silent for so long is given up
  std::uint32_t rpc_failure_threshold = 2;  // so many heartbeats in a row that reached nobody give it up as well
  bool enabled() const { return interval > 0ns; }
  friend bool operator==(const HeartbeatOptions&, const HeartbeatOptions&) = default;
};

// How the splits of a source come to its subtasks.
enum class SplitAssignment : std::uint8_t {
  ByNumber,   // split s is read by subtask s mod parallelism; nobody coordinates
  OnRequest,  // a coordinator in the JobManager gives them to who has none left (flink-semantics 11)
};

struct JobOptions {
  CheckpointOptions checkpoint;
  RestartOptions restart;
  FailoverStrategy failover_strategy = FailoverStrategy::Region;
  ClusterOptions cluster;
  NetworkOptions network;
  CostOptions cost;
  RpcOptions rpc;
  HeartbeatOptions heartbeat;
  StateBackendKind backend = StateBackendKind::Heap;
  ChangelogOptions changelog;
  // state.backend.local-recovery: TaskManagers keep a copy of what they upload and restore from it (SN-25, SN-26).
  bool local_recovery = false;
  HighAvailability high_availability = HighAvailability::None;
  SplitAssignment split_assignment = SplitAssignment::ByNumber;
  friend bool operator==(const JobOptions&, const JobOptions&) = default;
};

// The strategy that a job with these options has; never Default.
constexpr RestartStrategy restart_strategy(const JobOptions& options) {
  if (options.restart.strategy != RestartStrategy::Default) return options.restart.strategy;
  return options.checkpoint.enabled ? RestartStrategy::ExponentialDelay : RestartStrategy::None;
}

}  // namespace weir::engine
