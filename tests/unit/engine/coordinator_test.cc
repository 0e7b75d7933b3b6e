#include "checkpoint/coordinator.h"

#include <algorithm>

#include <catch2/catch.hpp>

#include "checkpoint/metadata.h"
#include "unit/engine/fakes/coord_harness.h"

namespace weir::engine {
namespace {

using namespace coord_test;
using Ids = std::vector<std::uint64_t>;
using Reasons = std::vector<AbortReason>;
using Files = std::vector<std::string>;

Time ms(std::int64_t n) { return Time{std::chrono::milliseconds(n)}; }

CheckpointOptions with(void (*change)(CheckpointOptions&)) {
  CheckpointOptions options = CoordinatorHarness::defaults();
  change(options);
  return options;
}

// --- rhythm --------------------------------------------------------------------------------------------------------

TEST_CASE("nothing is triggered before all tasks run, nor without checkpointing (CO-3, CO-5)") {
  CoordinatorHarness h;
  h.advance(1s);
  CHECK(h.ids(EventKind::CheckpointTriggered).empty());

  CoordinatorHarness off(with([](CheckpointOptions& o) { o.enabled = false; }));
  off.start();
  off.advance(1s);
  CHECK(off.timers.empty());
  CHECK(off.ids(EventKind::CheckpointTriggered).empty());
}

TEST_CASE("without checkpointing savepoints still work (CO-3)") {
  CoordinatorHarness h(with([](CheckpointOptions& o) { o.enabled = false; }));
  h.start();
  h.savepoint(CheckpointKind::Savepoint, 7);
  h.complete(1);
  REQUIRE(h.savepoints.size() == 1);
  CHECK(h.savepoints[0].savepoint == CheckpointId{1});
}

TEST_CASE("the first trigger comes between min-pause and interval, later starts after min-pause (CO-6)") {
  CoordinatorHarness h(with([](CheckpointOptions& o) { o.min_pause = 20ms; }));
  h.random.next = 30'000'000;
  h.start();
  CHECK(h.random.streams == Files{"checkpoint/first-trigger"});
  CHECK(h.random.bounds == Ids{80'000'001});
  h.advance(49ms);
  CHECK(h.ids(EventKind::CheckpointTriggered).empty());
  h.advance(1ms);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1});

  h.fail_over();
  h.redeploy();
  CHECK(h.random.bounds.size() == 1);
  h.advance(19ms);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1});
  h.advance(1ms);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2});
}

TEST_CASE("with paused sources the first trigger comes between min-pause and twice that (CO-6)") {
  CoordinatorHarness h(with([](CheckpointOptions& o) { o.min_pause = 20ms, o.pause_sources_until_first = true; }));
  h.random.next = 20'000'000;
  h.start();
  CHECK(h.random.bounds == Ids{20'000'001});
  h.advance(39ms);
  CHECK(h.ids(EventKind::CheckpointTriggered).empty());
  h.advance(1ms);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1});
}

TEST_CASE("an interval shorter than min-pause is raised to it (CO-1)") {
  CoordinatorHarness h(with([](CheckpointOptions& o) { o.min_pause = 300ms; }));
  h.start();
  CHECK(h.random.bounds == Ids{1});
  h.advance(300ms);
  h.complete(1);
  h.advance(299ms);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1});
  h.advance(1ms);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2});
}

TEST_CASE("the trigger is fixed-rate: due times do not move with completions (CO-7)") {
  CoordinatorHarness h;
  h.start();
  h.advance(0ms);
  h.advance(70ms);
  h.complete(1);
  h.advance(30ms);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2});
  CHECK(h.triggers.back().timestamp == ms(100));
}

TEST_CASE("a timer of an earlier start does nothing (CO-7)") {
  CoordinatorHarness h;
  h.random.next = 50'000'000;
  h.start();
  h.fail_over();
  h.redeploy();     // delay 0
  h.advance(99ms);  // the first timer was due at 50 ms
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1});
}

