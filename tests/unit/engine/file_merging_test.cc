// Merged files from the TaskManager that writes them to the JobManager that cleans up after it (SH-15).

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "fakes/task_harness.h"
#include "unit/engine/fakes/coord_harness.h"
#include "unit/engine/fakes/coord_world.h"
#include "weir/engine/file_segment.h"
#include "weir/engine/restore_files.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

struct Merging : TaskHarness {
  Merging() {
    crash();
    setup.options.checkpoint.file_merging.enabled = true;
    start(1);
    deploy();
    run_for(3ms);
  }
  void checkpoint(std::uint64_t id) {
    trigger(id);
    run_for(8ms);
  }
  void complete(std::uint64_t id, std::uint64_t lowest) {
    tell_all(NotifyCheckpointComplete{CheckpointId{id}, {}, CheckpointId{lowest}});
    run_for(1ms);
  }
  std::vector<std::string> locations(std::uint64_t checkpoint) const {
    std::vector<std::string> all;
    for (const auto& ack : world.control.of<AcknowledgeCheckpoint>()) {
      if (ack.checkpoint != CheckpointId{checkpoint}) continue;
      for (std::string& path : private_files(ack.state)) all.push_back(std::move(path));
    }
    return all;
  }
  std::set<std::string> files() const {
    std::set<std::string> paths;
    for (const auto& [path, content] : world.storage.files) paths.insert(path);
    return paths;
  }
};

using Paths = std::set<std::string>;

SubtaskState merged_state(const std::string& location) { return coord_test::acked("totals-uid", location, 1); }

}  // namespace

TEST_CASE("all subtasks of a TaskManager write a checkpoint into one file, and can read it (SH-15)") {
  Merging h;
  h.checkpoint(1);
  CHECK(h.acks(1) == 4);
  CHECK(h.files() == Paths{"taskowned/tm-1-1/1"});
  const std::vector<std::string> locations = h.locations(1);
  CHECK(locations.size() >= 4);
  std::uint64_t bytes = 0;
  for (const std::string& location : locations) {
    const Result<BytesView> piece = read_location(h.world.storage, location);
    REQUIRE(piece.ok());
    bytes += piece.value().size();
  }
  CHECK(bytes == h.world.storage.files.begin()->second.size());
}

TEST_CASE("the file of a checkpoint goes when an older one is not retained any more (SH-15)") {
  Merging h;
  h.checkpoint(1);
  h.complete(1, 1);
  h.checkpoint(2);
  CHECK(h.files() == Paths{"taskowned/tm-1-1/1", "taskowned/tm-1-1/2"});
  h.complete(2, 1);
  CHECK(h.files().size() == 2);
  h.complete(2, 2);
  CHECK(h.files() == Paths{"taskowned/tm-1-1/2"});
}

TEST_CASE("an aborted checkpoint leaves nothing in merged files (SH-15, SH-9)") {
  Merging h;
  h.checkpoint(1);
  h.tell_all(NotifyCheckpointAborted{CheckpointId{1}, {}, {}});
  h.run_for(1ms);
  CHECK(h.files().empty());
}

TEST_CASE("a snapshot that cannot be stored leaves nothing in merged files (SH-15, SN-17)") {
  Merging h;
  h.world.storage.refuse = true;
  h.checkpoint(1);
  CHECK(h.acks(1) == 0);
  h.world.storage.refuse = false;
  h.checkpoint(2);
  CHECK(h.acks(2) == 4);
  CHECK(h.files().size() == 1);
}

TEST_CASE("a job restores from merged files (SH-15)") {
  Merging h;
  h.checkpoint(1);
  h.complete(1, 1);
  h.deploy(CheckpointId{1});
  h.run_for(5ms);
  const std::vector<Event> restored = h.world.events.of(EventKind::RestoreStarted);
  CHECK(std::count_if(restored.begin(), restored.end(), [](const Event& e) { return e.a == 1; }) == 4);
  h.checkpoint(2);
  CHECK(h.acks(2) == 4);
}

TEST_CASE("a savepoint has files of its own (SH-15, SP-1)") {
  Merging h;
  h.trigger_as(1, CheckpointKind::Savepoint);
  h.run_for(8ms);
  CHECK(h.acks(1) == 4);
  for (const std::string& path : h.files()) CHECK(path.starts_with("savepoint-1/"));
}

