// What the coordinator does with the files of checkpoints, and with checkpoints that it did not take itself.

#include <algorithm>
#include <catch2/catch.hpp>

#include "unit/engine/fakes/coord_harness.h"

namespace weir::engine {
namespace {

using coord_test::CoordinatorHarness;

TEST_CASE("checkpoints that the JobManager keeps complete with the last acknowledgement (SH-14)") {
  CheckpointOptions options = CoordinatorHarness::defaults();
  options.storage = CheckpointStorageKind::JobManager;
  CoordinatorHarness h(options);
  h.start();
  h.advance(100ms);
  h.ack_all(1);
  CHECK(h.writes.empty());
  CHECK(h.ids(EventKind::CheckpointCompleted) == std::vector<std::uint64_t>{1});
  CHECK(h.coordinator.completed().newest_id() == CheckpointId{1});
  h.coordinator.shut_down(JobState::Finished);
  h.settle();
  CHECK(h.deleted.empty());
}

TEST_CASE("a checkpoint in which a vertex with union state ends in part is aborted (CO-52)") {
  CoordinatorHarness h;
  h.start();
  h.advance(100ms);
  AcknowledgeCheckpoint ack;
  ack.checkpoint = CheckpointId{1};
  ack.attempt = coord_test::attempt(0);
  ack.state = coord_test::acked("reader-uid", "f", 1);
  ack.state.operators[0].state.managed_operator.push_back({{{"all", OperatorStateMode::Union, {0}}}, {"g", {}, 1}});
  ack.past_end_of_data = true;
  h.coordinator.acknowledge(h.now, ack);
  for (std::uint16_t s = 1; s < 6; ++s) h.ack(s, 1);
  CHECK(h.last_abort() == AbortReason::CheckpointDeclinedTaskClosing);
  CHECK(h.writes.empty());
  CHECK(h.deleted.size() == 7);
  CHECK(h.failures.empty());
}

TEST_CASE("a job that starts from a checkpoint counts on from its id and never deletes its files (CO-47, SP-12)") {
  CoordinatorHarness h;
  CompletedCheckpoint initial{CheckpointId{7}, assemble(*h.graph, std::vector<SubtaskState>(6), std::vector<bool>(6))};
  initial.operators[1].subtasks[0].state = coord_test::keyed_file("chk-7/theirs", 5);
  initial.claimed = false;
  h.coordinator.restore(initial);
  CHECK(h.coordinator.completed().newest_id() == CheckpointId{7});
  h.start();
  h.advance(100ms);
  h.complete(8);
  CHECK(h.coordinator.completed().size() == 1);
  CHECK(h.deleted.empty());
}

// --- shared files ----------------------------------------------------------------------------------------------------

// An acknowledgement of one subtask that names shared files besides its own one.
AcknowledgeCheckpoint with_shared(std::uint16_t subtask, std::uint64_t checkpoint, std::vector<SharedFile> files,
                                  std::uint32_t number = 1) {
  AcknowledgeCheckpoint ack;
  ack.checkpoint = CheckpointId{checkpoint};
  ack.attempt = coord_test::attempt(subtask, number);
  ack.state = coord_test::acked(coord_test::uid_in_small_graph(subtask),
                                CoordinatorHarness::file(subtask, checkpoint, number), 10);
  ack.state.operators[0].state.managed_keyed[0].shared = std::move(files);
  return ack;
}
SharedFile uploaded(const std::string& path) { return {path, path, 4, false}; }
SharedFile used_again(const std::string& path) { return {path, path, 0, true}; }

struct SharingHarness : CoordinatorHarness {
  explicit SharingHarness(const DefectSet& planted = {}) : CoordinatorHarness(defaults(), planted) {
    start();
    advance(100ms);
  }
  // Completes a checkpoint whose subtask 2 names these files.
  void complete_with(std::uint64_t checkpoint, std::vector<SharedFile> files) {
    coordinator.acknowledge(now, with_shared(2, checkpoint, std::move(files)));
    settle();
    for (std::uint16_t s = 0; s < 6; ++s) {
      if (s != 2) ack(s, checkpoint);
    }
    stored(checkpoint);
    advance(100ms);
  }
  bool was_deleted(const std::string& path) const {
    return std::find(deleted.begin(), deleted.end(), path) != deleted.end();
  }
};

TEST_CASE("a shared file lives as long as a retained checkpoint may need it (SH-4, CO-43)") {
  SharingHarness h;
  h.complete_with(1, {uploaded("shared/a"), uploaded("shared/b")});
  h.complete_with(2, {used_again("shared/a"), uploaded("shared/c")});
  CHECK(h.was_deleted("shared/b"));
  CHECK_FALSE(h.was_deleted("shared/a"));
  const auto& handle = h.coordinator.completed().newest()->operators[1].subtasks[0].state.managed_keyed[0];
  CHECK(handle.shared[0] == uploaded("shared/a"));  // SH-3: no placeholder is kept
  h.coordinator.shut_down(JobState::Finished);
  h.settle();
  CHECK(h.was_deleted("shared/a"));  // CO-49
}

TEST_CASE("subsumed checkpoints are deleted after the new one is stored, private files before shared ones (SH-6)") {
  SharingHarness h;
  h.complete_with(1, {uploaded("shared/b")});
  h.ack_all(2);
  CHECK(h.deleted.empty());
  h.stored(2);
  REQUIRE(h.deleted.size() == 8);
  CHECK(h.deleted.front() == "chk-1/_metadata");
  CHECK(h.deleted.back() == "shared/b");
}

TEST_CASE("an aborted checkpoint loses its private files only; its shared ones may be used again (SH-9, CO-23)") {
  SharingHarness h;
  h.coordinator.acknowledge(h.now, with_shared(2, 1, {uploaded("shared/a")}));
  h.decline(3, 1, AbortReason::CheckpointAsyncException);
  CHECK(h.deleted == std::vector<std::string>{CoordinatorHarness::file(2, 1)});
  h.advance(100ms);
  h.complete_with(2, {used_again("shared/a")});
  h.complete_with(3, {});
  CHECK(h.was_deleted("shared/a"));
}

TEST_CASE("shared files of a late acknowledgement are registered, so that they go some day (CO-23)") {
  SharingHarness h;
  h.complete_with(1, {});
  h.coordinator.acknowledge(h.now, with_shared(2, 1, {uploaded("shared/late")}, 9));
  h.settle();
  CHECK(h.last_ack() == AckClass::Late);
  CHECK_FALSE(h.was_deleted("shared/late"));
  CHECK(h.was_deleted(CoordinatorHarness::file(2, 1, 9)));
  h.complete_with(2, {});
  CHECK(h.was_deleted("shared/late"));
}

TEST_CASE("a late acknowledgement may refer to what is gone; what it brought is registered (CO-23, SH-1)") {
  SharingHarness h;
  h.complete_with(1, {});
  h.coordinator.acknowledge(h.now, with_shared(2, 1, {used_again("shared/gone"), uploaded("shared/late")}, 9));
  h.settle();
  CHECK(h.last_ack() == AckClass::Late);
  h.complete_with(2, {});
  CHECK(h.was_deleted("shared/late"));
  CHECK_FALSE(h.was_deleted("shared/gone"));
}

TEST_CASE("an acknowledgement that contradicts the registry is not counted, and nobody fails (SH-1, CO-28)") {
  SharingHarness h;
  h.coordinator.acknowledge(h.now, with_shared(2, 1, {used_again("shared/unknown")}));
  h.settle();
  CHECK(h.last_ack() == AckClass::Rejected);
  CHECK(h.failures.empty());
  for (const std::uint16_t s : {0, 1, 3, 4, 5}) h.ack(s, 1);
  CHECK(h.writes.empty());
}

TEST_CASE(
    "what an acknowledgement brings after the end of the job goes at once, what it only refers to does not (SH-10)") {
  SharingHarness h;
  h.complete_with(1, {uploaded("shared/a")});
  h.coordinator.shut_down(JobState::Finished);
  h.settle();
  h.deleted.clear();
  h.coordinator.acknowledge(h.now, with_shared(2, 2, {used_again("shared/a"), uploaded("shared/late")}));
  h.settle();
  CHECK(h.was_deleted("shared/late"));
  CHECK_FALSE(h.was_deleted("shared/a"));
}

TEST_CASE("when a checkpoint outlives the job, shared files that it does not use go (CO-49)") {
  SharingHarness h;
  h.options.retention = Retention::OnCancellation;
  h.complete_with(1, {uploaded("shared/a")});
  h.coordinator.acknowledge(h.now, with_shared(2, 2, {used_again("shared/a"), uploaded("shared/b")}));
  h.coordinator.shut_down(JobState::Canceled);
  h.settle();
  CHECK(h.was_deleted("shared/b"));
  CHECK_FALSE(h.was_deleted("shared/a"));
}

TEST_CASE("shared files are reported with the checkpoint that refers to them (SH-1)") {
  SharingHarness h;
  h.coordinator.acknowledge(h.now, with_shared(2, 1, {uploaded("shared/a")}));
  h.settle();
  CHECK(h.last(EventKind::SharedFileReported).a == 1);
  CHECK(h.last(EventKind::SharedFileReported).b == hash_bytes("shared/a"));
}

TEST_CASE("defects of shared files: late ones are forgotten, used ones and those of aborted checkpoints deleted") {
  DefectSet late, early, abort;
  late.add(Defect::RegisterCountedAcksOnly);
  SharingHarness forgets(late);
  forgets.complete_with(1, {});
  forgets.coordinator.acknowledge(forgets.now, with_shared(2, 1, {uploaded("shared/late")}, 9));
  forgets.complete_with(2, {});
  CHECK_FALSE(forgets.was_deleted("shared/late"));
  early.add(Defect::UnregisterTooEarly);
  SharingHarness hasty(early);
  hasty.complete_with(1, {uploaded("shared/a")});
  CHECK(hasty.was_deleted("shared/a"));
  abort.add(Defect::DeleteSharedFilesOnAbort);
  SharingHarness greedy(abort);
  greedy.complete_with(1, {uploaded("shared/a")});
  greedy.coordinator.acknowledge(greedy.now, with_shared(2, 2, {used_again("shared/a")}));
  greedy.decline(3, 2, AbortReason::CheckpointAsyncException);
  CHECK(greedy.was_deleted("shared/a"));
}

TEST_CASE("defect subsume-by-savepoint: shared files that only checkpoints use go (SH-7)") {
  DefectSet defects;
  defects.add(Defect::SubsumeBySavepoint);
  SharingHarness h(defects);
  h.complete_with(1, {uploaded("shared/a")});
  h.savepoint(CheckpointKind::Savepoint, 1);
  h.complete(3);
  CHECK(h.was_deleted("shared/a"));
  CHECK(h.coordinator.completed().newest_id() == CheckpointId{1});
}

TEST_CASE("the coordinator reports every file that it is told of") {
  CoordinatorHarness h;
  h.start();
  h.advance(100ms);
  h.ack(0, 1);
  CHECK(h.last(EventKind::StateReported).b == hash_bytes(CoordinatorHarness::file(0, 1)));
  h.ack(0, 1, 7);
  CHECK(static_cast<AckClass>(h.last(EventKind::StateReported).detail) == AckClass::UnknownAttempt);
}

TEST_CASE("defect: the oldest checkpoint is gone before its successor is stored") {
  DefectSet defects;
  defects.add(Defect::DeleteSubsumedBeforeStored);
  CoordinatorHarness h(CoordinatorHarness::defaults(), defects);
  h.start();
  h.advance(100ms);
  h.complete(1);
  h.advance(100ms);
  h.ack_all(2);
  CHECK(h.deleted.size() == 7);
}

TEST_CASE("defect: an abort takes the retained checkpoint along") {
  DefectSet defects;
  defects.add(Defect::DiscardFilesInUseOnAbort);
  CoordinatorHarness h(CoordinatorHarness::defaults(), defects);
  h.start();
  h.advance(100ms);
  h.complete(1);
  h.advance(100ms);
  h.decline(0, 2, AbortReason::CheckpointAsyncException);
  CHECK(h.deleted.size() == 7);
}

TEST_CASE("defect: the files of an aborted checkpoint stay") {
  DefectSet defects;
  defects.add(Defect::KeepFilesOfAbortedCheckpoint);
  CoordinatorHarness h(CoordinatorHarness::defaults(), defects);
  h.start();
  h.advance(100ms);
  h.ack(0, 1);
  h.decline(1, 1, AbortReason::CheckpointAsyncException);
  CHECK(h.deleted.empty());
}

}  // namespace
}  // namespace weir::engine
