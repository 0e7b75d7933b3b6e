// What the coordinator tells of checkpoints that do not come to be.

#include "checkpoint/coordinator.h"

#include <catch2/catch.hpp>

#include "unit/engine/fakes/coord_harness.h"

namespace weir::engine {
namespace {

using namespace coord_test;
using Reasons = std::vector<AbortReason>;

CheckpointOptions with_timeout(Duration timeout) {
  CheckpointOptions options = CoordinatorHarness::defaults();
  options.timeout = timeout;
  return options;
}

TEST_CASE("a request that finds the queue full is refused (CO-9, ME-3)") {
  CoordinatorHarness h(with_timeout(1h));
  h.start();
  h.advance(100s);  // the first one is pending, and a thousand wait
  CHECK(h.coordinator.queued() == CheckpointRequestDecider::kCapacity);
  CHECK(h.refusals().empty());
  h.advance(100ms);
  CHECK(h.refusals() == Reasons{AbortReason::TooManyCheckpointRequests});
}

TEST_CASE("what waits and what is pending ends for the reason that the job stopped for (CO-5)") {
  CoordinatorHarness h;
  h.start();
  h.advance(150ms);
  REQUIRE(h.coordinator.queued() == 1);
  AbortReason reason{};
  SECTION("it restarts") { h.fail_over(reason = AbortReason::JobFailoverRegion); }
  SECTION("it is cancelled") { h.fail_over(reason = AbortReason::CheckpointCoordinatorSuspend); }
  SECTION("it is over") {
    h.coordinator.shut_down(JobState::Finished);
    h.settle();
    reason = AbortReason::CheckpointCoordinatorShutdown;
  }
  CHECK(h.last_abort() == reason);
  CHECK(h.refusals() == Reasons{reason});
}

TEST_CASE("the last sixteen checkpoints that expired label what comes late for them (CO-24)") {
  CoordinatorHarness h(with_timeout(30ms));
  h.start();
  h.advance(1640ms);  // 17 of them
  REQUIRE(h.ids(EventKind::CheckpointAborted).size() == 17);
  h.ack(0, 17);
  CHECK(h.last_ack() == AckClass::Expired);
  CHECK(h.deleted.back() == CoordinatorHarness::file(0, 17));
  h.ack(0, 2);
  CHECK(h.last_ack() == AckClass::Expired);
  h.ack(0, 1);
  CHECK(h.last_ack() == AckClass::Late);
}

}  // namespace
}  // namespace weir::engine