TEST_CASE("a periodic request within min-pause fails and comes again when the pause ends (CO-12, CO-13, ME-3)") {
  CoordinatorHarness h(with([](CheckpointOptions& o) { o.min_pause = 60ms; }));
  h.start();
  h.advance(60ms);
  REQUIRE(h.ids(EventKind::CheckpointTriggered) == Ids{1});
  h.advance(50ms);
  h.complete(1);  // at 110 ms: the tick of 160 ms is too early
  CHECK(h.refusals().empty());
  h.advance(59ms);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1});
  CHECK(h.refusals() == Reasons{AbortReason::MinimumTimeBetweenCheckpoints});
  h.advance(1ms);  // 170 ms
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2});
  CHECK(h.triggers.back().timestamp == ms(170));
}

TEST_CASE("the pause counts from the completion of a savepoint as well (CO-13)") {
  CoordinatorHarness h(with([](CheckpointOptions& o) { o.min_pause = 60ms; }));
  h.start();
  h.advance(60ms);
  h.complete(1);
  h.advance(90ms);
  h.savepoint(CheckpointKind::Savepoint, 1);
  h.complete(2);  // at 150 ms: the tick of 160 ms is too early
  h.advance(59ms);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2});
  h.advance(1ms);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2, 3});
}

TEST_CASE("after a checkpoint that expired there is no pause (CO-13)") {
  CoordinatorHarness h(with([](CheckpointOptions& o) { o.min_pause = 60ms, o.timeout = 100ms; }));
  h.start();
  h.advance(160ms);  // triggered at 60 ms, a second request waits since 160 ms, expires at 160 ms
  CHECK(h.ids(EventKind::CheckpointAborted) == Ids{1});
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2});
}

// --- trigger -------------------------------------------------------------------------------------------------------

TEST_CASE("a checkpoint is announced to sources and waits for every running subtask (CO-50)") {
  CoordinatorHarness h;
  h.start();
  h.advance(0ms);
  REQUIRE(h.triggers.size() == 2);
  CHECK(h.triggers[0].attempt == attempt(0));
  CHECK(h.triggers[1].attempt == attempt(1));
  CHECK(h.triggers[1].checkpoint == CheckpointId{1});
  CHECK(h.last(EventKind::CheckpointTriggered).b == 6);
  CHECK(h.coordinator.pending() == 1);
  CHECK_FALSE(h.coordinator.triggering());  // CO-15
}

TEST_CASE("a trigger that fails its plan uses no id and lets the next one through (CO-15, CO-18, ME-3)") {
  CoordinatorHarness h;
  h.tasks[3].state = AttemptState::Deploying;
  h.start();
  h.advance(0ms);
  CHECK(h.ids(EventKind::CheckpointTriggered).empty());
  CHECK_FALSE(h.coordinator.triggering());
  CHECK(h.refusals() == Reasons{AbortReason::NotAllRequiredTasksRunning});
  CHECK(h.last(EventKind::CheckpointRefused).a == static_cast<std::uint64_t>(CheckpointKind::Periodic));
  CHECK(h.failures.empty());  // CO-37: it does not count
  h.tasks[3].state = AttemptState::Running;
  h.advance(100ms);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1});
}

TEST_CASE("a request waits for the pending checkpoint and starts when that ends (CO-11, CO-14)") {
  CoordinatorHarness h;
  h.start();
  h.advance(150ms);
  REQUIRE(h.ids(EventKind::CheckpointTriggered) == Ids{1});
  REQUIRE(h.coordinator.queued() == 1);
  SECTION("by completion") { h.complete(1); }
  SECTION("by a decline") { h.decline(2, 1, AbortReason::CheckpointAsyncException); }
  SECTION("by a failed write") {
    h.ack_all(1);
    h.stored(1, Status(StatusCode::Unavailable, "full"));
  }
  SECTION("by a finished subtask") {
    h.tasks[1].state = AttemptState::Finished;
    h.finish(0);
  }
  SECTION("by its timeout") { h.advance(60s); }
  CHECK(h.ids(EventKind::CheckpointTriggered).at(1) == 2);
}

