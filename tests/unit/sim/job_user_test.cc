#include "world/job_user.h"

#include <catch2/catch.hpp>

#include "world_fixture.h"

using namespace weir::sim;
using namespace weir::sim::test;
namespace engine = weir::engine;
using engine::EventKind;
using engine::JobRequestKind;

namespace {

Action at(Time time, JobRequestKind request, bool starts_next = false) {
  Action action;
  action.request = request;
  action.starts_next = starts_next;
  action.trigger.time = time;
  return action;
}
Action when(EventKind kind, std::uint32_t occurrence, JobRequestKind request) {
  Action action;
  action.request = request;
  action.trigger.at_event = true;
  action.trigger.event = kind;
  action.trigger.occurrence = occurrence;
  return action;
}

struct User {
  explicit User(std::vector<Action> plan) : actions(std::move(plan)) {
    user.reset(actions);
    user.begin_stage(*graph);
  }
  void happens(TraceKind kind, std::uint32_t detail = 0, std::uint64_t a = 0, std::uint64_t b = 0) {
    TraceEvent event;
    event.kind = kind;
    event.detail = detail;
    event.a = a;
    event.b = b;
    user.on_event(event);
  }
  void answer(std::uint32_t number, std::uint64_t savepoint, bool fulfilled) {
    happens(EventKind::RequestEnded, number, savepoint, fulfilled ? 1 : 0);
  }
  std::shared_ptr<const engine::ExecutionGraph> graph = two_vertex_graph();
  std::vector<Action> actions;
  JobUser user;
};

}  // namespace

TEST_CASE("an action waits for its time, or for the n-th event that it names") {
  User timed({at(Time{5ms}, JobRequestKind::Savepoint)});
  const auto appointment = timed.user.take_appointment();
  REQUIRE(appointment);
  CHECK_FALSE(appointment->again);
  CHECK_FALSE(timed.user.has_due());
  timed.user.on_time(appointment->action);
  CHECK(timed.user.has_due());

  User event({when(EventKind::CheckpointCompleted, 2, JobRequestKind::Savepoint)});
  CHECK_FALSE(event.user.take_appointment());
  event.happens(EventKind::CheckpointCompleted, 0, 1);
  CHECK_FALSE(event.user.has_due());
  event.happens(EventKind::CheckpointCompleted, 0, 2);
  CHECK(event.user.has_due());
}

TEST_CASE("a refusal is asked again after a while, and only an answer to the last request counts") {
  User u({at(Time{}, JobRequestKind::Savepoint), at(Time{9ms}, JobRequestKind::Cancel)});
  u.user.take_appointment();
  u.user.on_time(0);
  CHECK(u.user.take_due().number == 1);
  u.answer(1, 0, false);
  const auto again = u.user.take_appointment();
  REQUIRE(again);
  CHECK(again->again);
  u.user.on_time(0);
  CHECK(u.user.take_due().number == 2);
  u.answer(1, 3, true);
  CHECK_FALSE(u.user.activity()[0].fulfilled);
  u.answer(2, 4, true);
  CHECK(u.user.activity()[0].fulfilled);
  CHECK_FALSE(u.user.ended_job());
  CHECK(u.user.current() == 1);
  CHECK(u.user.take_appointment());  // the next action's time
}

TEST_CASE("a stop leads on to the next job when it was fulfilled, and when its savepoint outlives a failure (SP-9)") {
  for (const bool fulfilled : {true, false}) {
    User u({at(Time{}, JobRequestKind::Stop, true)});
    u.user.on_time(0);
    u.user.take_due();
    u.happens(EventKind::CheckpointCompleted, static_cast<std::uint32_t>(engine::CheckpointKind::SuspendSavepoint), 7);
    u.answer(1, 7, fulfilled);
    CHECK(u.user.starts_next());
    CHECK(u.user.newest(StageOrigin::Savepoint).id.value == 7);
    CHECK(u.user.newest(StageOrigin::Checkpoint).id.value == 0);
  }
}

