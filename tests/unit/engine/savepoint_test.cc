// Savepoints at the coordinator (CO-9, CO-11, CO-29..31, CO-40, SP-1..3) and what becomes of checkpoints when the job
// ends (CO-49).

#include <algorithm>

#include <catch2/catch.hpp>

#include "checkpoint/metadata.h"
#include "unit/engine/fakes/coord_harness.h"

namespace weir::engine {
namespace {

using namespace coord_test;
using Ids = std::vector<std::uint64_t>;

// The first checkpoint is triggered after a whole interval.
struct Harness : CoordinatorHarness {
  explicit Harness(CheckpointOptions with = defaults(), DefectSet planted = {}) : CoordinatorHarness(with, planted) {
    random.next = ~std::uint64_t{0};
  }
};

constexpr CheckpointKind kPlain = CheckpointKind::Savepoint;
constexpr CheckpointKind kStop = CheckpointKind::SuspendSavepoint;

TEST_CASE("a plain savepoint is stored for its user, and nobody else takes notice (SP-1, SP-3, CO-29)") {
  Harness h;
  h.start();
  h.advance(100ms);
  h.complete(1);
  h.completes.clear();
  h.savepoint(kPlain, 9);
  REQUIRE(h.triggers.back().type.kind == kPlain);
  h.ack_all(2);
  REQUIRE(h.writes.count(2) == 1);
  CHECK(h.writes.at(2).path == "savepoint-2/_metadata");
  CHECK(decode_metadata(h.writes.at(2).content).value().kind == kPlain);
  CHECK(h.savepoints.empty());
  h.stored(2);
  REQUIRE(h.savepoints.size() == 1);
  CHECK(h.savepoints[0].request == 9);
  CHECK(h.savepoints[0].savepoint == CheckpointId{2});
  CHECK(h.completes.empty());                                       // so nothing is committed
  CHECK(h.coordinator.completed().newest_id() == CheckpointId{1});  // and a restart goes to the checkpoint
  CHECK(h.deleted.empty());
}

TEST_CASE("an acknowledgement that is repeated after its savepoint completed takes no file away (SP-1, RP-4)") {
  Harness h;
  h.start();
  h.savepoint(kPlain, 9);
  h.complete(1);
  h.ack(3, 1);
  CHECK(h.last_ack() == AckClass::Late);
  CHECK(h.deleted.empty());
  h.ack(3, 7);  // of no checkpoint at all
  CHECK(h.deleted.size() == 1);
}

TEST_CASE(
    "a savepoint starts beside a checkpoint, whatever max-concurrent says, and no checkpoint subsumes it (CO-11, "
    "CO-31)") {
  Harness h;
  h.start();
  h.advance(100ms);
  REQUIRE(h.ids(EventKind::CheckpointTriggered) == Ids{1});
  h.savepoint(kPlain, 1);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2});
  h.complete(1);
  h.advance(100ms);  // the pending savepoint fills max-concurrent, so checkpoints wait
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2});
  h.complete(2);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2, 3});
  h.savepoint(kPlain, 2);
  h.complete(3);
  CHECK(h.ids(EventKind::CheckpointAborted).empty());
  h.complete(4);
  CHECK(h.savepoints.size() == 2);
}

TEST_CASE("whoever asked for a savepoint hears that it will not come") {
  Harness h;
  SECTION("no task runs (CO-5)") {
    h.savepoint(kPlain, 4);
    CHECK(h.refusals() == std::vector<AbortReason>{AbortReason::NotAllRequiredTasksRunning});
  }
  SECTION("one task does not run (CO-18)") {
    h.start();
    h.tasks[2].state = AttemptState::Initializing;
    h.savepoint(kPlain, 4);
  }
  SECTION("it expires (SP-1: the same timeout as checkpoints)") {
    h.start();
    h.savepoint(kPlain, 4);
    h.ack(0, 1);
    h.advance(61s);
    CHECK(std::count(h.deleted.begin(), h.deleted.end(), CoordinatorHarness::file(0, 1)) == 1);
  }
  SECTION("the job fails over") {
    h.start();
    h.savepoint(kPlain, 4);
    h.fail_over();
  }
  SECTION("its metadata cannot be written") {
    h.start();
    h.savepoint(kPlain, 4);
    h.ack_all(1);
    h.stored(1, Status(StatusCode::Unavailable, "no"));
  }
  REQUIRE(h.savepoints.size() == 1);
  CHECK(h.savepoints[0].request == 4);
  CHECK(h.savepoints[0].savepoint == kNoCheckpoint);
}

TEST_CASE("a savepoint that the job ends with notifies, is not retained, and comes alone (SP-5, CO-30)") {
  Harness h;
  h.start();
  h.advance(100ms);
  h.coordinator.suspend();
  h.settle();
  CHECK(h.last_abort() == AbortReason::CheckpointCoordinatorSuspend);
  h.savepoint(kStop, 1);
  h.advance(1s);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2});
  h.complete(2);
  CHECK(h.completes.size() == 6);
  CHECK(h.coordinator.completed().size() == 0);

  h.coordinator.resume(h.now);  // SP-8
  h.settle();
  h.advance(100ms);
  CHECK(h.ids(EventKind::CheckpointTriggered).size() == 3);
}

TEST_CASE("what waits when the rhythm stops is dropped, and a savepoint passes all the same (CO-8)") {
  Harness h;
  h.start();
  h.advance(200ms);
  REQUIRE(h.coordinator.queued() == 1);
  h.coordinator.suspend();
  h.settle();
  CHECK(h.coordinator.queued() == 0);
  CHECK(h.refusals() == std::vector<AbortReason>{AbortReason::CheckpointCoordinatorSuspend});
  h.savepoint(kPlain, 1);
  h.complete(2);
  h.advance(1s);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2});
}

