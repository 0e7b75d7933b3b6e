#include "recovery/job_manager.h"

#include <algorithm>

#include <catch2/catch.hpp>

#include "unit/engine/fakes/coord_world.h"

namespace weir::engine {
namespace {

using namespace coord_test;
using States = std::vector<JobState>;

JobOptions options() { return JobManagerWorld::options(); }
JobOptions with(void (*change)(JobOptions&)) {
  JobOptions made = options();
  change(made);
  return made;
}

// --- registration and deployment -----------------------------------------------------------------------------------

TEST_CASE("every registration is answered with the incarnation it named") {
  JobManagerWorld w(options());
  w.add_task_manager(1, 4);
  w.add_task_manager(1, 4);
  const auto answers = w.sent<RegistrationAccepted>();
  REQUIRE(answers.size() == 2);
  CHECK(answers[0].first == ProcessId{1});
  CHECK(answers[0].second.incarnation == 4);
}

TEST_CASE("the job is deployed when there are enough slots, subtask i to slot i") {
  JobManagerWorld w(options());
  CHECK(w.job_states() == States{JobState::Created});
  w.add_task_manager(2);
  CHECK(w.sent<DeployTask>().empty());
  w.add_task_manager(1);
  const auto deployed = w.sent<DeployTask>();
  REQUIRE(deployed.size() == 6);
  for (std::uint16_t s = 0; s < 6; ++s) {
    CHECK(deployed[s].first == ProcessId{JobManagerWorld::process_of(s)});
    CHECK(deployed[s].second.attempt == attempt(s, 1));
    CHECK(deployed[s].second.restored == kNoCheckpoint);
    CHECK(deployed[s].second.state.operators.empty());
    CHECK(deployed[s].second.peers.size() == 6);
    CHECK_FALSE(deployed[s].second.finished_on_restore);
  }
  CHECK(deployed[0].second.peers[3] == ProcessId{2});
  CHECK(w.of(EventKind::AttemptDeployed).size() == 6);
  CHECK(w.of(EventKind::RestoreChosen).empty());  // nothing was restored
  CHECK(w.job_states() == States{JobState::Created, JobState::Running});
}

TEST_CASE("one TaskManager with enough slots takes the whole job") {
  JobManagerWorld w(options());
  w.add_task_manager(7, 1, 2);
  CHECK(w.sent<DeployTask>().size() == 6);
}

TEST_CASE("every state update is answered, a stale one too (flink-semantics 12)") {
  JobManagerWorld w(options());
  w.run_all();
  CHECK(w.sent<TaskStateSeen>().size() == 6);
  w.forget();
  w.report(0, 1, AttemptState::Running);
  w.report(0, 9, AttemptState::Failed);
  const auto seen = w.sent<TaskStateSeen>();
  REQUIRE(seen.size() == 2);
  CHECK(seen[1].second.attempt == attempt(0, 9));
  CHECK(seen[1].second.state == AttemptState::Failed);
  CHECK(w.job_states().empty());
}

TEST_CASE("an attempt that runs although it is not the current one is told to stop (RE-14)") {
  JobManagerWorld w(options());
  w.run_all();
  w.forget();
  w.report(3, 9, AttemptState::Running);
  const auto canceled = w.sent<CancelTask>();
  REQUIRE(canceled.size() == 1);
  CHECK(canceled[0].second.attempt == attempt(3, 9));
}

// --- checkpoints ---------------------------------------------------------------------------------------------------

TEST_CASE("a checkpoint runs from its trigger to the notification of all (CO-5, CO-50, G-1)") {
  JobManagerWorld w(options());
  w.add_task_manager(1);
  w.add_task_manager(2);
  for (std::uint16_t s = 0; s < 5; ++s) w.report(s, 1, AttemptState::Running);
  w.advance(300ms);
  CHECK(w.sent<TriggerCheckpoint>().empty());  // CO-5
  w.report(5, 1, AttemptState::Running);
  w.advance(10ms);
  const auto triggers = w.sent<TriggerCheckpoint>();
  REQUIRE(triggers.size() == 2);
  CHECK(triggers[0].first == ProcessId{1});
  CHECK(triggers[1].second.attempt == attempt(1));
  w.ack_all(1);
  REQUIRE(w.storage.pending.size() == 1);
  CHECK(w.storage.pending.begin()->second == "chk-1/_metadata");
  CHECK(w.sent<NotifyCheckpointComplete>().empty());
  w.store_all();
  CHECK(w.of(EventKind::CheckpointCompleted).size() == 1);
  CHECK(w.sent<NotifyCheckpointComplete>().size() == 6);
}

TEST_CASE("without checkpointing nothing is triggered and the job finishes with its tasks (CO-3)") {
  JobManagerWorld w(with([](JobOptions& o) { o.checkpoint.enabled = false; }));
  w.run_all();
  w.advance(10s);
  CHECK(w.sent<TriggerCheckpoint>().empty());
  w.report_all(1, AttemptState::Finished);
  CHECK(w.job_states().back() == JobState::Finished);
}

// --- failure and restart -------------------------------------------------------------------------------------------

TEST_CASE("a failed attempt restarts every subtask from the newest checkpoint (RE-3, RE-8)") {
  JobManagerWorld w(options());
  w.run_all();
  w.advance(10ms);
  w.ack_all(1);
  w.store_all();
  w.forget();

  w.report(2, 1, AttemptState::Failed);
  CHECK(w.job_states() == States{JobState::Restarting});
  CHECK(w.sent<CancelTask>().size() == 5);
  CHECK(w.of(EventKind::RestartScheduled).empty());

  w.advance(200ms);  // not terminal yet: asked again
  CHECK(w.sent<CancelTask>().size() == 10);
  for (const std::uint16_t s : {0, 1, 3, 4, 5}) w.report(s, 1, AttemptState::Canceled);
  REQUIRE(w.of(EventKind::RestartScheduled).size() == 1);
  CHECK(w.of(EventKind::RestartScheduled)[0].a == 1);
  CHECK(w.of(EventKind::RestartScheduled)[0].b == 1'000'000'000);

  w.advance(999ms);
  CHECK(w.sent<DeployTask>().empty());
  w.advance(1ms);
  const auto deployed = w.sent<DeployTask>();
  REQUIRE(deployed.size() == 6);
  CHECK(deployed[3].second.attempt == attempt(3, 2));
  CHECK(deployed[3].second.restored == CheckpointId{1});
  CHECK(deployed[3].second.state == acked("totals-uid", "chk-1/3", 1));
  CHECK(w.of(EventKind::RestoreChosen)[0].a == 1);
  CHECK(w.job_states() == States{JobState::Restarting, JobState::Running});
  CHECK(w.sent<CancelTask>().size() == 10);
}

TEST_CASE("the choice of the restore is reported right before the deployments") {
  JobManagerWorld w(options());
  w.run_all();
  w.forget();
  w.report(0, 1, AttemptState::Failed);
  for (std::uint16_t s = 1; s < 6; ++s) w.report(s, 1, AttemptState::Canceled);
  w.advance(1s);
  const auto& events = w.core.events.all;
  const auto chosen =
      std::find_if(events.begin(), events.end(), [](const Event& e) { return e.kind == EventKind::RestoreChosen; });
  REQUIRE(chosen != events.end());
  CHECK(chosen->a == 0);  // from the start
  const auto first =
      std::find_if(events.begin(), events.end(), [](const Event& e) { return e.kind == EventKind::AttemptDeployed; });
  CHECK(chosen < first);
}

TEST_CASE("a pending checkpoint is aborted by a failover, and a late acknowledgement does not count (RE-4, CO-23)") {
  JobManagerWorld w(options());
  w.run_all();
  w.advance(10ms);
  w.forget();
  w.report(2, 1, AttemptState::Failed);
  REQUIRE(w.of(EventKind::CheckpointAborted).size() == 1);
  CHECK(w.of(EventKind::CheckpointAborted)[0].detail == static_cast<std::uint32_t>(AbortReason::JobFailoverRegion));
  w.ack_all(1);
  CHECK(w.storage.pending.empty());
  CHECK(w.storage.removed.size() == 6);
}

TEST_CASE("further failures during a restart belong to it (RE-3)") {
  JobManagerWorld w(with([](JobOptions& o) { o.restart.fixed_delay.attempts = 1; }));
  w.run_all();
  for (std::uint16_t s = 0; s < 6; ++s) w.report(s, 1, AttemptState::Failed);
  w.advance(1s);
  CHECK(w.job_states() == States{JobState::Created, JobState::Running, JobState::Restarting, JobState::Running});
}

TEST_CASE("a timer of an earlier deployment does nothing (RE-3)") {
  JobManagerWorld w(options());
  w.run_all();
  w.advance(8900ms);
  w.report(0, 1, AttemptState::Failed);
  for (std::uint16_t s = 1; s < 6; ++s) w.report(s, 1, AttemptState::Canceled);
  w.advance(1s);
  REQUIRE(w.sent<DeployTask>().size() == 12);
  w.advance(100ms);  // the first deployment's timeouts are due, and the second one's tasks have not reported
  CHECK(w.of(EventKind::AttemptFailed).empty());
  CHECK(w.job_states().back() == JobState::Running);
}

TEST_CASE("when the restarts are used up the job fails for good and stops what still runs (8.2)") {
  JobManagerWorld w(with([](JobOptions& o) { o.restart.fixed_delay.attempts = 0; }));
  w.run_all();
  w.report(4, 1, AttemptState::Failed);
  CHECK(w.job_states().back() == JobState::Failed);
  CHECK(w.sent<CancelTask>().size() == 5);
  w.advance(60s);
  CHECK(w.sent<DeployTask>().size() == 6);
  CHECK(w.sent<TriggerCheckpoint>().empty());
}

namespace {

// Fails the job while it runs, and cancels what is left of the attempt.
void fail_and_cancel(JobManagerWorld& w, std::uint32_t number) {
  w.report(0, number, AttemptState::Failed);
  for (std::uint16_t s = 1; s < 6; ++s) w.report(s, number, AttemptState::Canceled);
}
std::vector<std::uint64_t> delays(const JobManagerWorld& w) {
  std::vector<std::uint64_t> all;
  for (const Event& e : w.of(EventKind::RestartScheduled)) all.push_back(e.b);
  return all;
}

}  // namespace

TEST_CASE("with checkpoints and no strategy named, each restart waits longer than the one before (CO-3, 8.2)") {
  JobManagerWorld w(with([](JobOptions& o) { o.restart = {}; }));
  w.run_all();
  for (std::uint32_t number = 1; number <= 3; ++number) {
    fail_and_cancel(w, number);
    w.advance(3s);
    w.report_all(number + 1, AttemptState::Running);
  }
  CHECK(delays(w) == std::vector<std::uint64_t>{1'000'000'000, 1'350'000'000, 2'025'000'000});  // all jitter taken away
  CHECK(std::count(w.random.streams.begin(), w.random.streams.end(), "recovery/restart-jitter") == 3);
}

TEST_CASE("a failure while the restart waits for its delay is merged with it (RE-3, 8.2)") {
  const RestartStrategy strategy =
      GENERATE(RestartStrategy::ExponentialDelay, RestartStrategy::FixedDelay, RestartStrategy::FailureRate);
  JobOptions chosen = options();
  chosen.restart = {};
  chosen.restart.strategy = strategy;  // the next failure in a row would be final, or take longer
  JobManagerWorld w(chosen);
  w.run_all();
  w.job_manager->on_process_lost(ProcessId{2});
  for (const std::uint16_t s : {0, 2, 4}) w.report(s, 1, AttemptState::Canceled);
  REQUIRE(delays(w) == std::vector<std::uint64_t>{1'000'000'000});
  w.advance(600ms);
  w.report(0, 1, AttemptState::Failed);
  w.job_manager->on_process_lost(ProcessId{1});
  w.add_task_manager(1, 2);
  w.add_task_manager(2, 2);
  w.forget();
  w.advance(399ms);
  CHECK(w.sent<DeployTask>().empty());
  w.advance(1ms);
  CHECK(w.sent<DeployTask>().size() == 6);
  CHECK(delays(w).empty());
  CHECK(w.job_states() == States{JobState::Running});
}

TEST_CASE("with the strategy none the first failure ends the job, and its checkpoints are kept as told (8.2, CO-49)") {
  const Retention retention = GENERATE(Retention::Never, Retention::OnFailure);
  JobOptions chosen = options();
  chosen.restart.strategy = RestartStrategy::None;
  chosen.checkpoint.retention = retention;
  JobManagerWorld w(chosen);
  w.run_all();
  w.advance(10ms);
  w.ack_all(1);
  w.store_all();
  REQUIRE(w.of(EventKind::CheckpointCompleted).size() == 1);
  w.report(3, 1, AttemptState::Failed);
  CHECK(w.job_states().back() == JobState::Failed);
  CHECK(delays(w).empty());
  const auto& removed = w.storage.removed;
  CHECK(std::count(removed.begin(), removed.end(), "chk-1/_metadata") == (retention == Retention::Never ? 1 : 0));
  w.advance(1h);
  CHECK(w.sent<DeployTask>().size() == 6);
}

TEST_CASE("a job without checkpoints that names no strategy fails for good at once (CO-3)") {
  JobManagerWorld w(JobOptions{});
  w.run_all();
  w.report(3, 1, AttemptState::Failed);
  CHECK(w.job_states().back() == JobState::Failed);
}

TEST_CASE("failures that come too close together are refused a restart, others are not (8.2)") {
  const Duration pause = GENERATE(Duration(50s), Duration(61s));
  JobManagerWorld w(with([](JobOptions& o) {
    o.checkpoint.enabled = false;
    o.restart.strategy = RestartStrategy::FailureRate;
  }));
  w.run_all();
  fail_and_cancel(w, 1);
  w.advance(1s);
  w.report_all(2, AttemptState::Running);
  w.advance(pause - 1s);
  w.report(0, 2, AttemptState::Failed);
  CHECK(w.job_states().back() == (pause > 60s ? JobState::Restarting : JobState::Failed));
}

TEST_CASE("a lost process fails its attempts, nobody waits for them, and its slots are waited for (RE-11)") {
  JobManagerWorld w(options());
  w.run_all();
  w.forget();
  w.job_manager->on_process_lost(ProcessId{2});
  const auto failed = w.of(EventKind::AttemptFailed);
  REQUIRE(failed.size() == 3);
  CHECK(failed[0].actor == actor_of(SubtaskId{1}));
  CHECK(failed[0].a == static_cast<std::uint64_t>(FailureCause::ProcessLost));
  CHECK(failed[0].b == 2);
  CHECK(w.sent<CancelTask>().size() == 3);
  for (const std::uint16_t s : {0, 2, 4}) w.report(s, 1, AttemptState::Canceled);
  w.advance(5s);
  CHECK(w.sent<DeployTask>().empty());
  w.add_task_manager(2, 2);
  CHECK(w.sent<DeployTask>().size() == 6);
  CHECK(w.sent<DeployTask>()[1].second.attempt == attempt(1, 2));
}

TEST_CASE("with spare slots the other processes take over at once") {
  JobManagerWorld w(options());
  w.add_task_manager(1, 1, 2);
  w.add_task_manager(2, 1, 2);
  w.report_all(1, AttemptState::Running);
  w.forget();
  w.job_manager->on_process_lost(ProcessId{1});
  w.advance(1s);
  const auto deployed = w.sent<DeployTask>();
  REQUIRE(deployed.size() == 6);
  for (const auto& [to, task] : deployed) CHECK(to == ProcessId{2});
}

TEST_CASE(
    "with local recovery subtasks stay where they ran, and slots are freed when they are lost or the job is over "
    "(SN-26)") {
  JobManagerWorld w(with([](JobOptions& o) { o.local_recovery = true; }));
  w.add_task_manager(1, 1, 2);
  w.add_task_manager(2, 1, 2);
  w.report_all(1, AttemptState::Running);
  w.job_manager->on_process_lost(ProcessId{1});
  w.advance(1s);
  w.add_task_manager(1, 2, 2);
  w.forget();
  for (std::uint16_t s = 0; s < 6; ++s) {
    TaskStateUpdate update;
    update.attempt = attempt(s, 2);
    update.state = s == 0 ? AttemptState::Failed : AttemptState::Canceled;
    w.deliver(2, update);
  }
  w.advance(1s);
  const auto deployed = w.sent<DeployTask>();
  REQUIRE(deployed.size() == 6);
  for (const auto& [to, task] : deployed) {
    CHECK(to == ProcessId{2});
    CHECK(task.allocation == AllocationId{task.attempt.subtask.value % 2u == 0 ? 3u : 4u});
  }
  CHECK(w.sent<FreeSlot>().empty());
  w.job_manager->on_request({JobRequestKind::Cancel, {}, 1});
  for (std::uint16_t s = 0; s < 6; ++s) w.report(s, 3, AttemptState::Canceled);
  CHECK(w.sent<FreeSlot>().size() == 2);
}

TEST_CASE("a registration of a newer incarnation means that the old one died (RE-11)") {
  JobManagerWorld w(options());
  w.run_all();
  w.forget();
  w.add_task_manager(1, 2);
  CHECK(w.of(EventKind::AttemptFailed).size() == 3);
  CHECK(w.job_states() == States{JobState::Restarting});
  for (const std::uint16_t s : {1, 3, 5}) w.report(s, 1, AttemptState::Canceled);
  w.advance(1s);
  CHECK(w.sent<DeployTask>().size() == 6);
}

TEST_CASE("a process that is lost while its attempts are being canceled is not waited for (RE-11)") {
  JobManagerWorld w(options());
  w.run_all();
  w.report(0, 1, AttemptState::Failed);
  for (const std::uint16_t s : {2, 4}) w.report(s, 1, AttemptState::Canceled);
  CHECK(w.of(EventKind::RestartScheduled).empty());
  w.job_manager->on_process_lost(ProcessId{2});
  CHECK(w.of(EventKind::RestartScheduled).size() == 1);
}

TEST_CASE("a deployment that is not heard of within its timeout fails (rpc.deploy-timeout)") {
  JobManagerWorld w(options());
  w.add_task_manager(1);
  w.add_task_manager(2);
  for (std::uint16_t s = 0; s < 5; ++s) w.report(s, 1, AttemptState::Running);
  w.advance(9999ms);
  CHECK(w.of(EventKind::AttemptFailed).empty());
  w.advance(1ms);
  const auto failed = w.of(EventKind::AttemptFailed);
  REQUIRE(failed.size() == 1);
  CHECK(failed[0].actor == actor_of(SubtaskId{5}));
  CHECK(failed[0].a == static_cast<std::uint64_t>(FailureCause::DeployTimeout));
  CHECK(w.job_states().back() == JobState::Restarting);
}

TEST_CASE("too many failed checkpoints restart the job (CO-38, RE-2)") {
  JobManagerWorld w(with([](JobOptions& o) { o.checkpoint.timeout = 50ms; }));
  w.run_all();
  w.advance(50ms);
  CHECK(w.of(EventKind::CheckpointAborted).size() == 1);
  CHECK(w.job_states().back() == JobState::Restarting);
  CHECK(w.sent<CancelTask>().size() == 6);
}

// --- the end -------------------------------------------------------------------------------------------------------

TEST_CASE("the end of the data leads to a final checkpoint, finished tasks and a finished job (CO-55)") {
  JobManagerWorld w(with([](JobOptions& o) { o.checkpoint.interval = 10s; }));
  w.random.next = 5'000'000'000;
  w.run_all();
  for (std::uint16_t s = 0; s < 6; ++s) w.deliver(JobManagerWorld::process_of(s), EndOfDataReport{attempt(s)});
  const auto triggered = w.of(EventKind::CheckpointTriggered);
  REQUIRE(triggered.size() == 1);
  CHECK(triggered[0].detail == static_cast<std::uint32_t>(CheckpointKind::Final));
  w.ack_all(1);
  w.store_all();
  CHECK(w.sent<NotifyCheckpointComplete>().size() == 6);
  for (std::uint16_t s = 0; s < 5; ++s) w.report(s, 1, AttemptState::Finished);
  CHECK(w.job_states().back() == JobState::Running);
  w.report(5, 1, AttemptState::Finished);
  CHECK(w.job_states().back() == JobState::Finished);
  CHECK(w.storage.removed.front() == "chk-1/_metadata");
}

TEST_CASE(
    "tasks that missed the notification are covered by the next checkpoint and finished ones restored as such (CO-50, "
    "CO-54)") {
  JobManagerWorld w(options());
  w.run_all();
  w.advance(10ms);
  for (std::uint16_t s = 0; s < 6; ++s) w.deliver(JobManagerWorld::process_of(s), EndOfDataReport{attempt(s)});
  w.ack_all(1);
  w.store_all();
  w.forget();
  w.ack_all(2);  // the final one
  w.store_all();
  for (const std::uint16_t s : {0, 1}) w.report(s, 1, AttemptState::Finished);
  w.forget();
  w.advance(100ms);
  const auto triggers = w.sent<TriggerCheckpoint>();
  REQUIRE(triggers.size() == 2);
  CHECK(triggers[0].second.attempt == attempt(2));
  w.ack_all(3);
  w.store_all();

  w.report(3, 1, AttemptState::Failed);
  for (const std::uint16_t s : {2, 4, 5}) w.report(s, 1, AttemptState::Canceled);
  w.forget();
  w.advance(1s);
  const auto deployed = w.sent<DeployTask>();
  REQUIRE(deployed.size() == 6);
  CHECK(deployed[0].second.finished_on_restore);
  CHECK(deployed[0].second.state.operators.empty());
  CHECK_FALSE(deployed[2].second.finished_on_restore);
  CHECK(deployed[2].second.state == acked("totals-uid", "chk-3/2", 1));
}

TEST_CASE("what is restored as finished stays finished in the checkpoints after it (CO-54)") {
  JobManagerWorld w(options());
  w.run_all();
  w.advance(10ms);
  w.ack_all(1);
  w.store_all();
  for (const std::uint16_t s : {0, 1}) w.report(s, 1, AttemptState::Finished);
  w.advance(100ms);
  w.ack_all(2);
  w.store_all();
  for (std::uint32_t number = 1; number <= 2; ++number) {  // fail, restore, checkpoint, fail, restore
    w.report(3, number, AttemptState::Failed);
    for (const std::uint16_t s : {0, 1, 2, 4, 5}) w.report(s, number, AttemptState::Canceled);
    w.forget();
    w.advance(1s);
    w.report_all(number + 1, AttemptState::Running);
    w.advance(10ms);
    REQUIRE(w.of(EventKind::CheckpointTriggered).size() == 1);
    CHECK(w.sent<DeployTask>()[1].second.finished_on_restore);
    CHECK_FALSE(w.sent<DeployTask>()[2].second.finished_on_restore);
    w.ack_all(w.of(EventKind::CheckpointTriggered)[0].a, number + 1);
    w.store_all();
    CHECK(w.of(EventKind::CheckpointCompleted).size() == 1);
  }
}

TEST_CASE("the JobManager has no data connections") {
  JobManagerWorld w(options());
  CHECK_THROWS_AS(w.job_manager->on_credit({}, 1), InvariantViolation);
  CHECK_THROWS_AS(w.job_manager->on_segment_size({}, 1), InvariantViolation);
  CHECK_THROWS_AS(w.job_manager->on_segment({}, nullptr), InvariantViolation);
  CHECK_THROWS_AS(w.job_manager->on_connection_broken({}), InvariantViolation);
  CHECK_THROWS_AS(w.deliver(1, RegistrationAccepted{1}), InvariantViolation);
}

}  // namespace
}  // namespace weir::engine
