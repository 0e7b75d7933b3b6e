#include <algorithm>

#include <catch2/catch.hpp>

#include "recovery/job_manager.h"
#include "unit/engine/fakes/coord_world.h"

namespace weir::engine {
namespace {

using namespace coord_test;

JobOptions with_heartbeats() {
  JobOptions made = JobManagerWorld::options();
  made.checkpoint.enabled = false;
  made.restart.fixed_delay.delay = 0ns;
  made.heartbeat = {10ms, 50ms, 2};
  return made;
}

std::vector<ExecutionAttempt> all_on(std::uint16_t process, std::uint32_t number = 1) {
  std::vector<ExecutionAttempt> attempts;
  for (std::uint16_t s = 0; s < 6; ++s) {
    if (JobManagerWorld::process_of(s) == process) attempts.push_back(attempt(s, number));
  }
  return attempts;
}

// Every process but `silent` answers each heartbeat for a while.
void beat(JobManagerWorld& w, Duration time, std::uint16_t silent) {
  for (Duration passed{}; passed < time; passed += 10ms) {
    for (std::uint16_t p = 1; p <= 2; ++p) {
      if (p != silent) w.deliver(p, Heartbeat{1, all_on(p)});
    }
    w.advance(10ms);
  }
}

TEST_CASE("each registered TaskManager is asked for a heartbeat at the interval, in its present life") {
  JobManagerWorld w(with_heartbeats());
  w.add_task_manager(1, 4);
  w.advance(25ms);
  const auto requests = w.sent<HeartbeatRequest>();
  REQUIRE(requests.size() == 2);
  CHECK(requests[1].first == ProcessId{1});
  CHECK(requests[1].second.incarnation == 4);
}

TEST_CASE("without heartbeats nobody is asked, and the world tells of a loss") {
  JobOptions options = with_heartbeats();
  options.heartbeat.interval = 0ns;
  JobManagerWorld w(options);
  w.run_all();
  w.advance(1s);
  CHECK(w.sent<HeartbeatRequest>().empty());
  w.job_manager->on_process_lost(ProcessId{2});
  CHECK(w.of(EventKind::AttemptFailed).size() == 3);
}

TEST_CASE("a silent TaskManager is given up: its attempts fail, and nobody waits for their cancellation (RE-11)") {
  JobManagerWorld w(with_heartbeats());
  w.run_all();
  w.forget();
  beat(w, 40ms, 2);
  CHECK(w.of(EventKind::PeerLost).empty());
  beat(w, 10ms, 2);
  REQUIRE(w.of(EventKind::PeerLost).size() == 1);
  CHECK(w.of(EventKind::PeerLost)[0].detail == 2);
  CHECK(w.of(EventKind::PeerLost)[0].a == 0);  // silent
  const auto failed = w.of(EventKind::AttemptFailed);
  REQUIRE(failed.size() == 3);
  for (const Event& e : failed) CHECK(e.a == static_cast<std::uint64_t>(FailureCause::ProcessLost));
  const auto told = w.sent<Disconnected>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].first == ProcessId{2});
  for (std::uint16_t s = 0; s < 6; s += 2) w.report(s, 1, AttemptState::Canceled);
  CHECK(w.of(EventKind::RestartScheduled).size() == 1);
}

TEST_CASE("two heartbeats in a row that reach nobody give a TaskManager up (RE-11)") {
  JobManagerWorld w(with_heartbeats());
  w.run_all();
  w.forget();
  w.job_manager->on_process_lost(ProcessId{2});
  CHECK(w.of(EventKind::AttemptFailed).empty());
  w.job_manager->on_process_lost(ProcessId{2});
  CHECK(w.of(EventKind::AttemptFailed).size() == 3);
  CHECK(w.of(EventKind::PeerLost)[0].a == 1);  // unreachable
}

TEST_CASE("who was given up and is heard again is told so, and may register again (RE-12)") {
  JobManagerWorld w(with_heartbeats());
  w.run_all();
  beat(w, 60ms, 2);
  w.forget();
  w.deliver(2, Heartbeat{1, all_on(2)});
  REQUIRE(w.sent<Disconnected>().size() == 1);
  for (std::uint16_t s = 0; s < 6; s += 2) w.report(s, 1, AttemptState::Canceled);
  w.advance(1ms);
  CHECK(w.sent<DeployTask>().empty());  // one slot is missing
  w.add_task_manager(2, 1);             // the same life
  CHECK(w.sent<DeployTask>().size() == 6);
}

TEST_CASE("an execution that the JobManager does not know is cancelled on the TaskManager (RE-14)") {
  JobManagerWorld w(with_heartbeats());
  w.run_all();
  w.forget();
  auto deployed = all_on(1);
  deployed.push_back(attempt(4, 7));
  w.deliver(1, Heartbeat{1, deployed});
  const auto canceled = w.sent<CancelTask>();
  REQUIRE(canceled.size() == 1);
  CHECK(canceled[0].first == ProcessId{1});
  CHECK(canceled[0].second.attempt == attempt(4, 7));
  CHECK(w.of(EventKind::AttemptFailed).empty());
}

TEST_CASE("an execution that the TaskManager does not know fails, unless its deployment may be on its way (RE-14)") {
  JobManagerWorld w(with_heartbeats());
  w.add_task_manager(1);
  w.add_task_manager(2);
  w.deliver(1, Heartbeat{1, {}});
  CHECK(w.of(EventKind::AttemptFailed).empty());
  w.report_all(1, AttemptState::Running);
  auto deployed = all_on(1);
  deployed.erase(deployed.begin());
  w.deliver(1, Heartbeat{1, deployed});
  const auto failed = w.of(EventKind::AttemptFailed);
  REQUIRE(failed.size() == 1);
  CHECK(failed[0].a == static_cast<std::uint64_t>(FailureCause::NotDeployed));
  CHECK(failed[0].actor == actor_of(SubtaskId{0}));
}

}  // namespace
}  // namespace weir::engine
