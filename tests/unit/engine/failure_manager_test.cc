#include "checkpoint/failure_manager.h"

#include <catch2/catch.hpp>

namespace weir::engine {
namespace {

constexpr AbortReason kCounts = AbortReason::CheckpointExpired;
constexpr CheckpointId id(std::uint64_t n) { return CheckpointId{n}; }

TEST_CASE("the first counted failure fails the job when none is tolerated (CO-38)") {
  CheckpointFailureManager failures(0);
  CHECK(failures.failed(id(1), kCounts));
}

TEST_CASE("the job fails when more checkpoints in a row fail than are tolerated (CO-38, P22)") {
  CheckpointFailureManager failures(2);
  CHECK_FALSE(failures.failed(id(1), kCounts));
  CHECK_FALSE(failures.failed(id(2), AbortReason::CheckpointAsyncException));
  CHECK(failures.failed(id(3), AbortReason::FinalizeCheckpointFailure));
  SECTION("counting then starts anew") {
    CHECK_FALSE(failures.failed(id(4), kCounts));
    CHECK_FALSE(failures.failed(id(5), kCounts));
    CHECK(failures.failed(id(6), kCounts));
  }
}

TEST_CASE("each checkpoint counts once (CO-38)") {
  CheckpointFailureManager failures(1);
  CHECK_FALSE(failures.failed(id(1), kCounts));
  CHECK_FALSE(failures.failed(id(1), kCounts));
  CHECK(failures.failed(id(2), kCounts));
}

TEST_CASE("a newer success resets the count, and older failures count no more (CO-38)") {
  CheckpointFailureManager failures(1);
  CHECK_FALSE(failures.failed(id(1), kCounts));
  failures.succeeded(id(3));
  CHECK_FALSE(failures.failed(id(2), kCounts));
  CHECK_FALSE(failures.failed(id(4), kCounts));
  failures.succeeded(id(3));  // not newer
  CHECK(failures.failed(id(5), kCounts));
}

TEST_CASE("reasons of the protocol itself do not count (CO-37)") {
  CheckpointFailureManager failures(0);
  for (const AbortReason reason :
       {AbortReason::MinimumTimeBetweenCheckpoints, AbortReason::TooManyCheckpointRequests,
        AbortReason::NotAllRequiredTasksRunning, AbortReason::CheckpointSubsumed, AbortReason::JobFailoverRegion,
        AbortReason::CheckpointCoordinatorSuspend, AbortReason::CheckpointDeclinedTaskClosing,
        AbortReason::CheckpointDeclinedTaskNotReady, AbortReason::CheckpointDeclinedSubsumed}) {
    CHECK_FALSE(failures.failed(id(1), reason));
  }
  CHECK(failures.failed(id(1), AbortReason::CheckpointAsyncException));
}

}  // namespace
}  // namespace weir::engine
