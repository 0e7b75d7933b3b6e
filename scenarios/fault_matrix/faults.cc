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
    case MessageKind::CoordinatorEvent:
    case MessageKind::OperatorEvent:
    case MessageKind::EventSeen:
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

// A cell in which the fault cannot take effect, with the reason.
struct InfeasibleCell {
  std::string_view phase;
  FaultKind kind{};
  std::string_view target;
  std::string_view reason;
};
constexpr std::array<InfeasibleCell, 0> kInfeasible{};

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

std::string_view why_infeasible(const MatrixPhase& phase, const MatrixFault& fault) {
  for (const InfeasibleCell& cell : kInfeasible) {
    if (cell.phase == phase.name && cell.kind == fault.kind && cell.target == fault.target) return cell.reason;
  }
  return {};
}

}  // namespace weir::scenarios
