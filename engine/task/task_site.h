#pragma once

// Which attempt of which subtask this is, and where it runs. Handed to every part of an attempt; outlives them.

#include <memory>

#include "weir/engine/environment.h"
#include "weir/engine/job_graph.h"
#include "weir/engine/messages.h"
#include "weir/engine/processes.h"

namespace weir::engine {

class LocalState;
class MergedStorage;

// Timers of a TaskManager process.
enum class TaskTimer : std::uint8_t {
  Registration,
  StateReport,  // argument: AttemptState
  Initialize,
  Step,
  Flush,
  Debloat,
  AsyncPart,          // argument: checkpoint
  Background,         // argument: position of the operator in its chain
  Alarm,              // likewise
  Materialize,        // likewise
  WriteMaterialized,  // likewise
  AlignmentTimeout,   // argument: checkpoint
  JobManagerSilence,  // argument: number of the watch
  SlotTimeout,        // argument: number of the loss
  EventTimeout,       // argument: number of an event for the coordinator
};

struct TaskSite {
  Environment& env;
  const JobSetup& setup;
  ProcessId process;
  Leader leader;  // that deployed it, and whom it tells (RP-2)
  const SubtaskInfo& subtask;
  const JobVertex& vertex;
  ExecutionAttempt attempt;
  CheckpointId restored;                   // 0: from the start
  bool finished_on_restore;                // a placeholder: passes barriers on and has nothing else to do (CO-54)
  std::shared_ptr<LocalState> local = {};  // null: no local recovery, or it never restores

  MergedStorage* merged = nullptr;  // of the process; null: every piece of state has a file of its own

  const JobOptions& options() const { return setup.options; }
  ConnectionId connection(ChannelId channel) const { return {channel, attempt.attempt}; }

  void emit(EventKind kind, std::uint64_t a = 0, std::uint64_t b = 0) const {
    emit_detail(kind, attempt.attempt.value, a, b);
  }
  void emit_detail(EventKind kind, std::uint32_t detail, std::uint64_t a, std::uint64_t b) const {
    env.events.emit({kind, actor_of(subtask.id), detail, a, b});
  }
  // What an attempt does about the barriers of a checkpoint. Those that it replaced may still be at it (RE-12).
  void emit_alignment(EventKind kind, std::uint32_t detail, CheckpointId checkpoint) const {
    emit_detail(kind, detail, checkpoint.value, attempt.attempt.value);
  }
  void send(Message message) const { env.control.send(process, leader.process, leader.session, std::move(message)); }
  TimerEvent timer(TaskTimer kind, std::uint64_t argument = 0) const {
    return {static_cast<std::uint8_t>(kind), subtask.id.value, attempt.attempt.value, argument};
  }
  void arm(Duration delay, TaskTimer kind, std::uint64_t argument = 0) const {
    env.timers.arm(process, delay, timer(kind, argument));
  }
};

inline void decline(const TaskSite& site, CheckpointId checkpoint, AbortReason reason) {
  site.emit(EventKind::DeclineSent, checkpoint.value, static_cast<std::uint64_t>(reason));
  site.send(DeclineCheckpoint{checkpoint, site.attempt, reason});
}

}  // namespace weir::engine
