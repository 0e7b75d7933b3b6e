// A JobManager process that leads, and does not lead any more (RE-13, RE-15, CO-45, CO-47, CO-49).

#include <catch2/catch.hpp>

#include "checkpoint/metadata.h"
#include "checkpoint/pointer_protocol.h"
#include "unit/engine/fakes/coord_world.h"

namespace weir::engine {
namespace {

using coord_test::JobManagerWorld;

JobOptions available() {
  JobOptions options = JobManagerWorld::options();
  options.high_availability = HighAvailability::Store;
  return options;
}

Bytes outcome(JobState state, std::uint64_t savepoint) {
  return std::to_string(static_cast<std::uint32_t>(state)) + " " + std::to_string(savepoint);
}

struct Contender : JobManagerWorld {
  explicit Contender(DefectSet defects_in = {}) : JobManagerWorld(available(), defects_in) {}

  void lead(std::uint32_t number) {
    session = SessionId{number};
    job_manager->on_leader({kJobManager, session});
  }
  void follow(std::uint32_t number) { job_manager->on_leader({kStandbyJobManager, SessionId{number}}); }
  HaRequest answer(HaOutcome outcome, std::vector<HaEntry> entries = {}) {
    REQUIRE_FALSE(ha.requests.empty());
    const HaRequest request = ha.requests.front();
    ha.requests.erase(ha.requests.begin());
    job_manager->on_ha_answer({request.id, request.session, outcome, {}, std::move(entries)});
    return request;
  }
  // Leads, with nothing to recover, and runs the job.
  void run(std::uint32_t number = 1) {
    lead(number);
    answer(HaOutcome::Done);
    run_all(1 + (number - 1) * 1000);
  }
  // Up to the completion of a checkpoint, but for the pointer to it.
  void take(std::uint64_t checkpoint, std::uint32_t attempt = 1) {
    while (ha.requests.empty()) advance(10ms);
    answer(HaOutcome::Done);
    ack_all(checkpoint, attempt);
    store_all();
  }
};

TEST_CASE("a JobManager contends, and does nothing for the job before it leads [ha] (RE-13)") {
  Contender w;
  CHECK(w.ha.candidates == std::vector{kJobManager});
  w.add_task_manager(1);
  w.add_task_manager(2);
  CHECK(w.control.sent.empty());
  CHECK(w.job_states().empty());
}

TEST_CASE("a leader reads first what is in the store, and hears who registers meanwhile [ha] (RE-13)") {
  Contender w;
  w.lead(1);
  w.add_task_manager(1);
  w.add_task_manager(2);
  CHECK(w.job_states().empty());
  CHECK(w.answer(HaOutcome::Done).kind == HaRequestKind::List);
  CHECK(w.of(EventKind::JobRecovered).size() == 1);
  CHECK(w.job_states() == std::vector{JobState::Created, JobState::Running});
  CHECK(w.sent<DeployTask>().size() == 6);
}

TEST_CASE("a reading whose outcome is unknown is repeated, and so is one that cannot be used [ha] (CO-45)") {
  Contender w;
  w.lead(1);
  w.answer(HaOutcome::Unknown);
  w.advance(kStoreRetry);
  w.answer(HaOutcome::Done, {{"pointer-3", "chk-3 1"}});
  CHECK(w.of(EventKind::JobRecoveryFailed).size() == 1);
  CHECK(w.job_states().empty());
  w.storage.files["chk-3/_metadata"] = encode({CheckpointId{3}, {}, CheckpointKind::Periodic, {}});
  w.advance(kStoreRetry);
  w.answer(HaOutcome::Done, {{"pointer-3", "chk-3 1"}});
  REQUIRE(w.of(EventKind::JobRecovered).size() == 1);
  CHECK(w.of(EventKind::JobRecovered)[0].a == 3);
}

TEST_CASE("a later leader restores the newest checkpoint under attempts that nobody had before [ha] (RE-13, RP-2)") {
  Contender w;
  w.storage.files["chk-3/_metadata"] =
      encode({CheckpointId{3},
              assemble(*w.setup.graph, std::vector<SubtaskState>(6), std::vector<bool>(6)),
              CheckpointKind::Periodic,
              {}});
  w.lead(4);
  w.add_task_manager(1);
  w.add_task_manager(2);
  w.answer(HaOutcome::Done, {{"counter", "8"}, {"pointer-3", "chk-3 2"}});
  REQUIRE(w.of(EventKind::RestoreChosen).size() == 1);
  CHECK(w.of(EventKind::RestoreChosen)[0].a == 3);
  REQUIRE(w.sent<DeployTask>().size() == 6);
  CHECK(w.sent<DeployTask>()[0].second.attempt.attempt == AttemptId{300'001});
  CHECK(w.sent<DeployTask>()[0].second.restored == CheckpointId{3});
}

TEST_CASE("messages of another session are not heard [ha] (RP-2)") {
  Contender w;
  w.run();
  w.session = SessionId{7};
  const std::size_t before = w.core.events.all.size();
  w.ack_all(1);
  CHECK(w.core.events.all.size() == before);
}

TEST_CASE("one that leads no more deletes nothing and completes nothing [ha] (RE-15, CO-49)") {
  Contender w;
  w.run();
  w.take(1);
  SECTION("because it hears of it") { w.follow(2); }
  SECTION("because the store refuses what it asks for") { w.answer(HaOutcome::NotLeader); }
  CHECK(w.job_states().back() == JobState::Suspended);
  w.advance(1s);
  CHECK(w.storage.removed.empty());
  CHECK(w.of(EventKind::CheckpointCompleted).empty());
  w.forget();
  w.ack_all(1);
  CHECK(w.control.sent.empty());
  CHECK(w.core.events.all.empty());
}

TEST_CASE("what was begun under an earlier session of the same process ends unheard [ha]") {
  Contender w;
  w.run();
  while (w.ha.requests.empty()) w.advance(10ms);
  w.answer(HaOutcome::Done);
  w.ack_all(1);
  w.follow(2);
  w.lead(3);
  w.answer(HaOutcome::Done);
  w.store_all();
  CHECK(w.of(EventKind::CheckpointCompleted).empty());
  CHECK(w.ha.requests.empty());
}

TEST_CASE("a job that was over is ended, not started [ha] (CO-49)") {
  Contender w;
  w.lead(2);
  w.add_task_manager(1);
  w.add_task_manager(2);
  w.answer(HaOutcome::Done, {{"outcome", outcome(JobState::Finished, 0)}});
  CHECK(w.sent<DeployTask>().empty());
  CHECK(w.answer(HaOutcome::Done).entry == "outcome");
}

// --- a job that ends with a savepoint ----------------------------------------------------------------------------

// The final savepoint is stored, and that the job ends with it is on its way into the store.
struct StoppingContender : Contender {
  explicit StoppingContender(DefectSet defects_in = {}) : Contender(defects_in) {
    run();
    job_manager->on_request({JobRequestKind::Stop, SavepointFormat::Canonical, 1});
    answer(HaOutcome::Done);  // its id
    ack_all(1);
    store_all();
  }
};

TEST_CASE("nobody hears of a final savepoint before the store knows that the job ends with it [ha] (SP-9)") {
  StoppingContender w;
  CHECK(w.of(EventKind::CheckpointCompleted).empty());
  w.advance(w.setup.options.rpc.retry * 2);
  CHECK(w.sent<NotifyCheckpointComplete>().empty());
  const HaRequest recorded = w.answer(HaOutcome::Unknown);
  CHECK(recorded.kind == HaRequestKind::Put);
  CHECK(recorded.entry == "outcome");
  CHECK(recorded.content == outcome(JobState::Failed, 1));
  w.advance(kStoreRetry);
  w.answer(HaOutcome::Done);
  CHECK(w.of(EventKind::CheckpointCompleted).size() == 1);
  CHECK(w.sent<NotifyCheckpointComplete>().size() == 6);
  w.report_all(1, AttemptState::Finished);
  CHECK(w.answer(HaOutcome::Done).content == outcome(JobState::Finished, 1));
  w.answer(HaOutcome::Done);  // the counter goes
  CHECK(w.job_states().back() == JobState::Finished);
  REQUIRE(w.of(EventKind::RequestEnded).size() == 1);
  CHECK(w.of(EventKind::RequestEnded)[0].a == 1);
  CHECK(w.of(EventKind::RequestEnded)[0].b == 1);
}

TEST_CASE("a failure while that is on its way ends the job: it may be there [ha] (SP-9, RE-10)") {
  StoppingContender w;
  w.report(3, 1, AttemptState::Failed);
  CHECK(w.of(EventKind::RestartScheduled).empty());
  w.answer(HaOutcome::Done);
  CHECK(w.of(EventKind::CheckpointCompleted).size() == 1);
  CHECK(w.answer(HaOutcome::Done).content == outcome(JobState::Failed, 1));
  w.answer(HaOutcome::Done);
  CHECK(w.job_states().back() == JobState::Failed);
  REQUIRE(w.of(EventKind::RequestEnded).size() == 1);
  CHECK(w.of(EventKind::RequestEnded)[0].a == 1);
  CHECK(w.of(EventKind::RequestEnded)[0].b == 0);
}

TEST_CASE("a final savepoint that is on its way does not expire [ha]") {
  StoppingContender w;
  w.advance(w.setup.options.checkpoint.timeout * 2);
  CHECK(w.of(EventKind::CheckpointAborted).empty());
}

TEST_CASE("a leader that finds that the job ends with a savepoint ends it, and names it [ha] (SP-9)") {
  Contender w;
  w.lead(2);
  w.add_task_manager(1);
  w.add_task_manager(2);
  w.answer(HaOutcome::Done, {{"outcome", outcome(JobState::Failed, 7)}});
  REQUIRE(w.of(EventKind::JobRecovered).size() == 1);
  CHECK(w.of(EventKind::JobRecovered)[0].b == 7);
  CHECK(w.sent<DeployTask>().empty());
  CHECK(w.answer(HaOutcome::Done).content == outcome(JobState::Failed, 7));
  w.answer(HaOutcome::Done);
  CHECK(w.job_states().back() == JobState::Failed);
}

TEST_CASE("defect forget-final-savepoint: the store does not know of it when the tasks do [ha] (SP-9)") {
  DefectSet defects;
  defects.add(Defect::ForgetFinalSavepoint);
  StoppingContender w(defects);
  CHECK(w.sent<NotifyCheckpointComplete>().size() == 6);
  CHECK(w.ha.requests.empty());
}

TEST_CASE("whoever does not lead refuses what the user asks for [ha]") {
  Contender w;
  w.job_manager->on_request({JobRequestKind::Cancel, {}, 5});
  REQUIRE(w.of(EventKind::RequestEnded).size() == 1);
  CHECK(w.of(EventKind::RequestEnded)[0].b == 0);
}

TEST_CASE("a job that fails for good says so when that is in the store [ha] (CO-49)") {
  JobOptions options = available();
  options.restart.fixed_delay.attempts = 0;
  Contender w;
  w.setup.options = options;
  w.run();
  w.report(0, 1, AttemptState::Failed);
  CHECK(w.job_states().back() == JobState::Running);
  CHECK(w.answer(HaOutcome::Done).entry == "outcome");
  CHECK(w.answer(HaOutcome::Unknown).entry == "counter");
  CHECK(w.job_states().back() == JobState::Running);
  w.advance(kStoreRetry);
  CHECK(w.answer(HaOutcome::Done).entry == "counter");
  CHECK(w.job_states().back() == JobState::Failed);
}

}  // namespace
}  // namespace weir::engine
