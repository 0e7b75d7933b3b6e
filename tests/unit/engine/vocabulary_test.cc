#include <catch2/catch.hpp>
#include <set>

#include "weir/engine/events.h"
#include "weir/engine/messages.h"

using namespace weir::engine;

TEST_CASE("every event kind has a name of its own") {
  std::set<std::string_view> names;
  for (std::uint16_t i = 0; i < kEngineEventKinds; ++i) names.insert(info(static_cast<EventKind>(i)).name);
  CHECK(names.size() == kEngineEventKinds);
  CHECK(info(EventKind::AckReceived).name == "ack-received");
  CHECK(info(EventKind::AckReceived).has_checkpoint);
  CHECK_FALSE(info(EventKind::SegmentSent).has_checkpoint);
}

TEST_CASE("exactly the reasons of CO-37 count as failures") {
  std::set<std::string_view> counted, all;
  for (int i = 0; i <= static_cast<int>(AbortReason::FinalizeCheckpointFailure); ++i) {
    const auto reason = static_cast<AbortReason>(i);
    all.insert(name(reason));
    if (counts_as_failure(reason)) counted.insert(name(reason));
  }
  CHECK(all.size() == 14);
  CHECK(counted ==
        std::set<std::string_view>{"CHECKPOINT_EXPIRED", "CHECKPOINT_ASYNC_EXCEPTION", "FINALIZE_CHECKPOINT_FAILURE"});
}

TEST_CASE("the names of enumerations are in the order of their values") {
  CHECK(name(JobState::Restarting) == "RESTARTING");
  CHECK(name(JobState::Failed) == "FAILED");
  CHECK(name(AttemptState::Canceled) == "CANCELED");
  CHECK(name(CheckpointKind::Final) == "final");
  CHECK(name(AckClass::UnknownAttempt) == "unknown-attempt");
  CHECK(name(AckClass::Late) == "late");
  CHECK(name(AckClass::Expired) == "expired");
  CHECK(name(FailureCause::ProcessLost) == "process-lost");
  CHECK(name(FailureCause::SourceFailed) == "source-failed");
  CHECK(name(AbortReason::CheckpointDeclinedTaskNotReady) == "CHECKPOINT_DECLINED_TASK_NOT_READY");
  CHECK(name(AbortReason::CheckpointSubsumed) == "CHECKPOINT_SUBSUMED");
}

TEST_CASE("a message knows its kind, checkpoint and subtask") {
  const ExecutionAttempt attempt{SubtaskId{3}, AttemptId{2}};
  const Message ack = AcknowledgeCheckpoint{CheckpointId{9}, attempt, {}, {}, {}, {}, {}};
  CHECK(kind_of(ack) == MessageKind::AcknowledgeCheckpoint);
  CHECK(name(kind_of(ack)) == "acknowledge-checkpoint");
  CHECK(checkpoint_of(ack) == CheckpointId{9});
  CHECK(subtask_of(ack) == SubtaskId{3});

  const Message cancel = CancelTask{attempt};
  CHECK(checkpoint_of(cancel) == kNoCheckpoint);
  CHECK(subtask_of(cancel) == SubtaskId{3});

  const Message hello = RegisterTaskManager{2, 1};
  CHECK(subtask_of(hello) == kNoSubtask);
  CHECK(name(MessageKind::TriggerCheckpoint) == "trigger-checkpoint");
  CHECK(name(MessageKind::NotifyCheckpointAborted) == "notify-checkpoint-aborted");
}