TEST_CASE("the JobManager deletes no segment; when its TaskManager is gone it deletes the file (SH-15)") {
  CheckpointOptions options = coord_test::CoordinatorHarness::defaults();
  options.file_merging.enabled = true;
  coord_test::CoordinatorHarness h(options);
  h.coordinator.process_began(ProcessId{1}, 1);
  h.coordinator.process_began(ProcessId{1}, 1);
  h.coordinator.process_began(ProcessId{2}, 1);
  h.start();
  h.advance(100ms);
  for (std::uint16_t s = 0; s < 6; ++s) {
    AcknowledgeCheckpoint ack;
    ack.checkpoint = CheckpointId{1};
    ack.attempt = coord_test::attempt(s);
    ack.state = merged_state("taskowned/tm-1-1/1@" + std::to_string(s) + "+1");
    h.coordinator.acknowledge(h.now, ack);
  }
  h.settle();
  h.stored(1);
  REQUIRE(h.ids(EventKind::CheckpointCompleted) == std::vector<std::uint64_t>{1});
  CHECK(h.completes.back().lowest == CheckpointId{1});
  h.coordinator.process_ended(ProcessId{1});
  h.coordinator.process_began(ProcessId{2}, 2);  // an earlier life is over
  CHECK(h.cleaned.empty());
  h.advance(100ms);
  h.complete(2);
  for (const std::string& path : h.deleted) CHECK_FALSE(as_segment(path).has_value());
  REQUIRE(h.cleaned.size() == 2);
  CHECK(h.cleaned[0].directory == "taskowned/tm-1-1");
  CHECK(h.cleaned[0].keep.empty());
  CHECK(h.cleaned[1].directory == "taskowned/tm-2-1");
  h.advance(100ms);
  h.complete(3);
  CHECK(h.cleaned.size() == 2);  // forgotten
  h.coordinator.shut_down(JobState::Finished);
  h.settle();
  CHECK(std::any_of(h.cleaned.begin(), h.cleaned.end(),
                    [](const CleanDirectory& c) { return c.directory == "taskowned/tm-2-2"; }));
}

TEST_CASE(
    "merged files of a claimed checkpoint stay as long as it is retained, and go one by one (SH-15, SP-13, CO-49)") {
  CheckpointOptions options = coord_test::CoordinatorHarness::defaults();
  options.file_merging.enabled = true;
  options.retention = Retention::OnCancellation;
  coord_test::CoordinatorHarness h(options);
  CompletedCheckpoint initial{
      CheckpointId{7}, assemble(*h.graph, std::vector<SubtaskState>(6), std::vector<bool>(6)), {}, {}, true};
  initial.operators[1].subtasks[0].state = coord_test::keyed_file("job-0/taskowned/tm-3-1/9@5+5", 5);
  h.coordinator.restore(initial);
  h.start();
  SECTION("the job is cancelled, and its checkpoint kept") {
    h.coordinator.shut_down(JobState::Canceled);
    h.settle();
    CHECK(h.deleted.empty());
  }
  SECTION("a checkpoint of its own takes the place") {
    h.advance(100ms);
    h.complete(8);
    CHECK(std::count(h.deleted.begin(), h.deleted.end(), "job-0/taskowned/tm-3-1/9") == 1);
    h.advance(100ms);
    h.complete(9);
    CHECK(std::count(h.deleted.begin(), h.deleted.end(), "job-0/taskowned/tm-3-1/9") == 1);
  }
  CHECK(h.cleaned.empty());  // beside the file may lie others' (SP-13)
}

TEST_CASE("the JobManager clears a directory of all files but those that are used (SH-15)") {
  JobOptions options = coord_test::JobManagerWorld::options();
  options.checkpoint.file_merging.enabled = true;
  coord_test::JobManagerWorld w(options);
  for (const char* path : {"taskowned/tm-1-1/1", "taskowned/tm-1-1/2", "taskowned/tm-1-10/1", "chk-1/x"}) {
    w.storage.files[path] = "x";
  }
  w.run_all();
  w.report_all(1, AttemptState::Finished);
  CHECK(w.storage.removed == std::vector<std::string>{"taskowned/tm-1-1/1", "taskowned/tm-1-1/2"});
}