TEST_CASE("an action of a later job is not taken in an earlier one") {
  User u(
      {at(Time{}, JobRequestKind::Cancel, true), when(EventKind::CheckpointCompleted, 1, JobRequestKind::Savepoint)});
  u.user.on_time(0);
  u.user.take_due();
  u.answer(1, 0, true);
  u.happens(EventKind::CheckpointCompleted, 0, 1);
  CHECK_FALSE(u.user.has_due());
  u.user.begin_stage(*u.graph, {{1}, {}, 0});
  CHECK(u.user.newest(StageOrigin::Checkpoint).id.value == 1);  // until this job has one of its own
  u.happens(EventKind::CheckpointCompleted, 0, 2);
  CHECK(u.user.has_due());
}

TEST_CASE("whoever asked a JobManager that died asks again") {
  User u({at(Time{5ms}, JobRequestKind::Savepoint)});
  u.user.on_time(u.user.take_appointment()->action);
  CHECK(u.user.take_due().number == 1);
  u.user.lose_job_manager();
  u.answer(1, 7, true);  // too late
  CHECK_FALSE(u.user.activity()[0].fulfilled);
  const auto again = u.user.take_appointment();
  REQUIRE(again);
  CHECK(again->again);
  u.user.on_time(again->action);
  CHECK(u.user.take_due().number == 2);
}

TEST_CASE("a job that finishes before its user hears of the stop was stopped, if its savepoint is there (SP-5)") {
  const auto suspended = static_cast<std::uint32_t>(engine::CheckpointKind::SuspendSavepoint);
  const auto periodic = static_cast<std::uint32_t>(engine::CheckpointKind::Periodic);
  for (const bool savepoint : {true, false}) {
    User user({when(EventKind::CheckpointTriggered, 1, JobRequestKind::Stop)});
    user.happens(EventKind::CheckpointTriggered, periodic, 1);
    REQUIRE(user.user.take_due().number == 1);
    user.happens(EventKind::CheckpointCompleted, savepoint ? suspended : periodic, 1);
    user.user.lose_job_manager();
    user.user.see_job_end(Time{7ms});
    CHECK(user.user.ended_job() == savepoint);
    CHECK(user.user.activity()[0].fulfilled == savepoint);
  }
}

TEST_CASE("a savepoint that a leader finds is what the job was stopped with, and the next one starts from (SP-9)") {
  User user({when(EventKind::CheckpointTriggered, 1, JobRequestKind::Stop)});
  user.happens(EventKind::CheckpointTriggered, static_cast<std::uint32_t>(engine::CheckpointKind::Periodic), 1);
  REQUIRE(user.user.take_due().number == 1);
  user.user.lose_job_manager();
  user.happens(EventKind::JobRecovered, 2, 3, 4);
  user.user.see_job_end(Time{7ms});
  CHECK(user.user.ended_job());
  CHECK(user.user.newest(StageOrigin::Savepoint).id == engine::CheckpointId{4});
  CHECK(user.user.newest(StageOrigin::Checkpoint).id == engine::CheckpointId{3});
}

TEST_CASE("a job that finishes before it is asked to stop has finished by itself") {
  User user({when(EventKind::CheckpointTriggered, 1, JobRequestKind::Stop)});
  user.user.see_job_end(Time{7ms});
  CHECK_FALSE(user.user.ended_job());
}

TEST_CASE("a job that is lost is started again by whoever was to restore it, and by nobody else (CO-46)") {
  User restores({at(Time{5ms}, JobRequestKind::Cancel, true)});
  restores.user.lose_job(Time{3ms});
  CHECK(restores.user.starts_next());
  CHECK(restores.user.activity()[0].fulfilled);
  User cancels({at(Time{5ms}, JobRequestKind::Cancel)});
  cancels.user.lose_job(Time{3ms});
  CHECK_FALSE(cancels.user.starts_next());
  User upgrades({at(Time{5ms}, JobRequestKind::Stop, true)});
  upgrades.user.lose_job(Time{3ms});
  CHECK_FALSE(upgrades.user.starts_next());
}

TEST_CASE("an appointment that a run left open is none of the next run's") {
  User user({at(Time{5ms}, JobRequestKind::Savepoint)});
  const std::vector<Action> nothing;
  user.user.reset(nothing);
  user.user.begin_stage(*user.graph);
  CHECK_FALSE(user.user.take_appointment());
}
