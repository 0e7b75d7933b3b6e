#include "world/scheduler.h"

#include <catch2/catch.hpp>
#include <set>
#include <vector>

#include "world_fixture.h"

using namespace weir::sim;
using namespace std::chrono_literals;

namespace {

QueuedEvent numbered(std::uint32_t n) {
  QueuedEvent event;
  event.small = n;
  return event;
}

std::vector<std::uint32_t> order_of_equal_times(SchedulePolicy policy, std::uint64_t seed) {
  Scheduler scheduler;
  scheduler.reset(seed, policy, Time{1s});
  for (std::uint32_t n = 0; n < 20; ++n) scheduler.push(50, Happening::Timer, numbered(n));
  std::vector<std::uint32_t> order;
  while (!scheduler.idle()) order.push_back(scheduler.pop().small);
  return order;
}

}  // namespace

TEST_CASE("the fifo policy handles equal times in order of scheduling") {
  const auto order = order_of_equal_times(SchedulePolicy::Fifo, 3);
  REQUIRE(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("the random policy orders equal times by the seed and by nothing else") {
  const auto order = order_of_equal_times(SchedulePolicy::Random, 3);
  CHECK(order == order_of_equal_times(SchedulePolicy::Random, 3));
  CHECK(order != order_of_equal_times(SchedulePolicy::Random, 4));
  CHECK_FALSE(std::is_sorted(order.begin(), order.end()));
  CHECK(std::set<std::uint32_t>(order.begin(), order.end()).size() == 20);
}

TEST_CASE("events scheduled at the present instant are handled at it, never before what caused them") {
  Scheduler scheduler;
  scheduler.reset(11, SchedulePolicy::Random, Time{1s});
  for (std::uint32_t n = 0; n < 200; ++n) scheduler.push(50, Happening::Timer, numbered(n));
  std::uint32_t handled = 0;
  std::uint32_t children = 0;
  while (!scheduler.idle()) {
    const QueuedEvent event = scheduler.pop();
    REQUIRE(scheduler.now_ns() == 50);
    ++handled;
    if (event.small >= 200) continue;
    scheduler.push(50, Happening::Timer, numbered(200 + event.small));
    ++children;
  }
  CHECK(children == 200);
  CHECK(handled == 400);
}

TEST_CASE("time moves on to each popped event and what lies beyond the horizon is dropped") {
  Scheduler scheduler;
  scheduler.reset(1, SchedulePolicy::Fifo, Time{1us});
  scheduler.push(1000, Happening::Deadline, {});
  scheduler.push(1001, Happening::Timer, {});
  scheduler.push_after(Duration::max(), Happening::Timer, {});
  scheduler.push_after(400ns, Happening::Message, {});
  REQUIRE(happening_of(scheduler.pop()) == Happening::Message);
  CHECK(scheduler.now_ns() == 400);
  REQUIRE(happening_of(scheduler.pop()) == Happening::Deadline);
  CHECK(scheduler.now_ns() == 1000);
  CHECK(scheduler.idle());
}

TEST_CASE("latencies are their minimum under fifo and stay in their range under random") {
  const LatencyRange range{100ns, 104ns};
  Scheduler scheduler;
  RandomStream stream(5, "network/data", 1);
  scheduler.reset(5, SchedulePolicy::Fifo, Time{1s});
  for (int i = 0; i < 10; ++i) REQUIRE(scheduler.latency(range, stream) == 100);
  CHECK(stream.draws() == 0);
  scheduler.reset(5, SchedulePolicy::Random, Time{1s});
  std::set<std::int64_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(scheduler.latency(range, stream));
  CHECK(seen == std::set<std::int64_t>{100, 101, 102, 103, 104});
}

TEST_CASE("a timer dies with the life that armed it") {
  test::World world;
  world.timers.arm({1}, 10ns, {3, 4, 5, 77});
  world.timers.arm({2}, 10ns, {0, 0, 0, 78});
  world.crash(2);
  world.start(2);
  world.run();
  CHECK(world.heard(1, "timer") == std::vector<std::uint64_t>{77});
  CHECK(world.heard(2, "timer").empty());
}

TEST_CASE("what a timer leads to is caused by the event before its arming") {
  test::World world;
  world.log.world(WorldEventKind::PhaseChanged, weir::engine::kWorldActor);
  const auto armed_after = world.log.world(WorldEventKind::PhaseChanged, weir::engine::kWorldActor);
  world.start(1).react = [&](const test::Heard&) {
    world.log.world(WorldEventKind::StorageWritten, weir::engine::kStorageActor, 1);
    world.log.world(WorldEventKind::StorageWritten, weir::engine::kStorageActor, 2);
  };
  world.timers.arm({1}, 10ns, {});
  world.log.begin_handler(kNoCause);
  world.run();
  const auto written = world.events(WorldEventKind::StorageWritten);
  REQUIRE(written.size() == 2);
  CHECK(written[0].cause == armed_after);
  CHECK(written[1].cause == armed_after + 1);
}
