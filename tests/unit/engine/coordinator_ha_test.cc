// The coordinator with a high-availability store: what is complete, when, and which files may go (1.6, 1.9).

#include <algorithm>
#include <catch2/catch.hpp>

#include "unit/engine/fakes/coord_harness.h"

namespace weir::engine {
namespace {

using coord_test::CoordinatorHarness;

struct Available : CoordinatorHarness {
  explicit Available(CheckpointOptions options_in = defaults(), DefectSet defects_in = {})
      : CoordinatorHarness(options_in, defects_in, Leader{kJobManager, SessionId{1}}) {}

  // Answers the only request under way of that kind.
  HaRequest answer(HaRequestKind kind, HaOutcome outcome = HaOutcome::Done, Bytes content = {}) {
    const auto at = std::find_if(requests.begin(), requests.end(), [&](const auto& r) { return r.kind == kind; });
    REQUIRE(at != requests.end());
    const HaRequest request = *at;
    requests.erase(at);
    coordinator.store_answered(now, {request.id, request.session, outcome, std::move(content)});
    settle();
    return request;
  }
  bool asks(HaRequestKind kind) const {
    return std::any_of(requests.begin(), requests.end(), [&](const auto& r) { return r.kind == kind; });
  }
  void trigger() {
    advance(100ms);
    answer(HaRequestKind::Put);
  }
  void complete_and_point(std::uint64_t checkpoint) {
    complete(checkpoint);
    answer(HaRequestKind::Create);
  }
  bool was_deleted(const std::string& path) const {
    return std::find(deleted.begin(), deleted.end(), path) != deleted.end();
  }
};

TEST_CASE("no id is used before the counter in the store is beyond it [ha] (CO-47)") {
  Available h;
  h.start();
  h.advance(100ms);
  CHECK(h.triggers.empty());
  CHECK(h.coordinator.triggering());
  CHECK(h.answer(HaRequestKind::Put).content == "2");
  CHECK(h.ids(EventKind::CheckpointTriggered) == std::vector<std::uint64_t>{1});
  CHECK_FALSE(h.coordinator.triggering());
}

TEST_CASE("a job that was started from a checkpoint counts on from it, stored counter or not [ha] (CO-47)") {
  Available h;
  CompletedCheckpoint initial;
  initial.id = CheckpointId{9};
  h.coordinator.restore(initial);
  h.coordinator.recover({});
  h.start();
  h.trigger();
  CHECK(h.ids(EventKind::CheckpointTriggered) == std::vector<std::uint64_t>{10});
}

TEST_CASE("an id whose reservation stays unknown is not used, and asked for again [ha] (CO-47)") {
  Available h;
  h.start();
  h.advance(100ms);
  for (std::uint32_t i = 0; i < kPointerAttempts; ++i) {
    h.answer(HaRequestKind::Put, HaOutcome::Unknown);
    if (i + 1 < kPointerAttempts) h.advance(kStoreRetry);
  }
  CHECK(h.ids(EventKind::CheckpointTriggered).empty());
  while (!h.asks(HaRequestKind::Put)) h.advance(10ms);
  CHECK(h.answer(HaRequestKind::Put).content == "2");
  CHECK(h.ids(EventKind::CheckpointTriggered) == std::vector<std::uint64_t>{1});
}

TEST_CASE("a checkpoint is complete when the pointer to its metadata is in the store [ha] (G-1, CO-48)") {
  Available h;
  h.start();
  h.trigger();
  h.ack_all(1);
  CHECK_FALSE(h.asks(HaRequestKind::Create));
  h.stored(1);
  CHECK(h.ids(EventKind::CheckpointCompleted).empty());
  CHECK_FALSE(h.coordinator.newest_is_certain());
  const HaRequest request = h.answer(HaRequestKind::Create);
  CHECK(request.entry == "pointer-1");
  CHECK(request.content == "chk-1 1");
  CHECK(h.ids(EventKind::CheckpointCompleted) == std::vector<std::uint64_t>{1});
  CHECK(h.completes.size() == 6);
  CHECK(h.coordinator.newest_is_certain());
}

TEST_CASE("our own pointer that is there already is a success [ha] (CO-48)") {
  Available h;
  h.start();
  h.trigger();
  h.complete(1);
  h.answer(HaRequestKind::Create, HaOutcome::Unknown);
  h.advance(kStoreRetry);
  h.answer(HaRequestKind::Create, HaOutcome::Exists, "chk-1 1");
  CHECK(h.ids(EventKind::CheckpointCompleted) == std::vector<std::uint64_t>{1});
}

TEST_CASE("a pointer in doubt fails its checkpoint and keeps its files until it is certainly gone [ha] (CO-33)") {
  Available h;
  h.start();
  h.trigger();
  h.complete(1);
  for (std::uint32_t i = 0; i < kPointerAttempts; ++i) {
    h.answer(HaRequestKind::Create, HaOutcome::Unknown);
    h.advance(kStoreRetry);
  }
  CHECK(h.last_abort() == AbortReason::FinalizeCheckpointFailure);
  CHECK(h.deleted.empty());
  CHECK_FALSE(h.coordinator.newest_is_certain());
  h.ack(0, 1);  // repeated: its files are the checkpoint's
  CHECK(h.deleted.empty());
  h.answer(HaRequestKind::Remove, HaOutcome::Unknown);
  CHECK(h.deleted.empty());
  h.advance(kStoreRetry);
  h.answer(HaRequestKind::Remove, HaOutcome::NotFound);
  CHECK(h.was_deleted("chk-1/_metadata"));
  CHECK(h.was_deleted(CoordinatorHarness::file(0, 1)));
  CHECK(h.coordinator.newest_is_certain());
}

TEST_CASE("a pointer in doubt counts as a failure of the checkpoint [ha] (CO-33, CO-38)") {
  CheckpointOptions options = CoordinatorHarness::defaults();
  options.tolerable_failures = 0;
  Available h(options);
  h.start();
  h.trigger();
  h.complete(1);
  for (std::uint32_t i = 0; i < kPointerAttempts; ++i) {
    h.answer(HaRequestKind::Create, HaOutcome::Unknown);
    h.advance(kStoreRetry);
  }
  CHECK(h.failures == std::vector{AbortReason::FinalizeCheckpointFailure});
}

TEST_CASE("nothing aborts a checkpoint whose pointer is being written [ha] (RE-8)") {
  Available h;
  h.start();
  h.trigger();
  h.complete(1);
  h.fail_over();
  CHECK(h.ids(EventKind::CheckpointAborted).empty());
  CHECK_FALSE(h.coordinator.newest_is_certain());
  h.answer(HaRequestKind::Create);
  CHECK(h.coordinator.completed().newest_id() == CheckpointId{1});
  CHECK(h.coordinator.newest_is_certain());
}

TEST_CASE("a checkpoint goes when the pointer to it is gone, and not before [ha] (CO-41, CO-48)") {
  Available h;
  h.start();
  h.trigger();
  h.complete_and_point(1);
  h.trigger();
  h.complete_and_point(2);
  CHECK(h.coordinator.completed().size() == 2);
  CHECK(h.deleted.empty());
  h.answer(HaRequestKind::Remove, HaOutcome::Unknown);
  CHECK(h.deleted.empty());
  h.advance(kStoreRetry);
  h.requests.erase(
      std::remove_if(h.requests.begin(), h.requests.end(), [](const auto& r) { return r.kind == HaRequestKind::Put; }),
      h.requests.end());
  CHECK(h.answer(HaRequestKind::Remove).entry == "pointer-1");
  CHECK(h.was_deleted("chk-1/_metadata"));
  CHECK(h.coordinator.completed().size() == 1);
}

TEST_CASE("what a leader recovers goes on: newest, ids, and what is too many [ha] (CO-45, CO-47)") {
  Available h;
  RecoveredJob recovered;
  for (const std::uint64_t id : {3u, 5u}) {
    recovered.checkpoints.push_back({CheckpointId{id},
                                     assemble(*h.graph, std::vector<SubtaskState>(6), std::vector<bool>(6)),
                                     CheckpointKind::Periodic, "chk-" + std::to_string(id)});
  }
  recovered.next = CheckpointId{9};
  h.coordinator.recover(std::move(recovered));
  h.settle();
  CHECK(h.coordinator.completed().newest_id() == CheckpointId{5});
  CHECK(h.answer(HaRequestKind::Remove).entry == "pointer-3");
  CHECK(h.was_deleted("chk-3/_metadata"));
  h.start();
  h.trigger();
  CHECK(h.ids(EventKind::CheckpointTriggered) == std::vector<std::uint64_t>{9});
}

TEST_CASE("a job is over when that is in the store and no pointer is left; then files go [ha] (CO-49)") {
  Available h;
  h.start();
  h.trigger();
  h.complete_and_point(1);
  h.coordinator.conclude(JobState::Finished);
  h.settle();
  CHECK(h.answer(HaRequestKind::Put).entry == "counter");  // another id was being reserved
  CHECK_FALSE(h.asks(HaRequestKind::Remove));
  CHECK(h.answer(HaRequestKind::Put).entry == "outcome");
  CHECK(h.ids(EventKind::CheckpointTriggered).size() == 1);
  CHECK(h.concluded.empty());
  CHECK(h.deleted.empty());
  CHECK(h.answer(HaRequestKind::Remove).entry == "pointer-1");
  CHECK(h.answer(HaRequestKind::Remove).entry == "counter");
  CHECK(h.concluded == std::vector{JobState::Finished});
  CHECK(h.deleted.empty());
  h.coordinator.shut_down(JobState::Finished);
  h.settle();
  CHECK(h.was_deleted("chk-1/_metadata"));
}

}  // namespace
}  // namespace weir::engine
