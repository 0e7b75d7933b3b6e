#pragma once

// Control messages between JobManager and TaskManagers. Asynchronous, no answer, no retry unless a comment says so
// (G-3).

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "weir/engine/events.h"
#include "weir/engine/source_split.h"
#include "weir/engine/state_handle.h"
#include "weir/engine/types.h"

namespace weir::engine {

// --- TaskManager -> JobManager
struct RegisterTaskManager {  // repeated by the TaskManager until it is answered by RegistrationAccepted
  std::uint16_t slots = 0;
  std::uint32_t incarnation = 0;  // ascends over restarts of the process
};
struct TaskStateUpdate {  // repeated until answered by TaskStateSeen (flink-semantics 12)
  ExecutionAttempt attempt;
  AttemptState state{};
  FailureCause cause{};
  std::uint32_t culprit = 0;  // as the b field of AttemptFailed
};
struct AcknowledgeCheckpoint {  // with the durations of SN-5; together they last from the trigger to the
                                // acknowledgement
  CheckpointId checkpoint;
  ExecutionAttempt attempt;
  SubtaskState state;             // owned by the coordinator from here on (SN-4)
  Duration sync{};                // the part that stops the subtask
  Duration async{};               // from then until the state is durable
  Duration alignment{};           // first barrier to last
  Duration start_delay{};         // trigger to first barrier
  bool past_end_of_data = false;  // the snapshot was taken after the last record (CO-52)
};
struct DeclineCheckpoint {
  CheckpointId checkpoint;
  ExecutionAttempt attempt;
  AbortReason reason{};
};
struct EndOfDataReport {  // all of this attempt's records are emitted (CO-55)
  ExecutionAttempt attempt;
};

// From a subtask to the coordinator of its operator (SO-8, SN-6). Answered by EventSeen; not repeated: without an
// answer the subtask fails (SO-18). Numbers ascend within an attempt, and the next event waits for the answer.
struct CoordinatorEvent {
  ExecutionAttempt attempt;
  std::uint32_t number = 0;
  CheckpointId checkpoint{};  // its part of it is taken; 0: it asks for a split
};

struct Heartbeat {  // the answer to each HeartbeatRequest
  std::uint32_t incarnation = 0;
  // Attempts that live here, or whose end the JobManager has not seen yet; ascending (RE-14).
  std::vector<ExecutionAttempt> deployed;
};

// --- JobManager -> TaskManager
struct RegistrationAccepted {
  std::uint32_t incarnation = 0;
};
struct DeployTask {
  ExecutionAttempt attempt;
  CheckpointId restored{};           // 0: fresh start
  SubtaskState state;                // what to restore from
  std::vector<ProcessId> peers;      // process of every subtask, indexed by SubtaskId
  bool finished_on_restore = false;  // CO-54
  AllocationId allocation{};         // of its slot; told with local recovery only (SN-26)
};
struct CancelTask {  // repeated until the attempt is reported terminal
  ExecutionAttempt attempt;
};
struct TaskStateSeen {
  ExecutionAttempt attempt;
  AttemptState state{};
};
struct TriggerCheckpoint {
  CheckpointId checkpoint;
  Time timestamp{};
  ExecutionAttempt attempt;
  CheckpointType type = {};
};
struct NotifyCheckpointComplete {
  CheckpointId checkpoint;
  ExecutionAttempt attempt;
  CheckpointId lowest = {};  // the oldest retained one: what only older ones use may go (SH-15)
  // The newest of the job's own that it took the place of; 0: none (CO-32).
  CheckpointId subsumed = {};
};
struct NotifyCheckpointAborted {
  CheckpointId checkpoint;
  CheckpointId latest_completed{};  // heals a missed completion (CO-36)
  ExecutionAttempt attempt;
};

struct FreeSlot {  // with local recovery: nothing is deployed under this allocation any more (SN-26)
  AllocationId allocation;
};

// From a coordinator to a subtask of its operator, under the same rules.
struct OperatorEvent {
  ExecutionAttempt attempt;
  std::uint32_t number = 0;
  std::vector<SourceSplit> splits;
  bool no_more_splits = false;  // SO-12
};

struct HeartbeatRequest {
  std::uint32_t incarnation = 0;
};
struct Disconnected {  // the JobManager has given this life up (RE-11): its attempts are over, it may register again
  std::uint32_t incarnation = 0;
};

// --- either way
struct EventSeen {  // an event has arrived at its other end
  ExecutionAttempt attempt;
  std::uint32_t number = 0;
};

using Message = std::variant<RegisterTaskManager, TaskStateUpdate, AcknowledgeCheckpoint, DeclineCheckpoint,
                             EndOfDataReport, RegistrationAccepted, DeployTask, CancelTask, TaskStateSeen,
                             TriggerCheckpoint, NotifyCheckpointComplete, NotifyCheckpointAborted, FreeSlot, Heartbeat,
                             HeartbeatRequest, Disconnected, CoordinatorEvent, OperatorEvent, EventSeen>;

// Same order as the alternatives of Message.
enum class MessageKind : std::uint8_t {
  RegisterTaskManager,
  TaskStateUpdate,
  AcknowledgeCheckpoint,
  DeclineCheckpoint,
  EndOfDataReport,
  RegistrationAccepted,
  DeployTask,
  CancelTask,
  TaskStateSeen,
  TriggerCheckpoint,
  NotifyCheckpointComplete,
  NotifyCheckpointAborted,
  FreeSlot,
  Heartbeat,
  HeartbeatRequest,
  Disconnected,
  CoordinatorEvent,
  OperatorEvent,
  EventSeen,
};
inline constexpr std::size_t kMessageKinds = std::variant_size_v<Message>;

inline MessageKind kind_of(const Message& m) { return static_cast<MessageKind>(m.index()); }
std::string_view name(MessageKind kind);  // "acknowledge-checkpoint"
// 0 when the message is not about a checkpoint.
CheckpointId checkpoint_of(const Message& m);
// The subtask the message is from or for; 0xFFFF when it is about a process.
inline constexpr SubtaskId kNoSubtask{0xFFFF};
SubtaskId subtask_of(const Message& m);

}  // namespace weir::engine
