#include <catch2/catch.hpp>

#include "checkpoint/subtask_checkpoints.h"
#include "task/completion.h"

using namespace weir::engine;

namespace {

using Begin = SubtaskCheckpoints::Begin;
CheckpointId cp(std::uint64_t id) { return CheckpointId{id}; }

}  // namespace

TEST_CASE("a checkpoint begins once, and none that is older begins after it (BA-19)") {
  SubtaskCheckpoints checkpoints(kNoCheckpoint);
  CHECK(checkpoints.begin(cp(3)) == Begin::Snapshot);
  CHECK(checkpoints.begin(cp(3)) == Begin::Ignore);
  CHECK(checkpoints.begin(cp(2)) == Begin::Ignore);
  CHECK(checkpoints.begin(cp(4)) == Begin::Snapshot);
}

TEST_CASE("a checkpoint whose abort came first only sends its marker on (BA-19, BA-20)") {
  SubtaskCheckpoints checkpoints(kNoCheckpoint);
  CHECK_FALSE(checkpoints.on_aborted(cp(2)));
  CHECK(checkpoints.begin(cp(1)) == Begin::Snapshot);
  CHECK(checkpoints.begin(cp(2)) == Begin::MarkerOnly);
  CHECK(checkpoints.begin(cp(2)) == Begin::Ignore);
  CHECK(checkpoints.begin(cp(3)) == Begin::Snapshot);
}

TEST_CASE("aborts far below the largest one count without being remembered (BA-20)") {
  constexpr std::uint64_t kBound = SubtaskCheckpoints::kRememberedAborts;
  SubtaskCheckpoints checkpoints(kNoCheckpoint);
  checkpoints.on_aborted(cp(10 + kBound));
  CHECK(checkpoints.begin(cp(9)) == Begin::MarkerOnly);
  CHECK(checkpoints.begin(cp(10)) == Begin::Snapshot);
  CHECK(checkpoints.begin(cp(10 + kBound)) == Begin::MarkerOnly);
}

TEST_CASE("a checkpoint that was abandoned on its barrier cannot begin any more (BA-7)") {
  SubtaskCheckpoints checkpoints(kNoCheckpoint);
  checkpoints.abandon(cp(5));
  CHECK(checkpoints.begin(cp(5)) == Begin::Ignore);
  CHECK(checkpoints.begin(cp(4)) == Begin::Ignore);
  CHECK(checkpoints.begin(cp(6)) == Begin::Snapshot);
}

TEST_CASE("an async part ends once: completed or discarded, whichever is first (SN-3)") {
  SubtaskCheckpoints checkpoints(kNoCheckpoint);
  checkpoints.begin(cp(1));
  checkpoints.start_async(cp(1));
  CHECK(checkpoints.any_running());
  CHECK(checkpoints.complete_async(cp(1)));
  CHECK_FALSE(checkpoints.discard_async(cp(1)));
  CHECK_FALSE(checkpoints.on_aborted(cp(1)));

  checkpoints.begin(cp(2));
  checkpoints.start_async(cp(2));
  CHECK(checkpoints.on_aborted(cp(2)));
  CHECK_FALSE(checkpoints.complete_async(cp(2)));
  CHECK_FALSE(checkpoints.any_running());
}

TEST_CASE("completions are taken in ascending order, and the restored one counts (G-5, P16)") {
  SubtaskCheckpoints checkpoints(cp(4));
  CHECK_FALSE(checkpoints.on_completed(cp(4)));
  CHECK(checkpoints.on_completed(cp(6)));
  CHECK_FALSE(checkpoints.on_completed(cp(5)));
  CHECK_FALSE(checkpoints.on_completed(cp(6)));
  CHECK(checkpoints.completed() == cp(6));
}

TEST_CASE("an attempt may finish after a checkpoint that it began after its end of data (CO-55)") {
  Completion completion(1, true);
  completion.on_completed(cp(3));
  CHECK(completion.on_end_of_data(0));
  completion.reach(cp(4));
  completion.on_completed(cp(4));
  CHECK_FALSE(completion.may_finish(true, false));
  completion.on_completed(cp(5));
  CHECK(completion.may_finish(true, false));
}

TEST_CASE("an attempt waits for its inputs to end and for its async parts (CO-53, CO-55)") {
  Completion completion(2, true);
  CHECK_FALSE(completion.on_end_of_data(1));
  CHECK_FALSE(completion.on_end_of_data(1));
  CHECK(completion.on_end_of_data(0));
  completion.reach(kNoCheckpoint);
  completion.on_completed(cp(1));
  CHECK_FALSE(completion.may_finish(false, false));
  CHECK_FALSE(completion.may_finish(true, true));
  CHECK(completion.may_finish(true, false));
}

TEST_CASE("without checkpointing the end of data is the end (CO-3)") {
  Completion completion(0, false);
  CHECK_FALSE(completion.may_finish(true, false));
  completion.reach(kNoCheckpoint);
  CHECK(completion.may_finish(true, false));
}
