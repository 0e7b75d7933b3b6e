#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <numeric>

#include "world_fixture.h"

using namespace weir::sim;
using namespace weir::sim::test;
namespace engine = weir::engine;
using engine::SegmentKind;
using Numbers = std::vector<std::uint64_t>;

namespace {

constexpr ConnectionId kFirst{{0}, {1}};   // map/0->totals/0, first attempt
constexpr ConnectionId kSecond{{1}, {1}};  // map/0->totals/1

// Producer at process 1, consumer at process 2.
void connect(World& world, ConnectionId id, std::uint16_t producer = 1, std::uint16_t consumer = 2) {
  world.data.attach_producer(id, {producer});
  world.data.attach_consumer(id, {consumer});
}

void send(World& world, ConnectionId id, std::uint32_t first, std::uint32_t count) {
  for (std::uint32_t n = first; n < first + count; ++n) world.data.send(id, world.segment(n));
}

Fault slow(std::string channel, std::uint64_t checkpoint, Duration delay, std::uint32_t count) {
  Fault fault;
  fault.kind = FaultKind::SlowBarrier;
  fault.channel = std::move(channel);
  fault.checkpoint = {checkpoint};
  fault.duration = delay;
  fault.count = count;
  return fault;
}

}  // namespace

TEST_CASE("segments arrive in order and at strictly ascending times, whatever the jitter (BP-1)") {
  const bool ok = rc::check([](std::uint32_t seed) {
    World world(SchedulePolicy::Random, seed);
    connect(world, kFirst);
    for (std::uint32_t n = 0; n < 50; ++n) {
      world.data.send(kFirst, world.segment(n));
      if (n % 7 == 0) world.step();
    }
    world.run();
    Numbers expected(50);
    std::iota(expected.begin(), expected.end(), 0);
    RC_ASSERT(world.heard(2, "segment") == expected);
    for (std::size_t i = 1; i < world.histories[2].size(); ++i) {
      RC_ASSERT(world.histories[2][i].at > world.histories[2][i - 1].at);
    }
    RC_ASSERT(world.pool.in_use() == 0u);
  });
  REQUIRE(ok);
}

TEST_CASE("segments and credits wait for the other end to attach") {
  World world;
  world.data.attach_producer(kFirst, {1});
  send(world, kFirst, 0, 3);
  world.data.attach_consumer(kSecond, {2});
  world.data.grant(kSecond, 2);
  world.data.grant(kSecond, 3);
  world.run();
  REQUIRE(world.histories[1].empty());
  REQUIRE(world.histories[2].empty());
  world.data.attach_consumer(kFirst, {2});
  world.data.attach_producer(kSecond, {1});
  world.run();
  CHECK(world.heard(2, "segment") == Numbers{0, 1, 2});
  CHECK(world.heard(1, "credit") == Numbers{5});
}

TEST_CASE("announced sizes go to the producer in order with credits, and the newest waits for it (BP-6)") {
  World world;
  connect(world, kFirst);
  world.data.grant(kFirst, 1);
  world.data.announce_size(kFirst, 300);
  world.data.grant(kFirst, 2);
  world.data.attach_consumer(kSecond, {2});
  world.data.announce_size(kSecond, 400);
  world.data.announce_size(kSecond, 500);
  world.run();
  REQUIRE(world.histories[1].size() == 3);
  CHECK(world.histories[1][1].what == "size");
  CHECK(world.histories[1][1].number == 300);
  world.data.attach_producer(kSecond, {1});
  world.run();
  CHECK(world.heard(1, "size") == Numbers{300, 500});
  world.data.detach_producer(kFirst);
  world.data.announce_size(kFirst, 600);
  world.run();
  CHECK(world.heard(1, "size") == Numbers{300, 500});
}

TEST_CASE("generations of a channel do not disturb each other") {
  World world;
  const ConnectionId newer{{0}, {2}};
  connect(world, kFirst);
  send(world, kFirst, 0, 2);
  connect(world, newer);
  send(world, newer, 10, 2);
  world.data.detach_consumer(kFirst);
  world.data.detach_producer(kFirst);
  world.run();
  CHECK(world.heard(2, "segment") == Numbers{10, 11});
  CHECK(world.data.open_connections() == 1);
}

TEST_CASE("an orderly producer's segments still arrive after it detached, also at a consumer of the same process") {
  World world;
  connect(world, kFirst, 2, 2);
  send(world, kFirst, 0, 2);
  world.data.detach_producer(kFirst);
  world.data.detach_producer(kFirst);
  world.run();
  CHECK(world.heard(2, "segment") == Numbers{0, 1});
  CHECK(world.heard(2, "broken").empty());
  world.data.detach_consumer(kFirst);
  CHECK(world.data.open_connections() == 0);
}

TEST_CASE("nothing reaches a detached consumer and its segments go back to the pool") {
  World world;
  connect(world, kFirst);
  send(world, kFirst, 0, 3);
  world.data.detach_consumer(kFirst);
  send(world, kFirst, 3, 2);
  CHECK(world.pool.in_use() == 0);
  world.run();
  CHECK(world.histories[2].empty());
  CHECK(world.histories[1].empty());
}

TEST_CASE("a slot that is used again does not hear the arrivals of its former connection") {
  World world;
  connect(world, kFirst);
  send(world, kFirst, 0, 3);
  world.data.grant(kFirst, 9);
  world.data.detach_consumer(kFirst);
  world.data.detach_producer(kFirst);
  REQUIRE(world.data.open_connections() == 0);
  connect(world, kSecond);
  send(world, kSecond, 7, 1);
  world.run();
  CHECK(world.heard(2, "segment") == Numbers{7});
  CHECK(world.heard(1, "credit").empty());
}

