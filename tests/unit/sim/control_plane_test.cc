#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "world_fixture.h"

using namespace weir::sim;
using namespace weir::sim::test;
namespace engine = weir::engine;
using engine::MessageKind;

namespace {

engine::Message ack(std::uint64_t checkpoint, std::uint16_t subtask) {
  engine::AcknowledgeCheckpoint message;
  message.checkpoint = {checkpoint};
  message.attempt = {{subtask}, {1}};
  return message;
}

Fault losing(MessageKind kind, std::uint32_t count) {
  Fault fault;
  fault.kind = FaultKind::LoseMessages;
  fault.message = kind;
  fault.count = count;
  return fault;
}

}  // namespace

TEST_CASE("a message is sent and delivered once, and the delivery is caused by the sending") {
  World world;
  world.control.send({1}, {0}, {}, ack(3, 2));
  world.run();
  const auto sent = world.events(WorldEventKind::MessageSent);
  const auto delivered = world.events(WorldEventKind::MessageDelivered);
  REQUIRE(sent.size() == 1);
  REQUIRE(delivered.size() == 1);
  const auto kind = static_cast<std::uint32_t>(MessageKind::AcknowledgeCheckpoint);
  CHECK(sent[0].actor == engine::actor_of(engine::ProcessId{1}));
  CHECK(sent[0].detail == kind);  // to process 0
  CHECK(delivered[0].actor == engine::actor_of(engine::kJobManager));
  CHECK(delivered[0].detail == (kind | 1u << 8));
  CHECK(delivered[0].a == 3);
  CHECK(delivered[0].b == 2);
  CHECK(delivered[0].cause == 0);
  CHECK(delivered[0].time == 100);
  CHECK(world.heard(0, "message") == std::vector<std::uint64_t>{static_cast<std::uint64_t>(kind)});
}

TEST_CASE("messages of one pair arrive in order at strictly ascending times (SO-21)") {
  const bool ok = rc::check([](std::uint32_t seed) {
    World world(SchedulePolicy::Random, seed);
    std::vector<std::uint64_t> kinds;
    for (std::uint64_t i = 0; i < 40; ++i) {
      engine::Message message;
      if (i % 3 == 0) message = ack(i, 0);
      kinds.push_back(message.index());
      world.control.send({1}, {0}, {}, message);
      world.control.send({2}, {0}, {}, engine::Message{engine::CancelTask{}});
      if (i % 4 == 0) world.step();
    }
    world.run();
    std::vector<std::uint64_t> from_one;
    std::int64_t last = -1;
    for (const TraceEvent& event : world.events(WorldEventKind::MessageDelivered)) {
      if (event.detail >> 8 != 1) continue;
      RC_ASSERT(event.time > last);
      last = event.time;
      from_one.push_back(event.detail & 0xFF);
    }
    RC_ASSERT(from_one == kinds);
  });
  REQUIRE(ok);
}

TEST_CASE("a message to a dead process or to a later life of it is lost") {
  World world;
  world.control.send({0}, {1}, {}, engine::CancelTask{});
  world.control.send({0}, {2}, {}, engine::CancelTask{});
  world.crash(1);
  world.crash(2);
  world.start(2);
  world.run();
  CHECK(world.heard(1, "message").empty());
  CHECK(world.heard(2, "message").empty());
  const auto lost = world.events(WorldEventKind::MessageLost);
  REQUIRE(lost.size() == 2);
  CHECK(lost[0].actor == engine::actor_of(engine::kJobManager));
  CHECK((lost[0].detail >> 8) + (lost[1].detail >> 8) == 3);
}

TEST_CASE("a loss takes exactly its count of messages of its kind and reports its effect once (RP-1)") {
  World world(SchedulePolicy::Fifo, 7, {losing(MessageKind::AcknowledgeCheckpoint, 2)});
  world.injector.fire(0, world.scheduler.now());
  world.control.send({1}, {0}, {}, engine::TaskStateUpdate{});
  for (std::uint64_t c = 1; c <= 4; ++c) world.control.send({1}, {0}, {}, ack(c, 0));
  world.run();
  const auto delivered = world.events(WorldEventKind::MessageDelivered);
  REQUIRE(delivered.size() == 3);
  CHECK(delivered[1].a == 3);
  CHECK(delivered[2].a == 4);
  CHECK(world.events(WorldEventKind::MessageLost).size() == 2);
  CHECK(world.events(WorldEventKind::FaultTookEffect).size() == 1);
  CHECK(world.injector.activity()[0].took_effect);
}

TEST_CASE("a loss keeps to its subtask and its checkpoint") {
  Fault fault = losing(MessageKind::AcknowledgeCheckpoint, 10);
  fault.subtask = "totals/0";
  fault.checkpoint = {2};
  World world(SchedulePolicy::Fifo, 7, {fault});
  world.injector.fire(0, world.scheduler.now());
  const std::uint16_t totals0 = world.graph->subtask_named("totals/0")->value;
  world.control.send({1}, {0}, {}, ack(2, 0));
  world.control.send({1}, {0}, {}, ack(1, totals0));
  world.control.send({1}, {0}, {}, ack(2, totals0));
  world.run();
  const auto lost = world.events(WorldEventKind::MessageLost);
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].a == 2);
  CHECK(lost[0].b == totals0);
}

