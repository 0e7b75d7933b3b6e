// Incremental snapshots of attempts: what reaches the backend, and what stays in storage.

#include <algorithm>
#include <catch2/catch.hpp>

#include "fakes/task_harness.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

struct IncrementalHarness : TaskHarness {
  explicit IncrementalHarness(const DefectSet& defects = {}) {
    world.defects = defects;
    setup.options.backend = StateBackendKind::RocksDb;
    setup.options.checkpoint.incremental = true;
    deploy();
    run_for(3ms);
  }
  void checkpoint(std::uint64_t id) {
    trigger(id);
    run_for(10ms);
  }
  void confirmed(std::uint64_t id) {
    checkpoint(id);
    complete(id);
    run_for(1ms);
  }
  void aborted(std::uint64_t id) { tell_all(NotifyCheckpointAborted{CheckpointId{id}, kNoCheckpoint, {}}); }
  // Of totals/0 in its newest acknowledgement of that checkpoint.
  std::vector<SharedFile> shared(std::uint64_t id) const {
    std::vector<SharedFile> files;
    for (const auto& ack : world.control.of<AcknowledgeCheckpoint>()) {
      if (ack.checkpoint.value != id || ack.attempt.subtask != subtask("totals/0")) continue;
      for (const auto& op : ack.state.operators) {
        for (const auto& handle : op.state.managed_keyed) {
          if (handle.native()) files = handle.shared;
        }
      }
    }
    return files;
  }
  std::size_t reused(std::uint64_t id) const {
    const auto files = shared(id);
    return static_cast<std::size_t>(std::count_if(files.begin(), files.end(), [](auto& f) { return f.placeholder; }));
  }
  std::set<std::string> stored() const {
    std::set<std::string> paths;
    for (const auto& [path, content] : world.storage.files) paths.insert(path);
    return paths;
  }
};

DefectSet with(Defect defect) {
  DefectSet set;
  set.add(defect);
  return set;
}

}  // namespace

TEST_CASE("a notified completion makes a checkpoint the base of the next one (SN-13, SN-15)") {
  IncrementalHarness h;
  h.confirmed(1);
  REQUIRE(h.shared(1).size() == 1);
  h.checkpoint(2);
  CHECK(h.reused(2) == 1);
  CHECK(h.shared(2)[0].path == h.shared(1)[0].path);
}

TEST_CASE("without a notification, or after an abort, nothing is used again (SN-14, FLINK-25395)") {
  IncrementalHarness h;
  h.checkpoint(1);
  h.checkpoint(2);
  CHECK(h.reused(2) == 0);
  h.aborted(1);
  h.aborted(2);
  h.run_for(1ms);
  h.checkpoint(3);
  CHECK(h.reused(3) == 0);
  REQUIRE(h.shared(3).size() >= 2);
  CHECK(h.shared(3)[0].name == h.shared(1)[0].name);
  CHECK(h.shared(3)[0].path != h.shared(1)[0].path);
}

TEST_CASE("defect: files of an unconfirmed checkpoint are used again") {
  IncrementalHarness h(with(Defect::ReuseUnconfirmedFiles));
  h.checkpoint(1);
  h.checkpoint(2);
  CHECK(h.reused(2) == 1);
}

TEST_CASE("an upload that fails leaves nothing behind, in shared/ neither, and what it refers to stays (SN-17)") {
  for (const bool defect : {false, true}) {
    IncrementalHarness h(defect ? with(Defect::DiscardReusedFiles) : DefectSet{});
    h.confirmed(1);
    const auto before = h.stored();
    h.world.storage.refuse = true;
    h.checkpoint(2);
    CHECK(h.acks(2) == 0);
    CHECK((h.stored() == before) == !defect);
    h.world.storage.refuse = false;
    if (defect) continue;
    h.checkpoint(3);
    CHECK(h.reused(3) == 1);
  }
}

TEST_CASE("an abort while files are on their way removes them when they arrive; after the ack nothing goes (SN-17)") {
  IncrementalHarness h;
  h.confirmed(1);
  const auto before = h.stored();
  h.setup.options.cost.snapshot_async = 2ms;
  h.trigger(2);
  h.run_for(2ms + 30us);
  h.aborted(2);
  h.run_for(10ms);
  CHECK(h.acks(2) == 0);
  CHECK(h.stored() == before);
  h.setup.options.cost.snapshot_async = 50us;
  h.checkpoint(3);
  const auto acknowledged = h.stored();
  h.aborted(3);
  h.run_for(10ms);
  CHECK(h.acks(3) == 4);
  CHECK(h.stored() == acknowledged);
}

TEST_CASE("attempts go on from an incremental checkpoint, twice from the same one, and commit the same (SN-18, P1)") {
  IncrementalHarness h;
  h.confirmed(1);
  for (int i = 0; i < 2; ++i) {
    h.crash();
    h.start(2 + static_cast<std::uint32_t>(i));
    h.deploy(CheckpointId{1});
    h.run_for(2ms);
    h.checkpoint(2);
    CHECK(h.reused(2) == 1);
  }
  const auto acks = h.world.control.of<AcknowledgeCheckpoint>();
  h.run_for(100ms);
  h.confirmed(3);
  h.run_for(10ms);
  CHECK(h.updates(AttemptState::Finished).size() == 4);
  CHECK(h.committed() == h.expected_counts());
}
