// Materialisations of attempts: when they run, what they leave in storage, and what becomes of their failures.

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "fakes/task_harness.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

struct ChangelogHarness : TaskHarness {
  explicit ChangelogHarness(Duration interval = 4ms, StateBackendKind backend = StateBackendKind::Heap)
      : TaskHarness(3000) {
    setup.options.backend = backend;
    setup.options.changelog = {true, interval};
    deploy();
  }
  void checkpoint(std::uint64_t id) {
    trigger(id);
    run_for(2ms);
  }
  std::vector<SharedFile> shared(std::uint64_t id) const {
    std::vector<SharedFile> files;
    for (const auto& ack : world.control.of<AcknowledgeCheckpoint>()) {
      if (ack.checkpoint.value != id || ack.attempt.subtask != subtask("totals/0")) continue;
      for (const auto& op : ack.state.operators) {
        for (const auto& handle : op.state.managed_keyed) files = handle.shared;
      }
    }
    return files;
  }
  std::set<std::string> materialized() const {
    std::set<std::string> paths;
    for (const auto& [path, content] : world.storage.files) {
      if (path.starts_with("shared/materialized-")) paths.insert(path);
    }
    return paths;
  }
  bool stored(const std::string& path) const { return world.storage.files.count(path) != 0; }
};

}  // namespace

TEST_CASE("materialisations run beside checkpoints, and what replaced one never sent is all there is (SN-21, SN-24)") {
  for (const StateBackendKind backend : {StateBackendKind::Heap, StateBackendKind::RocksDb}) {
    ChangelogHarness h(4ms, backend);
    h.run_for(6ms);
    CHECK(h.materialized() == std::set<std::string>{"shared/materialized-1/totals/0-1/0-keyed",
                                                    "shared/materialized-1/totals/1-1/0-keyed"});
    h.run_for(12ms);  // several more, each after an interval from the end of the one before
    CHECK(h.materialized().size() == 2);
    CHECK_FALSE(h.stored("shared/materialized-1/totals/0-1/0-keyed"));
    CHECK(h.acks(1) == 0);
  }
}

TEST_CASE("checkpoints refer to the durable materialisation, which then is the JobManager's to delete (SN-22, SN-24)") {
  ChangelogHarness h;
  h.run_for(6ms);
  h.checkpoint(1);
  REQUIRE_FALSE(h.shared(1).empty());
  const SharedFile first = h.shared(1).front();
  CHECK(first.name == "materialized-1");
  CHECK(h.stored(first.path));
  h.run_for(12ms);
  CHECK(h.stored(first.path));
  h.checkpoint(2);
  CHECK(h.shared(2).front().name != first.name);
  h.run_for(12ms);
  CHECK(h.stored(first.path));
}

TEST_CASE("an attempt that ends takes the materialisations along that were in no acknowledgement (SN-24)") {
  ChangelogHarness h;
  h.run_for(6ms);
  REQUIRE(h.materialized().size() == 2);
  h.checkpoint(1);
  h.run_for(12ms);
  REQUIRE(h.materialized().size() == 4);
  for (const SubtaskInfo& s : h.setup.graph->subtasks()) h.tell(CancelTask{h.attempt(s.id)});
  h.run_for(1ms);
  CHECK(h.materialized().size() == 2);
  CHECK(h.stored(h.shared(1).front().path));
}

TEST_CASE("a write under way when the attempt ends is removed when it arrives (SN-24, SN-17)") {
  ChangelogHarness h(20ms);
  h.run_for(19ms + 585us);
  REQUIRE(h.materialized().empty());
  for (const SubtaskInfo& s : h.setup.graph->subtasks()) h.tell(CancelTask{h.attempt(s.id)});
  h.run_for(5ms);
  CHECK(h.materialized().empty());
}

TEST_CASE("three failures in a row are tolerated, the fourth ends the attempt (SN-21)") {
  ChangelogHarness h;
  h.world.storage.refuse = true;
  h.run_for(14ms);
  CHECK(h.updates(AttemptState::Failed).empty());
  h.run_for(5ms);
  const auto failed = h.updates(AttemptState::Failed);
  REQUIRE(failed.size() == 2);
  CHECK(failed.front().cause == FailureCause::SnapshotFailed);
}

TEST_CASE("a success in between starts the count anew (SN-21)") {
  ChangelogHarness h;
  for (int i = 0; i < 3; ++i) {
    h.world.storage.refuse = true;
    h.run_for(13ms);
    h.world.storage.refuse = false;
    h.run_for(6ms);
  }
  CHECK(h.updates(AttemptState::Failed).empty());
  CHECK(h.materialized().size() == 2);
}

TEST_CASE("attempts go on from a changelog checkpoint and commit the same (SN-23, P1)") {
  for (const StateBackendKind backend : {StateBackendKind::Heap, StateBackendKind::RocksDb}) {
    ChangelogHarness h(4ms, backend);
    h.run_for(6ms);
    h.checkpoint(1);
    h.complete(1);
    h.run_for(3ms);
    h.crash();
    h.start(2);
    h.deploy(CheckpointId{1});
    h.run_for(1ms);
    h.checkpoint(2);
    REQUIRE(h.shared(2).size() >= 2);
    CHECK(h.shared(2).front().placeholder);
    CHECK(h.shared(2).front().path == h.shared(1).front().path);
    h.run_for(1s);
    h.checkpoint(3);
    h.complete(3);
    h.run_for(10ms);
    CHECK(h.committed() == h.expected_counts(3000));
  }
}

TEST_CASE("without a changelog nothing is materialised, and checkpoints are whole (SN-20)") {
  TaskHarness h;
  h.deploy();
  h.run_for(10ms);
  h.trigger(1);
  h.run_for(2ms);
  for (const auto& [path, content] : h.world.storage.files) CHECK_FALSE(path.starts_with("shared/"));
}
