#include "recovery/failover_regions.h"

#include <algorithm>

#include <catch2/catch.hpp>

#include "recovery/job_manager.h"
#include "unit/engine/fakes/coord_world.h"

namespace weir::engine {
namespace {

using namespace coord_test;
using Members = std::vector<SubtaskId>;

// reader (2) -> totals (2) -> writer (2), all forward: slice 0 is 0, 2, 4 and slice 1 is 1, 3, 5.
std::shared_ptr<const ExecutionGraph> slices() {
  return graph_of({{"reader", 2}, {"totals", 2}, {"writer", 2}}, {Partitioning::Forward, Partitioning::Forward});
}
const Members kSlice0{{0}, {2}, {4}};
const Members kSlice1{{1}, {3}, {5}};

JobOptions options() {
  JobOptions made = JobManagerWorld::options();
  made.restart.fixed_delay.delay = 10ms;
  return made;
}

struct SlicesWorld : JobManagerWorld {
  explicit SlicesWorld(const JobOptions& options) : JobManagerWorld(options, {}, slices()) {}
  std::vector<ExecutionAttempt> deployed() const {
    std::vector<ExecutionAttempt> attempts;
    for (const auto& [process, message] : sent<DeployTask>()) attempts.push_back(message.attempt);
    return attempts;
  }
  void cancel_slice(const Members& slice, std::uint32_t number) {
    for (const SubtaskId s : slice) report(s.value, number, AttemptState::Canceled);
  }
};

std::vector<ExecutionAttempt> attempts(const Members& subtasks, std::uint32_t number) {
  std::vector<ExecutionAttempt> made;
  for (const SubtaskId s : subtasks) made.push_back({s, AttemptId{number}});
  return made;
}

// --- the decision --------------------------------------------------------------------------------------------------

TEST_CASE("a region is what pipelined edges connect (RE-1)") {
  const FailoverRegions regions(*slices(), FailoverStrategy::Region);
  REQUIRE(regions.size() == 2);
  CHECK(regions.members({0}) == kSlice0);
  CHECK(regions.members({1}) == kSlice1);
  for (const SubtaskId s : kSlice1) CHECK(regions.of(s) == RegionId{1});
}

TEST_CASE("a job with a shuffle is one region, and with the strategy full every job is (RE-1)") {
  CHECK(FailoverRegions(*small_graph(), FailoverStrategy::Region).size() == 1);
  CHECK(FailoverRegions(*slices(), FailoverStrategy::Full).members({0}).size() == 6);
}

// --- the JobManager ------------------------------------------------------------------------------------------------

TEST_CASE("a failure restarts its region, and the others keep running (RE-1, RE-3, RE-5)") {
  SlicesWorld w(options());
  w.run_all();
  w.forget();
  w.report(3, 1, AttemptState::Failed);
  const auto canceled = w.sent<CancelTask>();
  REQUIRE(canceled.size() == 2);
  CHECK(canceled[0].second.attempt == attempt(1));
  CHECK(canceled[1].second.attempt == attempt(5));
  w.cancel_slice({{1}, {5}}, 1);
  CHECK(w.deployed().empty());  // it waits for the delay
  w.advance(10ms);
  CHECK(w.deployed() == attempts(kSlice1, 2));
  CHECK(w.job_states() == std::vector<JobState>{JobState::Restarting, JobState::Running});
}

TEST_CASE("with the strategy full a failure restarts all slices (RE-1)") {
  JobOptions full = options();
  full.failover_strategy = FailoverStrategy::Full;
  SlicesWorld w(full);
  w.run_all();
  w.report(3, 1, AttemptState::Failed);
  CHECK(w.sent<CancelTask>().size() == 5);
}

TEST_CASE("a failure of a region aborts all pending checkpoints, and those that run take part in the next (RE-4)") {
  SlicesWorld w(options());
  w.run_all();
  w.advance(110ms);
  REQUIRE(w.sent<TriggerCheckpoint>().size() == 2);
  w.forget();
  w.report(3, 1, AttemptState::Failed);
  const auto aborted = w.of(EventKind::CheckpointAborted);
  REQUIRE(aborted.size() == 1);
  CHECK(aborted[0].detail == static_cast<std::uint32_t>(AbortReason::JobFailoverRegion));
  w.cancel_slice({{1}, {5}}, 1);
  w.advance(200ms);
  CHECK(w.sent<TriggerCheckpoint>().empty());  // not while a region restarts
  for (const SubtaskId s : kSlice1) w.report(s.value, 2, AttemptState::Running);
  w.advance(110ms);
  const auto triggers = w.sent<TriggerCheckpoint>();
  REQUIRE(triggers.size() >= 2);
  CHECK(triggers[0].second.attempt == attempt(0, 1));
  CHECK(triggers[1].second.attempt == attempt(1, 2));
}

TEST_CASE("the state of the newest checkpoint goes to the restarted subtasks only (RE-5, RE-8)") {
  SlicesWorld w(options());
  w.run_all();
  w.advance(110ms);
  w.ack_all(1);
  w.store_all();
  w.forget();
  w.report(3, 1, AttemptState::Failed);
  w.cancel_slice({{1}, {5}}, 1);
  w.advance(10ms);
  const auto deployed = w.sent<DeployTask>();
  REQUIRE(deployed.size() == 3);
  for (const auto& [process, message] : deployed) {
    CHECK(message.restored == CheckpointId{1});
    CHECK_FALSE(message.state.operators.empty());
  }
}

TEST_CASE("regions restart side by side, each after its own delay; the job runs when both do (RE-3)") {
  SlicesWorld w(options());
  w.run_all();
  w.forget();
  w.report(3, 1, AttemptState::Failed);
  w.cancel_slice({{1}, {5}}, 1);
  w.advance(6ms);
  w.report(0, 1, AttemptState::Failed);
  w.cancel_slice({{2}, {4}}, 1);
  w.advance(5ms);
  CHECK(w.deployed() == attempts(kSlice1, 2));
  CHECK(w.job_states().back() == JobState::Restarting);
  w.advance(6ms);
  CHECK(w.deployed().size() == 6);
  CHECK(w.deployed().back() == attempt(4, 3));
  CHECK(w.job_states().back() == JobState::Running);
}

TEST_CASE("what an earlier restart of a region still had to come is void after a later failure (RE-3)") {
  SlicesWorld w(options());
  w.run_all();
  w.report(3, 1, AttemptState::Failed);  // arms the retry of the cancellation
  w.cancel_slice({{1}, {5}}, 1);
  w.advance(10ms);
  for (const SubtaskId s : kSlice1) w.report(s.value, 2, AttemptState::Running);
  w.advance(180ms);
  w.report(1, 2, AttemptState::Failed);
  w.forget();
  w.advance(20ms);  // when the first retry was due
  CHECK(w.sent<CancelTask>().empty());
  w.advance(200ms);
  CHECK(w.sent<CancelTask>().size() == 2);
}

TEST_CASE("a failure of the job itself restarts every region (RE-2)") {
  JobOptions intolerant = options();
  intolerant.checkpoint.timeout = 20ms;
  SlicesWorld w(intolerant);
  w.run_all();
  w.advance(130ms);  // nobody acknowledges, and no failure is tolerated
  CHECK(w.sent<CancelTask>().size() == 6);
}

TEST_CASE(
    "a lost TaskManager fails the regions that it had; who waits for a slot gets the next free one (RE-5, RE-11)") {
  SlicesWorld w(options());
  w.run_all();
  w.forget();
  w.job_manager->on_process_lost(ProcessId{2});
  w.advance(10ms);
  CHECK(w.sent<CancelTask>().empty());
  CHECK(w.deployed().empty());
  w.report(0, 1, AttemptState::Failed);
  w.cancel_slice({{2}, {4}}, 1);
  CHECK(w.deployed() == attempts(kSlice1, 2));
  w.advance(10ms);
  CHECK(w.deployed().size() == 3);
  w.add_task_manager(2, 2);
  REQUIRE(w.deployed().size() == 6);
  CHECK(w.deployed().back() == attempt(4, 3));
  for (const auto& [process, message] : w.sent<DeployTask>()) {
    CHECK(process == ProcessId{static_cast<std::uint16_t>(message.attempt.subtask.value % 2 == 0 ? 2 : 1)});
  }
}

TEST_CASE("with local recovery a slot that still exists stays with its region (RE-5, SN-26)") {
  JobOptions local = options();
  local.local_recovery = true;
  SlicesWorld w(local);
  w.run_all();
  w.forget();
  w.job_manager->on_process_lost(ProcessId{2});
  w.advance(10ms);
  w.report(0, 1, AttemptState::Failed);
  w.cancel_slice({{2}, {4}}, 1);
  CHECK(w.deployed().empty());
  w.advance(10ms);
  CHECK(w.deployed() == attempts(kSlice0, 2));
  for (const auto& [process, message] : w.sent<DeployTask>()) CHECK(process == ProcessId{1});
  w.add_task_manager(2, 2);
  REQUIRE(w.deployed().size() == 6);
  CHECK(w.deployed().back() == attempt(5, 3));
}

TEST_CASE("a cancelled job waits for all its regions") {
  SlicesWorld w(options());
  w.run_all();
  w.forget();
  w.report(3, 1, AttemptState::Failed);
  w.job_manager->on_request({JobRequestKind::Cancel, SavepointFormat::Canonical, 1});
  w.cancel_slice(kSlice1, 1);
  CHECK(w.job_states().back() == JobState::Canceling);
  w.cancel_slice(kSlice0, 1);
  CHECK(w.job_states().back() == JobState::Canceled);
  w.advance(1s);
  CHECK(w.deployed().empty());
}

}  // namespace
}  // namespace weir::engine
