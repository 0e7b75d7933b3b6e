#include <catch2/catch.hpp>

#include "fakes/core_world.h"
#include "weir/engine/connectors.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

using Strings = std::vector<std::string>;

// A reader of the topic "in", opened in a fresh or restored attempt.
struct Reading {
  Reading(CoreWorld& world, std::uint32_t index, std::uint32_t parallelism) : attempt(world, index, parallelism) {
    op.set_output(collected.any());
  }
  void open() { op.open(attempt.context); }
  OperatorStateStore::List snapshot(CheckpointId checkpoint) {
    op.snapshot_state(checkpoint);
    return attempt.state.list("splits");
  }
  CoreAttempt attempt;
  CoreCollector<std::string> collected{attempt.chain};
  detail::TypedLogReader<std::string> op{"in"};
};

void fill(CoreWorld& world) { world.log.create("in", {{"a0", "a1", "a2"}, {"b0"}, {}, {"d0", "d1"}, {"e0", "e1"}}); }

}  // namespace

TEST_CASE("split s belongs to subtask s modulo the parallelism (SO-3)") {
  CoreWorld world;
  fill(world);
  std::vector<std::uint32_t> owners(5, 99);
  for (std::uint32_t index = 0; index < 2; ++index) {
    Reading reading(world, index, 2);
    reading.open();
    for (const auto& split : reading.op.splits()) owners[split.id] = index;
  }
  CHECK(owners == std::vector<std::uint32_t>{0, 1, 0, 1, 0});
}

TEST_CASE("a poll goes round over the splits and returns less than asked when nothing is left") {
  CoreWorld world;
  fill(world);
  Reading reading(world, 0, 1);
  reading.open();
  CHECK(reading.op.poll(1) == 1);
  CHECK(reading.op.poll(1) == 1);
  CHECK(reading.op.poll(3) == 3);
  CHECK(reading.collected.values == Strings{"a0", "b0", "d0", "d1", "e0"});
  CHECK_FALSE(reading.op.at_end());
  CHECK(reading.op.poll(100) == 3);
  CHECK(reading.op.poll(100) == 0);
  CHECK(reading.op.at_end());
  CHECK(reading.collected.values.size() == 8);
}

TEST_CASE("every record carries source ordinal, split and offset as its origin") {
  CoreWorld world;
  fill(world);
  Reading reading(world, 0, 1);
  reading.attempt.context.source_ordinal = 5;
  reading.open();
  reading.op.poll(2);
  CHECK(reading.collected.origins == std::vector{Origin::of(5, 0, 0), Origin::of(5, 0, 1)});
}

TEST_CASE("a restored source goes on exactly where its snapshot was taken (SO-1)") {
  CoreWorld world;
  fill(world);
  for (std::uint32_t before = 0; before <= 8; ++before) {
    Reading first(world, 0, 1);
    first.open();
    if (before > 0) first.op.poll(before);
    const auto state = first.snapshot(CheckpointId{3});
    first.op.poll(100);

    Reading second(world, 0, 1);
    second.attempt.restore(CheckpointId{3}, "splits", state);
    second.open();
    second.op.poll(100);

    Strings all(first.collected.values.begin(), first.collected.values.begin() + before);
    all.insert(all.end(), second.collected.values.begin(), second.collected.values.end());
    std::sort(all.begin(), all.end());
    CHECK(all == Strings{"a0", "a1", "a2", "b0", "d0", "d1", "e0", "e1"});
  }
}

TEST_CASE("a restored source owns exactly the splits of its state, also none (SO-8)") {
  CoreWorld world;
  fill(world);
  Reading other(world, 1, 2);
  other.open();
  const auto state = other.snapshot(CheckpointId{1});

  Reading taker(world, 0, 2);
  taker.attempt.restore(CheckpointId{1}, "splits", state);
  taker.open();
  REQUIRE(taker.op.splits().size() == 2);
  CHECK(taker.op.splits()[0].id == 1);
  CHECK(taker.op.splits()[1].id == 3);

  Reading empty(world, 0, 2);
  empty.attempt.restore(CheckpointId{1}, "splits", {});
  empty.open();
  CHECK(empty.op.splits().empty());
  CHECK(empty.op.at_end());
}

TEST_CASE("positions are reported when they are taken and when they are restored") {
  CoreWorld world;
  fill(world);
  Reading first(world, 0, 1);
  first.open();
  CHECK(world.events.of(EventKind::SplitRestored).size() == 5);
  CHECK(world.events.all.front().a == 0);
  first.op.poll(2);
  const auto state = first.snapshot(CheckpointId{4});
  const std::vector<Event> taken = world.events.of(EventKind::SplitSnapshot);
  REQUIRE(taken.size() == 5);
  CHECK(taken[0].actor == actor_of(SubtaskId{7}));
  CHECK(taken[0].detail == 0);
  CHECK(taken[0].a == 4);
  CHECK(taken[0].b == 2);

  world.events.all.clear();
  Reading second(world, 0, 1);
  second.attempt.restore(CheckpointId{4}, "splits", state);
  second.open();
  const std::vector<Event> restored = world.events.of(EventKind::SplitRestored);
  REQUIRE(restored.size() == 5);
  CHECK(restored[0].a == 4);
  CHECK(restored[0].b == 2);
}

TEST_CASE("a second snapshot replaces the first one's list") {
  CoreWorld world;
  fill(world);
  Reading reading(world, 0, 1);
  reading.open();
  reading.snapshot(CheckpointId{1});
  CHECK(reading.snapshot(CheckpointId{2}).size() == 5);
}

TEST_CASE("a missing topic and a broken state fail the attempt with a message") {
  CoreWorld world;
  Reading missing(world, 0, 1);
  CHECK_THROWS_AS(missing.open(), OperatorFailure);
  fill(world);
  Reading broken(world, 0, 1);
  broken.attempt.restore(CheckpointId{1}, "splits", {"\x01"});
  CHECK_THROWS_AS(broken.open(), OperatorFailure);
}
