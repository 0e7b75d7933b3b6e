// Attempts that restore from what their TaskManager kept.

#include <algorithm>
#include <catch2/catch.hpp>

#include "fakes/task_harness.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

struct LocalHarness : TaskHarness {
  explicit LocalHarness(StateBackendKind backend = StateBackendKind::Heap, bool incremental = false,
                        const DefectSet& defects = {}) {
    world.defects = defects;
    setup.options.local_recovery = true;
    setup.options.backend = backend;
    setup.options.checkpoint.incremental = incremental;
    deploy();
    run_for(3ms);
  }
  void checkpoint(std::uint64_t id) {
    trigger(id);
    run_for(10ms);
  }
  testing::MemoryDisk& disk() { return world.nowhere.disk; }
  // Below local/, without the operators' ids.
  std::set<std::string> local_files(const std::string& part = "local/") {
    std::set<std::string> found;
    for (const auto& [path, content] : disk().files) {
      if (path.starts_with("local/") && path.find(part) != std::string::npos) found.insert(path);
    }
    return found;
  }
  std::set<std::string> local_chk(std::uint64_t id) { return local_files("/chk_" + std::to_string(id) + "/"); }
  // Of all subtasks' last deployment: files read here, and in checkpoint storage.
  std::pair<std::uint64_t, std::uint64_t> files_read() const {
    std::pair<std::uint64_t, std::uint64_t> sum;
    for (const Event& e : world.events.of(EventKind::FilesRestored)) {
      if (e.detail != generation) continue;
      sum.first += e.b & 0xFFFF'FFFF;
      sum.second += e.b >> 32;
    }
    return sum;
  }
  bool commits_everything() {
    run_for(100ms);
    checkpoint(90);
    complete(90);
    run_for(10ms);
    return updates(AttemptState::Finished).size() == 4 && committed() == expected_counts();
  }
};

DefectSet with(Defect defect) {
  DefectSet set;
  set.add(defect);
  return set;
}

}  // namespace

TEST_CASE("every backend restores from the local disk, without a read of checkpoint storage (SN-25, P19)") {
  for (const auto& [backend, incremental] : {std::pair{StateBackendKind::Heap, false},
                                             {StateBackendKind::RocksDb, false},
                                             {StateBackendKind::RocksDb, true}}) {
    LocalHarness h(backend, incremental);
    h.checkpoint(1);
    h.complete(1);
    h.checkpoint(2);
    h.complete(2);
    h.run_for(1ms);
    h.world.storage.files.clear();
    h.deploy(CheckpointId{2});
    CHECK(h.files_read().first > 0);
    CHECK(h.files_read().second == 0);
    CHECK(h.commits_everything());
  }
}

TEST_CASE("a local restore takes less time, and one that finds nothing the usual time (SN-25)") {
  LocalHarness h;
  h.setup.options.cost.restore = 900us;
  h.checkpoint(1);
  h.deploy(CheckpointId{1});
  const auto restored = [&] { return h.world.events.of(EventKind::FilesRestored).size(); };
  CHECK(restored() == 4);
  h.disk().files.clear();
  h.setup.options.cost.local_restore = 200us;
  h.deploy(CheckpointId{1});
  CHECK(restored() == 4);  // after 200 us the copies turned out to be gone, and another 900 us are not over
  h.run_for(200us);
  CHECK(restored() == 8);
  CHECK(h.files_read().first == 0);
  CHECK(h.commits_everything());
}

TEST_CASE("a copy that is missing, short or damaged is not used (SN-25)") {
  for (const int harm : {0, 1, 2}) {
    LocalHarness h(StateBackendKind::RocksDb, harm == 1);
    h.checkpoint(1);
    for (const std::string& path : h.local_files()) {
      Bytes& content = h.disk().files[path];
      if (harm == 0) h.disk().files.erase(path);
      if (harm == 1) content.pop_back();
      if (harm == 2) content[content.size() / 2] = static_cast<char>(content[content.size() / 2] ^ 1);
    }
    h.deploy(CheckpointId{1});
    h.run_for(1ms);
    CHECK(h.files_read().first == 0);
    CHECK(h.files_read().second > 0);
    CHECK(h.commits_everything());
  }
}

TEST_CASE("a disk that refuses the copy does not fail the checkpoint (SN-25)") {
  LocalHarness h;
  h.disk().refuse_writes = true;
  h.checkpoint(1);
  CHECK(h.acks(1) == 4);
  CHECK(h.local_files().empty());
  h.disk().refuse_writes = false;
  h.deploy(CheckpointId{1});
  CHECK(h.files_read().first == 0);
  CHECK(h.commits_everything());
}

TEST_CASE("the directory names allocation, job, vertex, subtask, checkpoint, operator and kind (SN-19, SN-26)") {
  LocalHarness h;
  h.checkpoint(1);
  const auto files = h.local_files("local/1/job-1/1_0/chk_1/");
  REQUIRE(files.size() == 2);  // the count's and the sink's
  for (const std::string& path : files) CHECK((path.ends_with("-keyed/state") || path.ends_with("-operator/state")));
}