TEST_CASE("max-concurrent checkpoints may be pending at once (CO-11)") {
  CoordinatorHarness h(with([](CheckpointOptions& o) { o.max_concurrent = 2; }));
  h.start();
  h.advance(250ms);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2});
  CHECK(h.coordinator.pending() == 2);
}

TEST_CASE("min-pause does not keep a second checkpoint from starting beside a slow one (CO-2)") {
  CoordinatorHarness h(with([](CheckpointOptions& o) { o.min_pause = 20ms, o.max_concurrent = 2; }));
  h.start();
  h.advance(120ms);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2});
  CHECK(h.coordinator.pending() == 2);
}

TEST_CASE("too many aborted checkpoints whose files are not gone hold the next one back until one is (CO-10, CO-14)") {
  CoordinatorHarness h(with([](CheckpointOptions& o) { o.timeout = 50ms; }));
  h.start();
  for (const std::uint64_t id : {1, 2}) {  // each expires while its metadata is written
    h.advance(id == 1 ? 0ms : 50ms);
    h.ack_all(id);
    h.advance(50ms);
  }
  REQUIRE(h.coordinator.being_discarded() == 2);
  h.advance(50ms);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2});
  CHECK(h.coordinator.queued() == 1);
  h.stored(1);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2, 3});
}

// --- completion ----------------------------------------------------------------------------------------------------

TEST_CASE("a checkpoint is complete when its metadata is durable, not at the last acknowledgement (G-1)") {
  CoordinatorHarness h;
  h.start();
  h.advance(10ms);
  h.ack_all(1);
  REQUIRE(h.writes.count(1) == 1);
  CHECK(h.writes[1].path == "chk-1/_metadata");
  CHECK(h.ids(EventKind::CheckpointCompleted).empty());
  CHECK(h.completes.empty());

  const auto metadata = decode_metadata(h.writes[1].content);
  REQUIRE(metadata.ok());
  CHECK(metadata.value().operators[1].subtasks[0].state.managed_keyed[0].state.path == CoordinatorHarness::file(2, 1));

  h.stored(1);
  CHECK(h.ids(EventKind::CheckpointCompleted) == Ids{1});
  CHECK(h.last(EventKind::CheckpointCompleted).b == 60);
  CHECK(h.coordinator.completed().newest_id() == CheckpointId{1});
  REQUIRE(h.completes.size() == 6);
  CHECK(h.completes[5].attempt == attempt(5));
  CHECK(h.coordinator.pending() == 0);
  h.advance(50s);  // its timeout is void
  CHECK(h.aborts.empty());
}

TEST_CASE("the older checkpoint is deleted after the newer is complete, metadata first (CO-41, CO-44)") {
  CoordinatorHarness h;
  h.start();
  h.advance(10ms);
  h.complete(1);
  h.advance(90ms);
  h.ack_all(2);
  CHECK(h.deleted.empty());
  h.stored(2);
  REQUIRE(h.deleted.size() == 7);
  CHECK(h.deleted[0] == "chk-1/_metadata");
  CHECK(h.deleted[6] == CoordinatorHarness::file(5, 1));
}

TEST_CASE("a completion aborts older pending checkpoints, and tells their tasks (CHECKPOINT_SUBSUMED, CO-35, CO-36)") {
  CoordinatorHarness h(with([](CheckpointOptions& o) { o.max_concurrent = 3; }));
  h.start();
  h.advance(200ms);
  REQUIRE(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2, 3});
  h.ack(0, 1);
  h.complete(2);
  CHECK(h.ids(EventKind::CheckpointAborted) == Ids{1});
  CHECK(h.last_abort() == AbortReason::CheckpointSubsumed);
  REQUIRE(h.aborts.size() == 6);
  CHECK(h.aborts[0].checkpoint == CheckpointId{1});
  CHECK(h.aborts[0].latest_completed == CheckpointId{2});
  CHECK(h.deleted == Files{CoordinatorHarness::file(0, 1)});
  CHECK(h.failures.empty());
  h.complete(3);
  CHECK(h.ids(EventKind::CheckpointCompleted) == Ids{2, 3});
}

