#include "weir/engine/messages.h"

#include <array>

#include "weir/engine/assert.h"

namespace weir::engine {
namespace {

constexpr std::array<std::string_view, kMessageKinds> kNames{
    "register-task-manager",
    "task-state-update",
    "acknowledge-checkpoint",
    "decline-checkpoint",
    "end-of-data-report",
    "registration-accepted",
    "deploy-task",
    "cancel-task",
    "task-state-seen",
    "trigger-checkpoint",
    "notify-checkpoint-complete",
    "notify-checkpoint-aborted",
    "free-slot",
    "heartbeat",
    "heartbeat-request",
    "disconnected",
    "coordinator-event",
    "operator-event",
    "event-seen",
};
static_assert(static_cast<std::size_t>(MessageKind::EventSeen) + 1 == kMessageKinds);

}  // namespace

std::string_view name(MessageKind kind) {
  const auto at = static_cast<std::size_t>(kind);
  WEIR_ASSERT(at < kNames.size(), "a value outside of its enumeration");
  return kNames[at];
}

CheckpointId checkpoint_of(const Message& m) {
  return std::visit(
      [](const auto& message) {
        if constexpr (requires { message.checkpoint; }) {
          return message.checkpoint;
        } else {
          return kNoCheckpoint;
        }
      },
      m);
}

SubtaskId subtask_of(const Message& m) {
  return std::visit(
      [](const auto& message) {
        if constexpr (requires { message.attempt; }) {
          return message.attempt.subtask;
        } else {
          return kNoSubtask;
        }
      },
      m);
}

}  // namespace weir::engine