TEST_CASE("the copy is there when the acknowledgement is sent, and not without one (SN-4, SN-3)") {
  LocalHarness h;
  h.world.storage.refuse = true;
  h.checkpoint(1);
  CHECK(h.acks(1) == 0);
  CHECK(h.local_files().empty());
  h.world.storage.refuse = false;
  h.setup.options.cost.snapshot_async = 2ms;
  h.trigger(2);
  while (h.acks(2) == 0) h.run_for(1us);
  const auto acks = h.world.control.of<AcknowledgeCheckpoint>();
  const std::string& subtask = h.setup.graph->subtask(acks.back().attempt.subtask).name;
  CHECK_FALSE(h.local_files(subtask.starts_with("source") ? "/0_" : "/1_").empty());
  h.deploy(CheckpointId{2});  // of the others the copy was written and never counted
  CHECK(h.world.events.of(EventKind::FilesRestored).back().b >> 32 == 0);
}

TEST_CASE("a confirmation removes older copies, an abort its own (SN-25)") {
  LocalHarness h;
  h.checkpoint(1);
  h.checkpoint(2);
  CHECK_FALSE(h.local_chk(1).empty());
  h.complete(2);
  h.run_for(1ms);
  CHECK(h.local_chk(1).empty());
  CHECK_FALSE(h.local_chk(2).empty());
  h.checkpoint(3);
  h.tell_all(NotifyCheckpointAborted{CheckpointId{3}, CheckpointId{2}, {}});
  h.run_for(1ms);
  CHECK(h.local_chk(3).empty());
  CHECK_FALSE(h.local_chk(2).empty());
}

TEST_CASE("a copy of another checkpoint than the restored one is not used, and goes (SN-25, KAFKA-7192)") {
  for (const bool defect : {false, true}) {
    LocalHarness h(StateBackendKind::Heap, false, defect ? with(Defect::UseNewestLocalCopy) : DefectSet{});
    h.checkpoint(1);
    h.checkpoint(2);
    h.tell_all(NotifyCheckpointAborted{CheckpointId{1}, kNoCheckpoint, {}});  // its copy is gone
    h.run_for(1ms);
    h.deploy(CheckpointId{1});
    CHECK(h.local_chk(2).empty() == !defect);
    CHECK((h.files_read().first == 0) == !defect);
  }
}

TEST_CASE("copies go with the slot, and with the process that had it (SN-26)") {
  LocalHarness h;
  h.checkpoint(1);
  h.allocation = AllocationId{2};
  h.deploy(CheckpointId{1});
  CHECK(h.local_files("local/1/").empty());
  CHECK(h.files_read().first == 0);
  h.run_for(1ms);
  h.checkpoint(2);
  REQUIRE_FALSE(h.local_files("local/2/").empty());
  h.tell(FreeSlot{AllocationId{1}});
  CHECK_FALSE(h.local_files("local/2/").empty());
  h.tell(FreeSlot{AllocationId{2}});
  CHECK(h.local_files().empty());
  h.deploy(CheckpointId{2});
  h.run_for(1ms);
  h.checkpoint(3);
  REQUIRE_FALSE(h.local_files().empty());
  h.crash();
  h.start(2);
  CHECK(h.local_files().empty());
}

TEST_CASE("a slot that is freed while a snapshot is written keeps nothing of it (SN-25)") {
  LocalHarness h;
  h.trigger(1);
  h.run_for(80us);
  h.tell(FreeSlot{AllocationId{1}});
  h.run_for(10ms);
  CHECK(h.acks(1) == 4);
  CHECK(h.local_files().empty());
}

TEST_CASE("a savepoint leaves no local copy") {
  LocalHarness h;
  h.trigger_as(1, CheckpointKind::Savepoint);
  h.run_for(10ms);
  CHECK(h.acks(1) == 4);
  CHECK(h.local_files().empty());
}

TEST_CASE("tables that are used again are in the local copy too, as hard links (SN-12, SN-13)") {
  LocalHarness h(StateBackendKind::RocksDb, true);
  for (const std::uint64_t n : {1, 2}) {
    h.checkpoint(n);
    h.complete(n);
    h.run_for(1ms);
  }
  const auto files = h.local_chk(2);
  CHECK(std::count_if(files.begin(), files.end(), [](const auto& path) { return path.ends_with(".sst"); }) >= 2);
  h.deploy(CheckpointId{2});
  CHECK(h.files_read().second == 0);
  CHECK(h.commits_everything());
}

TEST_CASE("without local recovery nothing is kept") {
  TaskHarness h;
  h.deploy();
  h.run_for(3ms);
  h.trigger(1);
  h.run_for(10ms);
  CHECK(h.acks(1) == 4);
  CHECK(h.world.nowhere.disk.files.empty());
}