TEST_CASE("a completion tells which checkpoint of the job it took the place of (CO-32)") {
  CoordinatorHarness h;
  SECTION("none before the first one") {
    h.start();
    h.advance(10ms);
    h.complete(1);
    CHECK(h.completes.back().subsumed == kNoCheckpoint);
    h.advance(90ms);
    h.complete(2);
    CHECK(h.completes.back().checkpoint == CheckpointId{2});
    CHECK(h.completes.back().subsumed == CheckpointId{1});
  }
  SECTION("none that is the user's") {
    CompletedCheckpoint users;
    users.id = CheckpointId{5};
    users.claimed = false;
    h.coordinator.restore(users);
    h.start();
    h.advance(10ms);
    h.complete(6);
    CHECK(h.completes.back().subsumed == kNoCheckpoint);
  }
}

TEST_CASE("only running subtasks hear of a completion") {
  CoordinatorHarness h;
  h.start();
  h.advance(10ms);
  h.ack_all(1);
  h.finish(0);  // it had acknowledged: the checkpoint goes on
  h.stored(1);
  CHECK(h.completes.size() == 5);
  CHECK(h.completes.front().attempt == attempt(1));
}

// --- acknowledgements ----------------------------------------------------------------------------------------------

TEST_CASE("acknowledgements of every class are reported and their files treated as CO-23 says") {
  CoordinatorHarness h;
  h.tasks = views(6, AttemptState::Running, 2);
  h.start();
  h.advance(10ms);
  h.ack(0, 1, 2);
  CHECK(h.last_ack() == AckClass::Success);
  h.ack(0, 1, 2);
  CHECK(h.last_ack() == AckClass::Duplicate);
  CHECK(h.deleted.empty());
  h.ack(1, 1, 1);
  CHECK(h.last_ack() == AckClass::UnknownAttempt);
  CHECK(h.deleted == Files{CoordinatorHarness::file(1, 1, 1)});
  h.ack(1, 9, 2);
  CHECK(h.last_ack() == AckClass::Late);
  CHECK(h.deleted.back() == CoordinatorHarness::file(1, 9, 2));
  CHECK((h.last(EventKind::AckReceived).b & 0xFFFF'FFFF) == 1);
  CHECK(h.last(EventKind::AckReceived).detail == 2);
}

TEST_CASE("a repeated acknowledgement of a completed checkpoint leaves its file alone") {
  CoordinatorHarness h;
  h.start();
  h.advance(10ms);
  h.complete(1);
  h.ack(3, 1);
  CHECK(h.last_ack() == AckClass::Late);
  CHECK(h.deleted.empty());
}

TEST_CASE("an acknowledgement of a checkpoint that was aborted while its metadata was written is discarded (CO-23)") {
  DefectSet missing;
  missing.add(Defect::CompleteWithAckMissing);
  CoordinatorHarness h(CoordinatorHarness::defaults(), missing);
  h.start();
  h.advance(10ms);
  for (std::uint16_t s = 0; s < 5; ++s) h.ack(s, 1);
  REQUIRE(h.writes.count(1) == 1);
  h.decline(5, 1, AbortReason::CheckpointAsyncException);
  h.ack(5, 1);
  CHECK(h.last_ack() == AckClass::Discarded);
  CHECK(h.deleted == Files{CoordinatorHarness::file(5, 1)});
}

// --- abort ---------------------------------------------------------------------------------------------------------

TEST_CASE("a timeout counts from the creation of the checkpoint and aborts it (CO-17, CO-35)") {
  CoordinatorHarness h(with([](CheckpointOptions& o) { o.timeout = 30ms; }));
  h.start();
  h.advance(10ms);
  h.ack(0, 1);
  h.advance(19ms);
  CHECK(h.aborts.empty());
  h.advance(1ms);
  CHECK(h.last_abort() == AbortReason::CheckpointExpired);
  CHECK(h.aborts.size() == 6);
  CHECK(h.deleted == Files{CoordinatorHarness::file(0, 1)});
  CHECK(h.coordinator.pending() == 0);
}

TEST_CASE("a decline aborts the checkpoint with its reason; for one that is gone it does nothing (CO-26)") {
  CoordinatorHarness h;
  h.start();
  h.advance(10ms);
  h.decline(4, 1, AbortReason::CheckpointDeclinedSubsumed);
  CHECK(h.last_abort() == AbortReason::CheckpointDeclinedSubsumed);
  CHECK(h.last(EventKind::DeclineReceived).b >> 32 ==
        static_cast<std::uint64_t>(AbortReason::CheckpointDeclinedSubsumed));
  h.decline(5, 1, AbortReason::CheckpointAsyncException);
  CHECK(h.ids(EventKind::CheckpointAborted) == Ids{1});
  CHECK(h.ids(EventKind::DeclineReceived) == Ids{1, 1});
}

TEST_CASE("the abort carries the latest completed checkpoint (CO-36)") {
  CoordinatorHarness h;
  h.start();
  h.advance(10ms);
  h.complete(1);
  h.advance(90ms);
  h.decline(0, 2, AbortReason::CheckpointAsyncException);
  REQUIRE_FALSE(h.aborts.empty());
  CHECK(h.aborts[0].checkpoint == CheckpointId{2});
  CHECK(h.aborts[0].latest_completed == CheckpointId{1});
}

TEST_CASE("metadata that cannot be written aborts the checkpoint and takes its files (CO-34)") {
  CoordinatorHarness h;
  h.start();
  h.advance(10ms);
  h.ack_all(1);
  h.stored(1, Status(StatusCode::Unavailable, "disk full"));
  CHECK(h.last_abort() == AbortReason::FinalizeCheckpointFailure);
  CHECK(h.ids(EventKind::CheckpointCompleted).empty());
  REQUIRE(h.deleted.size() == 7);
  CHECK(h.deleted[0] == "chk-1/_metadata");
  CHECK(h.coordinator.being_discarded() == 0);
}

TEST_CASE("a failover while metadata is written wins: the files go when the write ends (RE-4, RE-8)") {
  CoordinatorHarness h;
  h.start();
  h.advance(10ms);
  h.ack_all(1);
  h.fail_over();
  CHECK(h.last_abort() == AbortReason::JobFailoverRegion);
  CHECK(h.coordinator.being_discarded() == 1);
  CHECK(h.deleted.empty());
  h.stored(1);
  CHECK(h.ids(EventKind::CheckpointCompleted).empty());
  CHECK(h.coordinator.completed().newest() == nullptr);
  CHECK(h.deleted.size() == 7);
  CHECK(h.coordinator.being_discarded() == 0);
}

TEST_CASE("a failover aborts pending and forgets queued checkpoints; ids are not used again (CO-5, CO-47, RE-4)") {
  CoordinatorHarness h;
  h.start();
  h.advance(150ms);
  REQUIRE(h.coordinator.queued() == 1);
  h.fail_over();
  CHECK(h.ids(EventKind::CheckpointAborted) == Ids{1});
  CHECK(h.coordinator.queued() == 0);
  h.ack(0, 1);
  CHECK(h.last_ack() == AckClass::Late);
  h.redeploy();
  h.advance(0ms);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2});
  CHECK(h.triggers.back().attempt.attempt == AttemptId{2});
}

