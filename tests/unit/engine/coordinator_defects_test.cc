// The defects of the coordinator: each is seen here, at the site where it is planted.

#include "checkpoint/coordinator.h"

#include <algorithm>

#include <catch2/catch.hpp>

#include "checkpoint/metadata.h"
#include "unit/engine/fakes/coord_harness.h"

namespace weir::engine {
namespace {

using namespace coord_test;
using Ids = std::vector<std::uint64_t>;
using Files = std::vector<std::string>;

CheckpointOptions with(void (*change)(CheckpointOptions&)) {
  CheckpointOptions options = CoordinatorHarness::defaults();
  change(options);
  return options;
}

TEST_CASE("defects of the coordinator: each is seen here, at the site where it is planted") {
  const auto planted = [](Defect defect) {
    DefectSet defects;
    defects.add(defect);
    return defects;
  };
  SECTION("a success does not end the row of failed ones") {
    CoordinatorHarness h(with([](CheckpointOptions& o) { o.tolerable_failures = 1; }),
                         planted(Defect::KeepFailureCount));
    h.start();
    h.decline(0, 1, AbortReason::CheckpointAsyncException);
    h.advance(100ms);
    h.decline(0, 1, AbortReason::CheckpointAsyncException);
    h.advance(100ms);
    h.complete(2);
    h.advance(100ms);
    h.decline(0, 3, AbortReason::CheckpointAsyncException);
    CHECK(h.failures.size() == 1);
  }
  SECTION("an expiry does not count") {
    CoordinatorHarness h(with([](CheckpointOptions& o) { o.tolerable_failures = 0, o.timeout = 10ms; }),
                         planted(Defect::TolerateExpired));
    h.start();
    h.advance(50ms);
    CHECK(h.last_abort() == AbortReason::CheckpointExpired);
    CHECK(h.failures.empty());
  }
  SECTION("after an expiry nothing is triggered") {
    CoordinatorHarness h(with([](CheckpointOptions& o) { o.timeout = 10ms; }),
                         planted(Defect::KeepTriggeringAfterExpiry));
    h.start();
    h.advance(10s);
    CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1});
  }
  SECTION("nothing expires") {
    CoordinatorHarness h(with([](CheckpointOptions& o) { o.timeout = 10ms; }), planted(Defect::NeverExpire));
    h.start();
    h.advance(10s);
    CHECK(h.coordinator.pending() == 1);
  }
  SECTION("an id is used again") {
    CoordinatorHarness h(with([](CheckpointOptions& o) { o.timeout = 10ms; }), planted(Defect::ReuseAbortedIds));
    h.start();
    h.advance(100ms);
    CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 1});
  }
  SECTION("an abort names itself as completed") {
    CoordinatorHarness h(with([](CheckpointOptions& o) { o.timeout = 10ms; }), planted(Defect::HealWithAbortedId));
    h.start();
    h.advance(50ms);
    CHECK(h.aborts.front().latest_completed == CheckpointId{1});
  }
  SECTION("a completion is told before it is stored") {
    CoordinatorHarness h(CoordinatorHarness::defaults(), planted(Defect::NotifyBeforeStored));
    h.start();
    h.advance(10ms);
    h.ack_all(1);
    CHECK(h.completes.size() == 6);
  }
  SECTION("a checkpoint subsumes a savepoint") {
    CoordinatorHarness h(CoordinatorHarness::defaults(), planted(Defect::SubsumePendingSavepoint));
    h.start();
    h.savepoint(CheckpointKind::Savepoint, 1);
    h.advance(100ms);
    REQUIRE(h.ids(EventKind::CheckpointTriggered).size() >= 1);
    h.coordinator.request_savepoint(h.now, {CheckpointKind::SuspendSavepoint}, 2);
    h.settle();
    h.complete(h.ids(EventKind::CheckpointTriggered).back());
    CHECK(h.last_abort() == AbortReason::CheckpointSubsumed);
  }
}

TEST_CASE("the defect of dead attempts' acknowledgements carries a pending checkpoint over a failover") {
  DefectSet defects;
  defects.add(Defect::CountAckOfDeadAttempt);
  CoordinatorHarness h(CoordinatorHarness::defaults(), defects);
  h.start();
  h.advance(10ms);
  for (std::uint16_t s = 0; s < 5; ++s) h.ack(s, 1);
  h.fail_over();
  CHECK(h.ids(EventKind::CheckpointAborted).empty());
  h.redeploy();
  CHECK(h.triggers.back().attempt == attempt(1, 2));
  CHECK(h.triggers.back().checkpoint == CheckpointId{1});
  h.ack(5, 1, 2);
  h.stored(1);
  CHECK(h.ids(EventKind::CheckpointCompleted) == Ids{1});
  CHECK(h.coordinator.completed().newest()->operators[0].subtasks[0].state.managed_keyed[0].state.path ==
        CoordinatorHarness::file(0, 1, 1));
}

TEST_CASE("the defect of other offsets keeps the files of the checkpoint before") {
  DefectSet defects;
  defects.add(Defect::RestoreOffsetsOfOtherCheckpoint);
  CoordinatorHarness h(CoordinatorHarness::defaults(), defects);
  h.start();
  h.advance(10ms);
  h.complete(1);
  h.advance(90ms);
  h.complete(2);
  CHECK(h.deleted.empty());
  CHECK(h.coordinator.completed().before_newest()->id == CheckpointId{1});
}

}  // namespace
}  // namespace weir::engine
