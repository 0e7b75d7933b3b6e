#include <catch2/catch.hpp>

#include "fakes/task_harness.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

TEST_CASE("a TaskManager registers until it is answered") {
  TaskHarness h;
  h.run_for(450ms);
  const auto sent = h.world.control.of<RegisterTaskManager>();
  REQUIRE(sent.size() == 3);
  CHECK(sent[0].slots == 1);  // 2 are needed, 2 TaskManagers
  CHECK(sent[0].incarnation == 1);
  h.tell(RegistrationAccepted{7});  // meant for another life
  h.run_for(200ms);
  CHECK(h.world.control.of<RegisterTaskManager>().size() == 4);
  h.tell(RegistrationAccepted{1});
  h.run_for(1s);
  CHECK(h.world.control.of<RegisterTaskManager>().size() == 4);
}

TEST_CASE("an attempt reports RUNNING until that is seen") {
  TaskHarness h(10'000);
  h.deploy();
  CHECK(h.updates(AttemptState::Running).size() == 4);
  h.run_for(200ms);
  CHECK(h.updates(AttemptState::Running).size() == 8);
  h.tell_all(TaskStateSeen{{}, AttemptState::Running});
  h.run_for(200ms);
  CHECK(h.updates(AttemptState::Running).size() == 8);
}

TEST_CASE("all records flow, and every subtask reports the end of its data (CO-55)") {
  TaskHarness h;
  h.deploy();
  h.run_for(100ms);
  CHECK(h.world.control.of<EndOfDataReport>().size() == 4);
  std::uint64_t processed = 0;
  for (const Event& e : h.world.events.of(EventKind::SegmentProcessed)) processed += e.a;
  CHECK(processed == 600);
  CHECK(h.updates(AttemptState::Finished).empty());
  CHECK(h.world.log.committed().empty());
}

TEST_CASE("an attempt finishes when a checkpoint it began after its end is complete, upstream first (CO-53, CO-55)") {
  TaskHarness h;
  h.deploy();
  h.run_for(100ms);
  h.trigger(1);
  h.run_for(10ms);
  CHECK(h.acks(1) == 4);
  h.tell(NotifyCheckpointComplete{CheckpointId{1}, h.attempt("totals/0")});
  h.tell(NotifyCheckpointComplete{CheckpointId{1}, h.attempt("source/0")});
  h.run_for(10ms);
  REQUIRE(h.updates(AttemptState::Finished).size() == 1);
  CHECK(h.updates(AttemptState::Finished)[0].attempt == h.attempt("source/0"));
  h.complete(1);
  h.run_for(10ms);
  CHECK(h.updates(AttemptState::Finished).size() == 4);
  CHECK(h.committed() == h.expected_counts());
  CHECK(h.world.wire.producers.empty());
  CHECK(h.world.wire.consumers.empty());
  CHECK(h.world.segments.in_use() == 0);
}

TEST_CASE("without checkpointing an attempt finishes at the end of its data") {
  TaskHarness h;
  h.setup.options.checkpoint.enabled = false;
  h.deploy();
  h.run_for(100ms);
  CHECK(h.updates(AttemptState::Finished).size() == 4);
  CHECK(h.world.segments.in_use() == 0);
}

TEST_CASE("a repeated or stale deployment starts nothing (RP-2)") {
  TaskHarness h(10'000);
  h.deploy();
  h.deploy();
  const std::size_t running = h.updates(AttemptState::Running).size();
  h.tell(DeployTask{{h.subtask("source/0"), AttemptId{1}}, {}, {}, {}, false});
  h.tell(DeployTask{h.attempt("source/0"), {}, {}, {}, false});
  h.run_for(10ms);
  CHECK(h.updates(AttemptState::Running).size() == running);
  for (const auto& [connection, ends] : h.world.wire.producers) CHECK(ends == 1);
}

TEST_CASE("a cancelled attempt detaches, gives its segments back and says so as often as it is asked") {
  TaskHarness h(10'000);
  h.deploy();
  h.run_for(20ms);
  h.tell_all(CancelTask{});
  CHECK(h.updates(AttemptState::Canceled).size() == 4);
  CHECK(h.world.wire.producers.empty());
  CHECK(h.world.wire.consumers.empty());
  h.world.wire.drop();
  CHECK(h.world.segments.in_use() == 0);
  h.tell(CancelTask{h.attempt("source/0")});
  CHECK(h.updates(AttemptState::Canceled).size() == 5);
  h.run_for(10ms);
  CHECK(h.world.events.of(EventKind::SegmentProcessed).back().a > 0);
}

TEST_CASE("an attempt that is cancelled before its deployment arrives never starts") {
  TaskHarness h;
  h.generation = 1;
  h.tell(CancelTask{h.attempt("totals/1")});
  CHECK(h.updates(AttemptState::Canceled).size() == 1);
  h.tell(DeployTask{h.attempt("totals/1"), {}, {}, {}, false});
  h.run_for(10ms);
  CHECK(h.updates(AttemptState::Running).empty());
  CHECK(h.world.wire.consumers.empty());
}

TEST_CASE("what user code throws fails its attempt and nothing else") {
  TaskHarness h;
  h.world.log.create("words", {{"good", "bad", "good"}, {"good"}});
  h.deploy();
  h.run_for(50ms);
  const auto failed = h.updates(AttemptState::Failed);
  REQUIRE(failed.size() == 1);
  CHECK(failed[0].cause == FailureCause::UserFunction);
  CHECK(h.world.events.of(EventKind::AttemptFailed).size() == 1);
  CHECK(h.updates(AttemptState::Running).size() == 4);
}

TEST_CASE("a source without its topic fails with its own cause") {
  TaskHarness h;
  h.world.log.create("words", {});
  h.deploy();
  REQUIRE(h.updates(AttemptState::Failed).size() == 2);
  CHECK(h.updates(AttemptState::Failed)[0].cause == FailureCause::SourceFailed);
}

TEST_CASE("a broken connection fails the end that hears of it, naming the channel (BP-1)") {
  TaskHarness h(10'000);
  h.deploy();
  const ChannelId broken = h.channel("source/1->totals/0");
  h.process->on_connection_broken({broken, AttemptId{99}});  // of another life
  CHECK(h.updates(AttemptState::Failed).empty());
  h.process->on_connection_broken({broken, AttemptId{1}});
  const auto failed = h.updates(AttemptState::Failed);
  REQUIRE(failed.size() == 2);  // both ends live here
  CHECK(failed[0].cause == FailureCause::ConnectionBroken);
  CHECK(failed[0].culprit == broken.value);
}

TEST_CASE("segments and credits of another life are fenced (RP-2)") {
  TaskHarness h(10'000);
  h.deploy();
  const std::size_t before = h.world.segments.in_use();
  const ConnectionId stale{h.channel("source/0->totals/0"), AttemptId{9}};
  h.process->on_segment(stale, h.world.segments.acquire(SegmentKind::Data));
  h.process->on_credit(stale, 5);
  CHECK(h.world.segments.in_use() == before);
}

TEST_CASE("a producer stops when its consumers give no credit, and goes on when they do (BP-1)") {
  TaskHarness h(10'000);
  h.generation = 1;
  h.tell(DeployTask{h.attempt("source/0"), {}, {}, {}, false});
  h.run_for(1s);
  CHECK(h.world.events.of(EventKind::SegmentSent).empty());
  const std::size_t held = h.world.segments.in_use();
  h.run_for(1s);
  CHECK(h.world.segments.in_use() == held);
  for (const char* name : {"source/0->totals/0", "source/0->totals/1"}) {
    h.process->on_credit({h.channel(name), AttemptId{1}}, 100);
  }
  h.run_for(1s);
  CHECK(h.world.events.of(EventKind::SegmentSent).size() > held);
}

TEST_CASE("a task that waits for room in its output takes its snapshot all the same, and its barrier waits (BP-2)") {
  TaskHarness h(10'000);
  h.generation = 1;
  h.tell(DeployTask{h.attempt("source/0"), {}, {}, {}, false});
  h.run_for(1s);
  h.trigger("source/0", 1);
  h.run_for(10ms);
  CHECK(h.acks(1) == 1);
  CHECK(h.world.events.of(EventKind::SegmentSent).empty());
  const auto is_barrier = [](SegmentKind kind) { return kind == SegmentKind::Barrier; };
  const ConnectionId connection{h.channel("source/0->totals/0"), AttemptId{1}};
  const auto& sent = h.world.wire.kinds[connection];
  CHECK(sent.empty());
  h.process->on_credit(connection, 100);
  REQUIRE(std::count_if(sent.begin(), sent.end(), is_barrier) == 1);
  CHECK(sent.front() == SegmentKind::Data);
}

TEST_CASE("a task whose records took more than the overdraft takes no snapshot until they are sent (BP-1, BP-2)") {
  const bool enough = GENERATE(true, false);
  TaskHarness h(10'000);
  h.world.segments.reset(64);  // five records in each, and a poll is of 32
  h.setup.options.network.queued_segments = 1;
  h.setup.options.network.overdraft_segments_per_output = enough ? 8 : 0;
  h.generation = 1;
  h.tell(DeployTask{h.attempt("source/0"), {}, {}, {}, false});
  h.run_for(1s);
  h.trigger("source/0", 1);
  h.run_for(10ms);
  CHECK(h.acks(1) == (enough ? 1 : 0));
  for (const char* name : {"source/0->totals/0", "source/0->totals/1"}) {
    h.process->on_credit({h.channel(name), AttemptId{1}}, 100);
  }
  h.run_for(10ms);
  CHECK(h.acks(1) == 1);
}

TEST_CASE("a task that is busy sends what is partly filled when the buffer timeout is over (BP-7)") {
  const bool timeout = GENERATE(true, false);
  TaskHarness h(10'000);
  h.world.segments.reset(4096);
  h.setup.options.cost.source_record = 1ms;  // a poll of 32 records, for two channels
  h.setup.options.network.buffer_timeout = timeout ? 5ms : 0ms;
  h.generation = 1;
  h.tell(DeployTask{h.attempt("source/0"), {}, {}, {}, false});
  for (const char* name : {"source/0->totals/0", "source/0->totals/1"}) {
    h.process->on_credit({h.channel(name), AttemptId{1}}, 100);
  }
  h.run_for(37ms);  // the second poll is at 32.5 ms
  const auto full = [](const Event& e) { return e.a == 32; };
  std::vector<Event> sent = h.world.events.of(EventKind::SegmentSent);
  CHECK(std::all_of(sent.begin(), sent.end(), full));
  h.run_for(1ms);
  sent = h.world.events.of(EventKind::SegmentSent);
  std::uint64_t records = 0;
  for (const Event& e : sent) records += e.a;
  CHECK(std::all_of(sent.begin(), sent.end(), full) == !timeout);
  CHECK((records == 64) == timeout);
}

TEST_CASE("a task that is slow wants smaller segments, and its producers send them (BP-6)") {
  TaskHarness h(10'000);
  NetworkOptions& network = h.setup.options.network;
  network.records_per_segment = 1'000;
  network.debloat = {true, 10ms, 10ms, 1, 25, 24};
  h.setup.options.cost.record = 400us;
  h.deploy();
  h.run_for(2s);
  const std::vector<Event> announced = h.world.events.of(EventKind::SegmentSizeAnnounced);
  REQUIRE_FALSE(announced.empty());
  CHECK(announced.back().a < 100);
  CHECK(h.world.events.of(EventKind::SegmentSent).front().b == 256);
  CHECK(h.world.events.of(EventKind::SegmentSent).back().b < 100);
}

TEST_CASE("a TaskManager that dies says nothing and keeps no segment") {
  TaskHarness h(10'000);
  h.deploy();
  h.run_for(20ms);
  const std::size_t events = h.world.events.all.size();
  const std::size_t messages = h.world.control.sent.size();
  h.crash();
  CHECK(h.world.segments.in_use() == 0);
  CHECK(h.world.events.all.size() == events);
  CHECK(h.world.control.sent.size() == messages);
}

// --- high availability ----------------------------------------------------------------------------------------------

namespace {

struct AvailableHarness : TaskHarness {
  AvailableHarness() : TaskHarness(10'000) {
    crash();
    setup.options.high_availability = HighAvailability::Store;
    world.control.sent.clear();
    start(1);
  }
  void lead(std::uint32_t number) {
    session = SessionId{number};
    process->on_leader({kJobManager, session});
  }
};

}  // namespace

TEST_CASE("with high availability a TaskManager registers with each leader that it hears of, once each (RE-13)") {
  AvailableHarness h;
  CHECK(h.world.control.of<RegisterTaskManager>().empty());
  h.lead(2);
  h.run_for(250ms);
  CHECK(h.world.control.of<RegisterTaskManager>().size() == 2);
  h.tell(RegistrationAccepted{1});
  h.lead(1);  // old news
  h.run_for(1s);
  CHECK(h.world.control.of<RegisterTaskManager>().size() == 2);
  h.lead(3);
  h.run_for(250ms);
  CHECK(h.world.control.of<RegisterTaskManager>().size() == 4);
}

TEST_CASE("what another JobManager says than the one that leads is not heard (RP-2)") {
  AvailableHarness h;
  h.lead(2);
  h.session = SessionId{1};
  h.deploy();
  h.run_for(10ms);
  CHECK(h.updates(AttemptState::Running).empty());
  h.session = SessionId{2};
  h.deploy();
  h.run_for(10ms);
  CHECK(h.updates(AttemptState::Running).size() == 4);
}

TEST_CASE("a TaskManager that loses its JobManager fails the tasks by itself (RE-12)") {
  for (const bool replaced : {false, true}) {
    AvailableHarness h;
    h.lead(1);
    h.deploy();
    h.run_for(10ms);
    h.process->on_process_lost(ProcessId{3});
    CHECK(h.updates(AttemptState::Failed).empty());
    if (replaced) {
      h.lead(2);
    } else {
      h.process->on_process_lost(kJobManager);
    }
    CHECK(h.world.events.of(EventKind::AttemptFailed).size() == 4);
    CHECK(h.world.wire.producers.empty());
    const std::size_t told = h.updates(AttemptState::Failed).size();
    h.run_for(1s);
    CHECK(h.updates(AttemptState::Failed).size() == told);  // nobody would answer
  }
}