TEST_CASE("the job fails when more checkpoints fail than it tolerates, and no further one starts (CO-38)") {
  CoordinatorHarness h(with([](CheckpointOptions& o) { o.tolerable_failures = 1; }));
  h.start();
  h.advance(10ms);
  h.decline(0, 1, AbortReason::CheckpointAsyncException);
  CHECK(h.failures.empty());
  h.advance(240ms);  // a third request waits
  h.decline(0, 2, AbortReason::CheckpointAsyncException);
  CHECK(h.failures == std::vector<AbortReason>{AbortReason::CheckpointAsyncException});
  CHECK(h.coordinator.pending() == 0);
  CHECK_FALSE(h.coordinator.scheduled());
}

TEST_CASE("a failure caused by an attempt that is no longer current does not fail the job (CO-39)") {
  CoordinatorHarness h(with([](CheckpointOptions& o) { o.tolerable_failures = 0; }));
  h.tasks = views(6, AttemptState::Running, 2);
  h.start();
  h.advance(10ms);
  h.decline(0, 1, AbortReason::CheckpointAsyncException, 1);
  CHECK(h.last_abort() == AbortReason::CheckpointAsyncException);
  CHECK(h.failures.empty());
}

TEST_CASE("at the end of the job pending checkpoints are aborted and retained ones deleted (CO-49)") {
  CoordinatorHarness h;
  h.start();
  h.advance(10ms);
  h.complete(1);
  h.advance(90ms);
  h.coordinator.shut_down(JobState::Finished);
  h.settle();
  CHECK(h.last_abort() == AbortReason::CheckpointCoordinatorShutdown);
  CHECK(h.deleted.front() == "chk-1/_metadata");
  CHECK(h.deleted.size() == 7);
  h.advance(1s);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2});
}

