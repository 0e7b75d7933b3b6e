// Stopping and cancelling a job, from the JobManager's side and from the tasks' (SP-5..SP-10, TM-9).

#include <algorithm>

#include <catch2/catch.hpp>

#include "recovery/job_manager.h"
#include "unit/engine/fakes/coord_world.h"
#include "unit/engine/fakes/task_harness.h"

namespace weir::engine {
namespace {

using namespace coord_test;
using fakes::TaskHarness;

JobRequest stop(std::uint32_t number) { return {JobRequestKind::Stop, SavepointFormat::Canonical, number}; }
JobRequest cancel(std::uint32_t number) { return {JobRequestKind::Cancel, SavepointFormat::Canonical, number}; }

struct Answer {
  std::uint32_t number;
  std::uint64_t savepoint;
  bool fulfilled;
  friend bool operator==(const Answer&, const Answer&) = default;
};
std::vector<Answer> answers(const JobManagerWorld& w) {
  std::vector<Answer> found;
  for (const Event& e : w.of(EventKind::RequestEnded)) found.push_back({e.detail, e.a, e.b == 1});
  return found;
}

struct Running : JobManagerWorld {
  explicit Running(DefectSet defects = {}, JobOptions chosen = JobManagerWorld::options())
      : JobManagerWorld(chosen, defects) {
    run_all();
  }
};
// The savepoint is triggered.
struct Stopping : Running {
  explicit Stopping(DefectSet defects = {}, JobOptions chosen = JobManagerWorld::options()) : Running(defects, chosen) {
    job_manager->on_request(stop(1));
  }
  void create_savepoint() {
    ack_all(1);
    store_all();
  }
};

TEST_CASE("a stopped job ends when its savepoint is stored and every task has finished (SP-5)") {
  Stopping w;
  const auto triggered = w.sent<TriggerCheckpoint>();
  REQUIRE(triggered.size() == 2);
  CHECK(triggered[0].second.type.kind == CheckpointKind::SuspendSavepoint);
  w.create_savepoint();
  CHECK(w.sent<NotifyCheckpointComplete>().size() == 6);
  CHECK(answers(w).empty());
  w.report_all(1, AttemptState::Finished);
  CHECK(w.job_states().back() == JobState::Finished);
  CHECK(answers(w) == std::vector<Answer>{{1, 1, true}});
  CHECK(w.storage.removed.empty());
}

TEST_CASE("the tasks are told of the savepoint until they have finished, since a notification may be lost (G-4)") {
  Stopping w;
  w.create_savepoint();
  w.report(0, 1, AttemptState::Finished);
  w.forget();
  w.advance(w.setup.options.rpc.retry);
  const auto told = w.sent<NotifyCheckpointComplete>();
  CHECK(told.size() == 5);
  w.report_all(1, AttemptState::Finished);
  w.forget();
  w.advance(1s);
  CHECK(w.sent<NotifyCheckpointComplete>().empty());
}

TEST_CASE("when the savepoint fails the job goes on, with its rhythm (SP-8)") {
  Stopping w;
  SECTION("the job fails over") {
    w.report(3, 1, AttemptState::Failed);
    CHECK(w.job_states().back() == JobState::Restarting);
  }
  SECTION("it expires") {
    w.advance(w.setup.options.checkpoint.timeout);
    CHECK(w.job_states().back() == JobState::Running);
    CHECK(w.sent<TriggerCheckpoint>().size() == 4);  // to both sources: of the savepoint, and then of a checkpoint
  }
  if (answers(w).empty()) return;
  CHECK(answers(w) == std::vector<Answer>{{1, 0, false}});
}

TEST_CASE("a failure after the savepoint ends the job, which names it and does not restart (SP-9, RE-10)") {
  JobOptions chosen = JobManagerWorld::options();
  chosen.restart.strategy = GENERATE(RestartStrategy::Default, RestartStrategy::ExponentialDelay,
                                     RestartStrategy::FixedDelay, RestartStrategy::FailureRate, RestartStrategy::None);
  Stopping w({}, chosen);
  w.create_savepoint();
  w.report(0, 1, AttemptState::Finished);
  w.report(3, 1, AttemptState::Failed);
  CHECK(w.job_states().back() == JobState::Failed);
  CHECK(answers(w) == std::vector<Answer>{{1, 1, false}});
  w.forget();
  w.advance(1h);
  CHECK(w.sent<DeployTask>().empty());
  CHECK(w.job_states().empty());
}

TEST_CASE("defect restart-after-savepoint: the job goes back to where it was before (SP-9)") {
  DefectSet defects;
  defects.add(Defect::RestartAfterSavepoint);
  Stopping w(defects);
  w.create_savepoint();
  w.report(3, 1, AttemptState::Failed);
  CHECK(w.job_states().back() == JobState::Restarting);
}

TEST_CASE("a second request to stop is refused (SP-10)") {
  Stopping w;
  w.job_manager->on_request(stop(2));
  CHECK(answers(w) == std::vector<Answer>{{2, 0, false}});
  w.create_savepoint();
  w.report_all(1, AttemptState::Finished);
  CHECK(answers(w).back() == Answer{1, 1, true});
}

TEST_CASE("a job that is not running cannot be stopped with a savepoint") {
  JobManagerWorld w(JobManagerWorld::options());
  w.job_manager->on_request(stop(3));
  CHECK(answers(w) == std::vector<Answer>{{3, 0, false}});
  w.run_all();
  w.advance(300ms);
  CHECK_FALSE(w.sent<TriggerCheckpoint>().empty());
}

TEST_CASE("a cancelled job ends when every task is over, also while it restarts (CO-5)") {
  Running w;
  w.advance(10ms);
  REQUIRE(w.of(EventKind::CheckpointTriggered).size() == 1);
  w.forget();
  SECTION("running") {
    w.job_manager->on_request(cancel(5));
    CHECK(w.sent<CancelTask>().size() == 6);
    REQUIRE(w.of(EventKind::CheckpointAborted).size() == 1);
    const auto suspended = static_cast<std::uint32_t>(AbortReason::CheckpointCoordinatorSuspend);
    CHECK(w.of(EventKind::CheckpointAborted)[0].detail == suspended);
    CHECK(w.job_states() == std::vector<JobState>{JobState::Canceling});
    w.report_all(1, AttemptState::Canceled);
  }
  SECTION("waiting for the restart delay") {
    w.report_all(1, AttemptState::Failed);
    w.job_manager->on_request(cancel(5));
  }
  CHECK(w.job_states().back() == JobState::Canceled);
  CHECK(answers(w) == std::vector<Answer>{{5, 0, true}});
  w.forget();
  w.advance(1h);
  CHECK(w.sent<DeployTask>().empty());
}

TEST_CASE("every request to cancel is answered once, when the job has ended") {
  Running w;
  w.job_manager->on_request(cancel(5));
  w.job_manager->on_request(cancel(6));
  CHECK(answers(w).empty());
  w.report_all(1, AttemptState::Canceled);
  CHECK(answers(w) == std::vector<Answer>{{5, 0, true}, {6, 0, true}});
}

TEST_CASE("a request that reaches a job that is over is answered at once") {
  Running w;
  SECTION("it was cancelled") {
    w.job_manager->on_request(cancel(5));
    w.report_all(1, AttemptState::Canceled);
    w.forget();
    w.job_manager->on_request(cancel(6));
    CHECK(answers(w) == std::vector<Answer>{{6, 0, true}});
  }
  SECTION("it finished") {
    w.report_all(1, AttemptState::Finished);
    REQUIRE(w.job_states().back() == JobState::Finished);
    w.forget();
    w.job_manager->on_request(cancel(6));
    w.job_manager->on_request(stop(7));
    w.job_manager->on_request({JobRequestKind::Savepoint, {}, 8});
    CHECK(answers(w) == std::vector<Answer>{{6, 0, false}, {7, 0, false}, {8, 0, false}});
  }
  w.advance(1s);
  CHECK(w.job_states().empty());
  CHECK(w.sent<TriggerCheckpoint>().empty());
}

TEST_CASE("a job that ends while it waits for the savepoint to stop with says so once (SP-8)") {
  Stopping w;
  SECTION("it is cancelled") {
    w.job_manager->on_request(cancel(2));
    w.report_all(1, AttemptState::Canceled);
    CHECK(w.job_states().back() == JobState::Canceled);
  }
  SECTION("its tasks finish while the savepoint is written") {
    w.ack_all(1);
    w.report_all(1, AttemptState::Finished);
    w.store_all();
    CHECK(w.job_states().back() == JobState::Finished);
  }
  const std::vector<Answer> given = answers(w);
  CHECK(std::count(given.begin(), given.end(), Answer{1, 0, false}) == 1);
  CHECK(std::count_if(given.begin(), given.end(), [](const Answer& a) { return a.number == 1; }) == 1);
}

// --- tasks -----------------------------------------------------------------------------------------------------------

std::size_t seen(const TaskHarness& h, EventKind kind) { return h.world.events.of(kind).size(); }

struct Deployed : TaskHarness {
  explicit Deployed(Duration running, std::uint32_t records = 300) : TaskHarness(records) {
    deploy();
    run_for(running);
  }
  void take_part(CheckpointKind kind) {
    trigger_as(1, kind);
    run_for(8ms);
  }
  void complete_and_run(std::uint64_t checkpoint) {
    complete(checkpoint);
    run_for(10ms);
  }
};
// Every task has done its part of the last savepoint.
struct StandingStill : Deployed {
  explicit StandingStill(CheckpointKind kind = CheckpointKind::SuspendSavepoint) : Deployed(3ms) { take_part(kind); }
};

TEST_CASE(
    "after its part of the last savepoint a task stands still until that is complete, then commits and ends (SP-6, "
    "SP-7)") {
  StandingStill h;
  CHECK(h.acks(1) == 4);
  CHECK(h.world.storage.files.count("savepoint-1/totals/0-1/0-keyed") == 1);
  const std::size_t read = seen(h, EventKind::SegmentProcessed);
  const std::size_t sent = seen(h, EventKind::SegmentSent);
  h.run_for(50ms);
  CHECK(seen(h, EventKind::SegmentProcessed) == read);
  CHECK(seen(h, EventKind::SegmentSent) == sent);
  CHECK(h.committed().empty());
  CHECK(h.updates(AttemptState::Finished).empty());

  h.complete_and_run(1);
  CHECK(h.updates(AttemptState::Finished).size() >= 4);
  CHECK_FALSE(h.committed().empty());
  CHECK(seen(h, EventKind::EndOfDataReached) == 0);  // nothing was finished (FLINK-21132)
}

TEST_CASE("what a suspended job has committed and what its successor commits are all results, once each (SP-6)") {
  StandingStill h;
  h.complete_and_run(1);
  h.deploy(CheckpointId{1});
  h.run_for(100ms);
  h.trigger(2);
  h.run_for(10ms);
  h.complete_and_run(2);
  CHECK(h.committed() == h.expected_counts());
}

TEST_CASE("with drain the data ends before the barrier, everywhere (SP-6, TM-9)") {
  StandingStill h(CheckpointKind::TerminateSavepoint);
  CHECK(h.acks(1) == 4);
  CHECK(seen(h, EventKind::EndOfDataReached) == 4);
  h.complete_and_run(1);
  CHECK(h.updates(AttemptState::Finished).size() >= 4);
}

TEST_CASE("a task that stands still fails when its savepoint is given up (SP-8, BA-22)") {
  StandingStill h;
  SECTION("it hears of the abort") { h.tell_all(NotifyCheckpointAborted{CheckpointId{1}, {}, {}}); }
  SECTION("it hears of the abort of a newer checkpoint") {
    h.tell_all(NotifyCheckpointAborted{CheckpointId{2}, {}, {}});
  }
  h.run_for(5ms);
  const auto failed = h.updates(AttemptState::Failed);
  REQUIRE(failed.size() >= 4);
  CHECK(failed.front().cause == FailureCause::SavepointAborted);
}

TEST_CASE("a source that stands still fails when a newer checkpoint is triggered (SP-8)") {
  StandingStill h;
  h.trigger("source/0", 2);
  h.run_for(1ms);
  REQUIRE_FALSE(h.updates(AttemptState::Failed).empty());
  CHECK(h.updates(AttemptState::Failed).front().cause == FailureCause::SavepointAborted);
}

TEST_CASE("a source at the end of its data takes part in the last savepoint and ends with it (SP-10)") {
  Deployed h(30ms, 20);
  REQUIRE(seen(h, EventKind::EndOfDataReached) == 4);
  h.take_part(CheckpointKind::SuspendSavepoint);
  CHECK(h.acks(1) == 4);
  h.complete_and_run(1);
  CHECK(h.updates(AttemptState::Finished).size() >= 4);
  CHECK(h.committed() == h.expected_counts(20));
}

}  // namespace
}  // namespace weir::engine