TEST_CASE(
    "failures of savepoints: the job's own never count, a task's counts at once when the job ends with it (CO-40)") {
  Harness h([] {
    CheckpointOptions options = CoordinatorHarness::defaults();
    options.tolerable_failures = 0;
    options.timeout = 1s;
    options.interval = 1h;
    return options;
  }());
  h.start();
  SECTION("a plain one expires") {
    h.savepoint(kPlain, 1);
    h.advance(2s);
    CHECK(h.failures.empty());
  }
  SECTION("a plain one fails in a task: as a checkpoint") {
    h.savepoint(kPlain, 1);
    h.decline(3, 1, AbortReason::CheckpointDeclinedTaskNotReady);  // does not count
    CHECK(h.failures.empty());
    h.savepoint(kPlain, 2);
    h.decline(3, 2, AbortReason::CheckpointAsyncException);
    CHECK(h.failures.size() == 1);
  }
  SECTION("the last one expires") {
    h.savepoint(kStop, 1);
    h.advance(2s);
    CHECK(h.failures.empty());
  }
  SECTION("the last one fails in a task, whatever the reason") {
    h.savepoint(kStop, 1);
    h.decline(3, 1, AbortReason::CheckpointDeclinedTaskNotReady);
    CHECK(h.failures.size() == 1);
  }
}

TEST_CASE("what outlives the job follows its retention (CO-49)") {
  const auto left_of = [](Retention retention, JobState ended) {
    CheckpointOptions options = CoordinatorHarness::defaults();
    options.retention = retention;
    Harness h(options);
    h.start();
    h.advance(100ms);
    h.complete(1);
    h.savepoint(kPlain, 1);
    h.complete(2);
    h.coordinator.shut_down(ended);
    h.settle();
    CHECK(std::none_of(h.deleted.begin(), h.deleted.end(), [](const std::string& path) {
      return path.find("savepoint-2") != std::string::npos || path.find("chk-2") != std::string::npos;
    }));
    return h.deleted.empty();
  };
  for (const Retention each : {Retention::Never, Retention::OnFailure, Retention::OnCancellation}) {
    CHECK_FALSE(left_of(each, JobState::Finished));
  }
  CHECK_FALSE(left_of(Retention::Never, JobState::Failed));
  CHECK(left_of(Retention::OnFailure, JobState::Failed));
  CHECK(left_of(Retention::OnCancellation, JobState::Failed));
  CHECK_FALSE(left_of(Retention::Never, JobState::Canceled));
  CHECK_FALSE(left_of(Retention::OnFailure, JobState::Canceled));
  CHECK(left_of(Retention::OnCancellation, JobState::Canceled));
}

CompletedCheckpoint restored(const Harness& h, bool claimed) {
  CompletedCheckpoint initial{CheckpointId{7}, assemble(*h.graph, std::vector<SubtaskState>(6), std::vector<bool>(6)),
                              kPlain, "savepoint-7", claimed};
  initial.operators[1].subtasks[0].state = keyed_file("savepoint-7/keyed", 5);
  return initial;
}

TEST_CASE("what was restored without a claim is not referred to until a checkpoint completed (SP-12, SN-16, CO-21)") {
  Harness h;
  h.coordinator.restore(restored(h, false));
  h.start();
  h.advance(100ms);
  CHECK(h.triggers.back().type.full);
  h.savepoint(kPlain, 1);
  CHECK_FALSE(h.triggers.back().type.full);  // a savepoint shares nothing anyway
  h.complete(9);
  h.advance(100ms);
  CHECK(h.coordinator.pending() == 1);
  h.complete(8);
  h.advance(100ms);
  CHECK_FALSE(h.triggers.back().type.full);
  CHECK(h.deleted.empty());
}

TEST_CASE("a claimed savepoint is the job's: nothing is forced, and it goes when it is subsumed (SP-12, SP-13)") {
  Harness h;
  h.coordinator.restore(restored(h, true));
  h.start();
  h.advance(100ms);
  CHECK_FALSE(h.triggers.back().type.full);
  h.complete(8);
  CHECK(h.deleted == std::vector<std::string>{"savepoint-7/_metadata", "savepoint-7/keyed"});
}

Harness with(Defect defect) {
  DefectSet defects;
  defects.add(defect);
  return Harness(Harness::defaults(), defects);
}

TEST_CASE("defects of savepoints: they commit, or are what the job recovers from (CO-29)") {
  for (const Defect defect : {Defect::CommitWithSavepoint, Defect::RecoverFromSavepoint}) {
    Harness h = with(defect);
    h.start();
    h.savepoint(kPlain, 9);
    h.complete(1);
    CHECK(h.completes.empty() == (defect == Defect::RecoverFromSavepoint));
    CHECK((h.coordinator.completed().size() == 1) == (defect == Defect::RecoverFromSavepoint));
  }
}

TEST_CASE("defects of what a job started from: it is deleted unclaimed, its id is forgotten (SP-12, CO-47)") {
  Harness greedy = with(Defect::DiscardUnclaimedCheckpoint);
  greedy.coordinator.restore(restored(greedy, false));
  greedy.start();
  greedy.advance(100ms);
  greedy.complete(8);
  CHECK(greedy.deleted == std::vector<std::string>{"savepoint-7/_metadata", "savepoint-7/keyed"});
  Harness anew = with(Defect::StartIdsAgain);
  anew.coordinator.restore(restored(anew, false));
  anew.start();
  anew.advance(100ms);
  CHECK(anew.ids(EventKind::CheckpointTriggered) == Ids{1});
}

}  // namespace
}  // namespace weir::engine
