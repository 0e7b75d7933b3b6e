#include <catch2/catch.hpp>

#include "fakes/task_harness.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

struct Connected : TaskHarness {
  Connected() : TaskHarness(10'000) {
    crash();
    setup.options.heartbeat = {50ms, 200ms, 2};
    start(1);
    tell(RegistrationAccepted{1});
    deploy();
    tell_all(TaskStateSeen{{}, AttemptState::Running});
  }
  void beat(Duration time) {
    for (Duration passed{}; passed < time; passed += 50ms) {
      tell(HeartbeatRequest{1});
      run_for(50ms);
    }
  }
  std::size_t registrations() { return world.control.of<RegisterTaskManager>().size(); }
};

}  // namespace

TEST_CASE("a heartbeat names the attempts that live, and those whose end was not seen yet (RE-14)") {
  Connected h;
  h.tell(HeartbeatRequest{9});  // meant for another life
  CHECK(h.world.control.of<Heartbeat>().empty());
  h.tell(HeartbeatRequest{1});
  REQUIRE(h.world.control.of<Heartbeat>().size() == 1);
  CHECK(h.world.control.of<Heartbeat>()[0].incarnation == 1);
  CHECK(h.world.control.of<Heartbeat>()[0].deployed.size() == 4);
  h.tell(CancelTask{h.attempt("totals/0")});
  h.tell(HeartbeatRequest{1});
  CHECK(h.world.control.of<Heartbeat>().back().deployed.size() == 4);
  h.tell(TaskStateSeen{h.attempt("totals/0"), AttemptState::Canceled});
  h.tell(HeartbeatRequest{1});
  CHECK(h.world.control.of<Heartbeat>().back().deployed.size() == 3);
}

TEST_CASE("a TaskManager that hears nothing of its JobManager fails its tasks and registers again (RE-12)") {
  Connected h;
  h.beat(400ms);
  CHECK(h.updates(AttemptState::Failed).empty());
  const std::size_t before = h.registrations();
  h.run_for(190ms);
  const auto failed = h.updates(AttemptState::Failed);
  REQUIRE(failed.size() == 4);
  CHECK(failed[0].cause == FailureCause::JobManagerLost);
  CHECK(h.world.events.of(EventKind::PeerLost).size() == 1);
  CHECK(h.registrations() == before + 1);
  CHECK(h.world.wire.producers.empty());
  h.run_for(450ms);
  CHECK(h.registrations() == before + 3);
}

TEST_CASE("a TaskManager that is told that it was given up fails its tasks at once, and only in that life (RE-12)") {
  Connected h;
  h.tell(Disconnected{2});
  CHECK(h.updates(AttemptState::Failed).empty());
  h.tell(Disconnected{1});
  CHECK(h.updates(AttemptState::Failed).size() == 4);
  const std::size_t registrations = h.registrations();
  h.tell(Disconnected{1});  // again
  CHECK(h.registrations() == registrations);
  h.tell(HeartbeatRequest{1});
  CHECK(h.world.control.of<Heartbeat>().empty());  // not before it is registered again
  h.tell(RegistrationAccepted{1});
  h.tell(HeartbeatRequest{1});
  CHECK(h.world.control.of<Heartbeat>().size() == 1);
}

TEST_CASE("without heartbeats a TaskManager never loses its JobManager") {
  TaskHarness h(10'000);
  h.tell(RegistrationAccepted{1});
  h.deploy();
  h.run_for(2s);
  CHECK(h.updates(AttemptState::Failed).empty());
}