TEST_CASE("a dead producer is reported to the consumer after the detection delay, behind what had left it") {
  World world;
  connect(world, kFirst);
  send(world, kFirst, 0, 3);
  world.crash(1);
  world.run();
  CHECK(world.heard(2, "segment") == Numbers{0, 1, 2});
  REQUIRE(world.histories[2].size() == 4);
  CHECK(world.histories[2].back() == Heard{World::kDetectLoss.count(), "broken", 0});
  const auto broken = world.events(WorldEventKind::ConnectionBroken);
  REQUIRE(broken.size() == 1);
  CHECK(broken[0].actor == engine::actor_of(world.graph->channel({0}).consumer));
  CHECK(broken[0].a == 1);
}

TEST_CASE("a break loses a tail of what was in flight, never a part of the middle (BP-1)") {
  std::vector<bool> kept(7, false);
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    World world(SchedulePolicy::Random, seed);
    connect(world, kFirst);
    send(world, kFirst, 0, 6);
    world.crash(1);
    world.run();
    const Numbers arrived = world.heard(2, "segment");
    for (std::size_t i = 0; i < arrived.size(); ++i) REQUIRE(arrived[i] == i);
    REQUIRE(world.heard(2, "broken").size() == 1);
    REQUIRE(world.pool.in_use() == 0);
    kept[arrived.size()] = true;
  }
  CHECK(kept == std::vector<bool>(7, true));
}

TEST_CASE("a dead consumer is reported to the producer and what is sent to it is dropped") {
  World world;
  connect(world, kFirst);
  send(world, kFirst, 0, 3);
  world.crash(2);
  CHECK(world.pool.in_use() == 0);
  send(world, kFirst, 3, 1);
  CHECK(world.pool.in_use() == 0);
  world.run();
  CHECK(world.histories[1] == FakeProcess::History{{World::kDetectLoss.count(), "broken", 0}});
  world.data.detach_producer(kFirst);
  CHECK(world.data.open_connections() == 0);
}

TEST_CASE("an end that attaches to a dead one hears of the break as well") {
  World world;
  world.data.attach_producer(kFirst, {1});
  send(world, kFirst, 0, 2);
  world.data.attach_consumer(kSecond, {2});
  world.crash(1);
  world.crash(2);
  CHECK(world.pool.in_use() == 0);
  world.data.attach_consumer(kFirst, {3});
  world.data.attach_producer(kSecond, {3});
  world.run();
  CHECK(world.heard(3, "broken") == Numbers{0, 1});
  CHECK(world.heard(3, "segment").empty());
}

TEST_CASE("a survivor that dies or leaves before the detection hears nothing") {
  World world;
  connect(world, kFirst, 1, 2);
  connect(world, kSecond, 1, 3);
  world.crash(1);
  world.crash(2);
  world.data.detach_consumer(kSecond);
  world.run();
  CHECK(world.events(WorldEventKind::ConnectionBroken).empty());
  CHECK(world.data.open_connections() == 0);
}

TEST_CASE("a slow barrier is held back together with all that follows it, on its connection only") {
  World world(SchedulePolicy::Fifo, 7, {slow("map/0->totals/0", 2, Duration{5000}, 5)});
  world.injector.fire(0, world.scheduler.now());
  connect(world, kFirst);
  connect(world, kSecond, 1, 3);
  world.data.send(kFirst, world.segment(0));
  world.data.send(kFirst, world.segment(1, SegmentKind::Barrier, 1));  // of another checkpoint
  world.data.send(kFirst, world.segment(2, SegmentKind::Barrier, 2));
  world.data.send(kFirst, world.segment(3));
  world.data.send(kSecond, world.segment(4, SegmentKind::Barrier, 2));
  world.run();
  CHECK(world.histories[2] ==
        FakeProcess::History{{100, "segment", 0}, {101, "segment", 1}, {5100, "segment", 2}, {5101, "segment", 3}});
  CHECK(world.histories[3] == FakeProcess::History{{100, "segment", 4}});
  const auto delayed = world.events(WorldEventKind::BarrierDelayed);
  REQUIRE(delayed.size() == 1);
  CHECK(delayed[0].a == 2);
  CHECK(delayed[0].b == 5000);
  CHECK(world.events(WorldEventKind::FaultTookEffect).size() == 1);
}

TEST_CASE("a slow barrier on any channel stops after its count") {
  World world(SchedulePolicy::Fifo, 7, {slow("", 0, Duration{5000}, 1)});
  world.injector.fire(0, world.scheduler.now());
  connect(world, kFirst);
  connect(world, kSecond, 1, 3);
  world.data.send(kSecond, world.segment(0, SegmentKind::Barrier, 1));
  world.data.send(kFirst, world.segment(1, SegmentKind::Barrier, 1));
  world.run();
  CHECK(world.histories[3].at(0).at == 5100);
  CHECK(world.histories[2].at(0).at == 100);
}

TEST_CASE("an arrival is caused by the event before the sending") {
  World world;
  connect(world, kFirst);
  const auto sent = world.log.world(WorldEventKind::StorageWritten, engine::kStorageActor);
  world.data.send(kFirst, world.segment(0));
  world.log.begin_handler(kNoCause);
  static_cast<FakeProcess*>(world.table.find({2}))->react = [&](const Heard&) {
    world.log.world(WorldEventKind::PhaseChanged, engine::kWorldActor);
  };
  world.run();
  REQUIRE(world.events(WorldEventKind::PhaseChanged).size() == 1);
  CHECK(world.events(WorldEventKind::PhaseChanged)[0].cause == sent);
}