TEST_CASE("a message that is repeated comes twice, the second time later and out of order (RP-4)") {
  Fault fault = losing(MessageKind::AcknowledgeCheckpoint, 1);
  fault.kind = FaultKind::RepeatMessages;
  fault.duration = Duration{5'000};
  World world(SchedulePolicy::Fifo, 7, {fault});
  REQUIRE(world.injector.fire(0, world.scheduler.now()));
  world.control.send({1}, {0}, {}, ack(3, 2));
  world.control.send({1}, {0}, {}, ack(4, 2));
  world.run();
  const auto delivered = world.events(WorldEventKind::MessageDelivered);
  REQUIRE(delivered.size() == 3);
  CHECK(delivered[0].a == 3);
  CHECK(delivered[1].a == 4);
  CHECK(delivered[2].a == 3);
  CHECK(delivered[2].time >= delivered[0].time + 5'000);
  CHECK(world.events(WorldEventKind::MessageSent).size() == 2);
  CHECK(world.events(WorldEventKind::FaultTookEffect).size() == 1);
}

TEST_CASE("a partition takes the messages of one TaskManager, both ways or one, until its time is over (RP-4)") {
  for (const Direction direction : kDirections) {
    Fault fault;
    fault.kind = FaultKind::Partition;
    fault.task_manager = 1;
    fault.duration = Duration{5'000};
    fault.direction = direction;
    World world(SchedulePolicy::Fifo, 7, {fault});
    REQUIRE(world.injector.fire(0, world.scheduler.now()));
    const auto exchange = [&] {
      world.control.send({1}, {0}, {}, ack(1, 2));
      world.control.send({0}, {1}, {}, engine::CancelTask{});
      world.control.send({2}, {0}, {}, ack(1, 2));
      world.run();
    };
    exchange();
    CHECK(world.heard(0, "message").size() == (direction == Direction::FromJobManager ? 2 : 1));
    CHECK(world.heard(1, "message").size() == (direction == Direction::ToJobManager ? 1 : 0));
    CHECK(world.events(WorldEventKind::FaultTookEffect).size() == 1);
    const std::size_t lost = world.events(WorldEventKind::MessageLost).size();
    CHECK(lost == (direction == Direction::Both ? 2 : 1));
    world.timers.arm({3}, 10'000ns, {});
    world.run();
    exchange();
    CHECK(world.events(WorldEventKind::MessageLost).size() == lost);
    CHECK_FALSE(world.injector.parting());
  }
}

namespace {

Fault delaying(MessageKind kind, std::uint32_t count) {
  Fault fault = losing(kind, count);
  fault.kind = FaultKind::DelayMessages;
  fault.duration = Duration{5'000};
  return fault;
}
std::vector<std::uint64_t> delivered_checkpoints(World& world) {
  world.run();
  std::vector<std::uint64_t> found;
  for (const TraceEvent& event : world.events(WorldEventKind::MessageDelivered)) found.push_back(event.a);
  return found;
}

}  // namespace

TEST_CASE("an acknowledgement that is late is overtaken by what other subtasks send only (RP-4)") {
  World world(SchedulePolicy::Fifo, 7, {delaying(MessageKind::AcknowledgeCheckpoint, 1)});
  REQUIRE(world.injector.fire(0, world.scheduler.now()));
  world.control.send({1}, {0}, {}, ack(1, 0));
  world.control.send({1}, {0}, {}, ack(2, 0));
  world.control.send({1}, {0}, {}, ack(3, 1));
  CHECK(delivered_checkpoints(world) == std::vector<std::uint64_t>{3, 1, 2});
  CHECK(world.events(WorldEventKind::MessageDelivered)[1].time >= 5'000);
  CHECK(world.events(WorldEventKind::FaultTookEffect).size() == 1);
  world.control.send({1}, {0}, {}, ack(4, 0));
  world.control.send({1}, {0}, {}, ack(5, 1));
  CHECK(delivered_checkpoints(world) == std::vector<std::uint64_t>{3, 1, 2, 4, 5});
}

TEST_CASE("a notification that is late is overtaken by triggers and aborts (RP-4)") {
  World world(SchedulePolicy::Fifo, 7, {delaying(MessageKind::NotifyCheckpointComplete, 1)});
  REQUIRE(world.injector.fire(0, world.scheduler.now()));
  world.control.send({0}, {1}, {}, engine::NotifyCheckpointComplete{{1}, {}, {}});
  world.control.send({0}, {1}, {}, engine::TriggerCheckpoint{{2}, {}, {}, {}});
  world.control.send({0}, {1}, {}, engine::NotifyCheckpointAborted{{3}, {}, {}});
  CHECK(delivered_checkpoints(world) == std::vector<std::uint64_t>{2, 3, 1});
}

TEST_CASE("behind any other message that is late its link waits (RP-4)") {
  World world(SchedulePolicy::Fifo, 7, {delaying(MessageKind::TriggerCheckpoint, 1)});
  REQUIRE(world.injector.fire(0, world.scheduler.now()));
  world.control.send({0}, {1}, {}, engine::TriggerCheckpoint{{1}, {}, {}, {}});
  world.control.send({0}, {1}, {}, engine::NotifyCheckpointComplete{{2}, {}, {}});
  world.control.send({0}, {2}, {}, engine::NotifyCheckpointComplete{{3}, {}, {}});
  CHECK(delivered_checkpoints(world) == std::vector<std::uint64_t>{3, 1, 2});
}
