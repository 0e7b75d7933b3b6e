#include "fault_matrix/faults.h"

#include <algorithm>
#include <array>

#include "weir/engine/messages.h"

namespace weir::scenarios {
namespace {

using engine::Duration;
using engine::MessageKind;
using sim::Fault;
using sim::FaultKind;

constexpr std::uint16_t kJobManager = 0;
constexpr std::uint16_t kOtherTaskManager = 2;
constexpr Duration kRestart{50'000'000};
constexpr Duration kLate{80'000'000};            // longer than an interval of checkpoints
constexpr Duration kBeyondTimeout{250'000'000};  // of a checkpoint, and of heartbeats

struct Target {
  std::string_view name;
  std::uint16_t process;
};
constexpr std::array kProcesses{Target{"tm-1", 1}, Target{"tm-2", kOtherTaskManager},
                                Target{"jobmanager", kJobManager}};

Fault crash(std::uint16_t process) {
  Fault fault;
  fault.kind = FaultKind::Crash;
  fault.task_manager = process;
  fault.duration = kRestart;
  return fault;
}

Fault partition() {
  Fault fault;
  fault.kind = FaultKind::Partition;
  fault.task_manager = kOtherTaskManager;
  fault.duration = kBeyondTimeout;
  fault.direction = sim::Direction::ToJobManager;  // what the JobManager says still arrives
  return fault;
}

Fault slow_barrier() {
  Fault fault;
  fault.kind = FaultKind::SlowBarrier;
  fault.duration = kBeyondTimeout;
  return fault;
}

Fault strike(FaultKind kind, MessageKind message) {
  Fault fault;
  fault.kind = kind;
  fault.message = message;
  if (sim::has_delay(kind)) fault.duration = kLate;
  return fault;
}

sim::FaultPlan what_makes_flow(MessageKind message) {
  switch (message) {
    case MessageKind::RegisterTaskManager:
    case MessageKind::RegistrationAccepted:
    case MessageKind::DeployTask:
    case MessageKind::CancelTask:
    case MessageKind::FreeSlot:
      return {crash(kOtherTaskManager)};
    case MessageKind::NotifyCheckpointAborted:
      return {slow_barrier()};
    case MessageKind::DeclineCheckpoint:  // a barrier overtakes one whose checkpoint was given up unheard (BA-8)
      return {slow_barrier(), strike(FaultKind::LoseMessages, MessageKind::NotifyCheckpointAborted)};
    case MessageKind::Disconnected:
      return {partition()};
    case MessageKind::TaskStateUpdate:
    case MessageKind::TaskStateSeen:
    case MessageKind::AcknowledgeCheckpoint:
    case MessageKind::EndOfDataReport:
    case MessageKind::TriggerCheckpoint:
    case MessageKind::NotifyCheckpointComplete:
    case MessageKind::Heartbeat:
    case MessageKind::HeartbeatRequest:
      return {};
  }
  return {};
}

MessageKind message_named(std::string_view name) {
  std::size_t kind = 0;
  while (engine::name(static_cast<MessageKind>(kind)) != name) ++kind;
  return static_cast<MessageKind>(kind);
}

std::uint16_t process_named(std::string_view name) {
  for (const Target& process : kProcesses) {
    if (process.name == name) return process.process;
  }
  return kJobManager;
}

sim::FaultPlan untriggered(const MatrixFault& fault) {
  if (fault.kind == FaultKind::Crash) return {crash(process_named(fault.target))};
  const MessageKind message = message_named(fault.target);
  sim::FaultPlan plan = what_makes_flow(message);
  plan.push_back(strike(fault.kind, message));
  return plan;
}

// A savepoint is no checkpoint to recover from (CO-30), also when the job was to end with it and its sinks have
// committed (CO-30, SP-7). So a leader that follows goes on from the checkpoint before it, and commits again what came
// after that, which SP-9 forbids and nothing that a leader leaves behind prevents.
constexpr std::string_view kStopForgotten =
    "the next leader does not know of a savepoint that sinks have committed, and goes on from the checkpoint before it";
constexpr ListedCell stop_forgotten_after(std::string_view phase) {
  return {phase, FaultKind::Crash, "jobmanager", ListedCell::As::Limit, kStopForgotten};
}
constexpr std::array kListed{
    stop_forgotten_after("savepoint-stored"),    stop_forgotten_after("savepoint-completed"),
    stop_forgotten_after("savepoint-notified"),  stop_forgotten_after("savepoint-commit-sent"),
    stop_forgotten_after("savepoint-committed"), stop_forgotten_after("first-finished"),
    stop_forgotten_after("last-finished"),
};
constexpr std::array<std::string_view, 2> kLimitsViolate{"exactly-once", "checkpoint-order"};

}  // namespace

std::vector<MatrixFault> matrix_faults() {
  std::vector<MatrixFault> faults;
  for (const Target& process : kProcesses) faults.push_back({FaultKind::Crash, process.name});
  for (const FaultKind kind : {FaultKind::LoseMessages, FaultKind::DelayMessages, FaultKind::RepeatMessages}) {
    for (std::size_t i = 0; i < engine::kMessageKinds; ++i) {
      faults.push_back({kind, engine::name(static_cast<MessageKind>(i))});
    }
  }
  return faults;
}

sim::FaultPlan plan_of(const MatrixFault& fault, const MatrixPlace& place) {
  sim::FaultPlan plan = untriggered(fault);
  for (Fault& planned : plan) planned.trigger = place.failure;
  plan.back().trigger = place.step;
  return plan;
}

std::span<const ListedCell> listed_cells() { return kListed; }

const ListedCell* listed(const MatrixPhase& phase, const MatrixFault& fault) {
  for (const ListedCell& cell : listed_cells()) {
    if (cell.phase == phase.name && cell.kind == fault.kind && cell.target == fault.target) return &cell;
  }
  return nullptr;
}

bool is_limit(const RunResult& run) {
  return std::all_of(run.verdicts.begin(), run.verdicts.end(), [](const properties::Verdict& verdict) {
    const auto* end = kLimitsViolate.end();
    return verdict.answer != properties::Answer::Violated ||
           std::find(kLimitsViolate.begin(), end, verdict.property) != end;
  });
}

}  // namespace weir::scenarios