// --- the end of the data -------------------------------------------------------------------------------------------

TEST_CASE("a final checkpoint is triggered at once when every subtask reached the end of its data (CO-55)") {
  CoordinatorHarness h;
  h.start();
  h.advance(10ms);
  h.complete(1);
  for (std::uint16_t s = 0; s < 5; ++s) h.reach_end(s);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1});
  h.reach_end(5);
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2});
  CHECK(h.last(EventKind::CheckpointTriggered).detail == static_cast<std::uint32_t>(CheckpointKind::Final));

  SECTION("if it fails, the periodic ones go on") {
    h.decline(0, 2, AbortReason::CheckpointAsyncException);
    h.advance(90ms);
    CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2, 3});
  }
  SECTION("it waits for a pending one and then goes first") {
    h.complete(2);
    h.advance(190ms);
    CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2, 3});
  }
}

TEST_CASE("the final checkpoint overtakes periodic requests that wait (CO-9)") {
  CoordinatorHarness h;
  h.start();
  h.advance(250ms);
  REQUIRE(h.coordinator.queued() == 2);
  for (std::uint16_t s = 0; s < 6; ++s) h.reach_end(s);
  h.complete(1);
  CHECK(h.last(EventKind::CheckpointTriggered).detail == static_cast<std::uint32_t>(CheckpointKind::Final));
}

TEST_CASE("reports that came before the job was known to run are not forgotten (CO-55)") {
  CoordinatorHarness h;
  h.random.next = 50'000'000;
  for (TaskView& task : h.tasks) task.end_of_data = true;
  h.start();
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1});
}

TEST_CASE("after a failover the end of the data is waited for again (CO-55)") {
  CoordinatorHarness h;
  h.random.next = 50'000'000;
  h.start();
  for (std::uint16_t s = 0; s < 6; ++s) h.reach_end(s);
  h.fail_over();
  h.redeploy();
  h.advance(0ms);
  h.complete(2, 2);
  for (std::uint16_t s = 0; s < 6; ++s) h.reach_end(s);
  CHECK(h.last(EventKind::CheckpointTriggered).detail == static_cast<std::uint32_t>(CheckpointKind::Final));
  CHECK(h.ids(EventKind::CheckpointTriggered) == Ids{1, 2, 3});
}

TEST_CASE(
    "a subtask that finishes without its acknowledgement aborts the checkpoint (CHECKPOINT_DECLINED_TASK_CLOSING)") {
  CoordinatorHarness h;
  h.start();
  h.advance(10ms);
  h.ack(1, 1);
  h.tasks[1].state = AttemptState::Finished;
  h.finish(1);
  CHECK(h.ids(EventKind::CheckpointAborted).empty());
  h.finish(0);
  CHECK(h.last_abort() == AbortReason::CheckpointDeclinedTaskClosing);
  CHECK(h.failures.empty());
  h.advance(90ms);
  CHECK(h.last(EventKind::CheckpointTriggered).b == 4);
  CHECK(h.triggers.back().attempt == attempt(3));
}

}  // namespace
}  // namespace weir::engine
