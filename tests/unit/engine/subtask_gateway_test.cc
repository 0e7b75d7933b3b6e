// Events from a coordinator to a subtask, and which side of a checkpoint they are on (SO-15..SO-18, SO-21).

#include "coordination/subtask_gateway.h"

#include <map>
#include <set>
#include <vector>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

namespace weir::engine {
namespace {

constexpr SubtaskId kSubtask{3};

OperatorEvent assignment(std::uint32_t split) {
  OperatorEvent event;
  event.splits = {{split, 0, false}};
  return event;
}

struct Gateway {
  Gateway() { gateway.reset(AttemptId{1}); }
  // Sends what may go and has it answered, until nothing may go.
  std::vector<std::uint32_t> deliver() {
    std::vector<std::uint32_t> splits;
    while (const auto event = gateway.next(kSubtask)) {
      splits.push_back(event->splits.at(0).id);
      CHECK(gateway.on_seen(event->number));
    }
    return splits;
  }
  SubtaskGateway gateway;
};
using Splits = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("one event is under way at a time, in order, and names the attempt (SO-21)") {
  Gateway g;
  g.gateway.send(assignment(7));
  g.gateway.send(assignment(8));
  const auto first = g.gateway.next(kSubtask);
  REQUIRE(first);
  CHECK(first->attempt == ExecutionAttempt{kSubtask, AttemptId{1}});
  CHECK(first->splits[0].id == 7);
  CHECK_FALSE(g.gateway.next(kSubtask));
  CHECK_FALSE(g.gateway.on_seen(first->number + 1));
  CHECK(g.gateway.on_seen(first->number));
  CHECK_FALSE(g.gateway.on_seen(first->number));
  CHECK(g.deliver() == Splits{8});
}

TEST_CASE("what is sent while a checkpoint is under way waits until the subtask has its part (SO-15)") {
  Gateway g;
  g.gateway.send(assignment(1));
  g.gateway.close(CheckpointId{5});
  g.gateway.send(assignment(2));
  CHECK(g.deliver() == Splits{1});
  g.gateway.reopen(CheckpointId{4});  // another one
  CHECK(g.deliver().empty());
  g.gateway.reopen(CheckpointId{5});
  CHECK(g.deliver() == Splits{2});
}

TEST_CASE("what waits for a younger checkpoint waits for the older one as well (SO-17)") {
  Gateway g;
  g.gateway.close(CheckpointId{5});
  g.gateway.send(assignment(1));
  g.gateway.close(CheckpointId{6});
  g.gateway.send(assignment(2));
  SECTION("the younger is opened first") {
    g.gateway.reopen(CheckpointId{6});
    CHECK(g.deliver().empty());
    g.gateway.reopen(CheckpointId{5});
    CHECK(g.deliver() == Splits{1, 2});
  }
  SECTION("the older is opened first") {
    g.gateway.reopen(CheckpointId{5});
    CHECK(g.deliver() == Splits{1});
    g.gateway.reopen(CheckpointId{6});
    CHECK(g.deliver() == Splits{2});
  }
}

TEST_CASE("a part is complete when all that belongs before it has arrived (SO-15)") {
  Gateway g;
  g.gateway.send(assignment(1));
  g.gateway.close(CheckpointId{5});
  g.gateway.send(assignment(2));
  CHECK_FALSE(g.gateway.settled_before(CheckpointId{5}));
  g.deliver();
  CHECK(g.gateway.settled_before(CheckpointId{5}));
  CHECK_FALSE(g.gateway.settled_before(CheckpointId{6}));  // what waits for 5 belongs before 6
}

TEST_CASE("another attempt gets nothing that was for the one before, and starts to count anew (SO-18)") {
  Gateway g;
  g.gateway.send(assignment(1));
  const auto old = g.gateway.next(kSubtask);
  g.gateway.close(CheckpointId{5});
  g.gateway.send(assignment(2));
  CHECK(g.gateway.hears(4));
  g.gateway.reset(AttemptId{2});
  CHECK_FALSE(g.gateway.under_way(old->number));
  CHECK(g.gateway.last() == 0);
  CHECK(g.deliver().empty());
  CHECK(g.gateway.hears(1));
  g.gateway.send(assignment(3));
  CHECK(g.gateway.next(kSubtask)->number > old->number);  // a timer of that one means nothing now
}

TEST_CASE("an event from the subtask counts once") {
  Gateway g;
  CHECK(g.gateway.hears(1));
  CHECK_FALSE(g.gateway.hears(1));
  CHECK(g.gateway.hears(2));
  CHECK_FALSE(g.gateway.hears(1));
}

// Against a model that knows the sequence of all events and marks: an event may go when every mark before it is open.
TEST_CASE("events and checkpoints in any order: each arrives once, in order, and on its side (SO-16, SO-17)") {
  REQUIRE(rc::check([] {
    Gateway g;
    std::uint32_t sent = 0;
    std::uint64_t marks = 0;
    std::map<std::uint32_t, std::uint64_t> marks_before;  // of each event
    std::set<std::uint64_t> closed;
    Splits arrived;
    for (const int step : *rc::gen::container<std::vector<int>>(40, rc::gen::inRange(0, 4))) {
      if (step == 0) {
        marks_before[sent] = marks;
        g.gateway.send(assignment(sent++));
      } else if (step == 1) {
        closed.insert(++marks);
        g.gateway.close(CheckpointId{marks});
      } else if (step == 2 && !closed.empty()) {
        const auto at = std::next(closed.begin(), *rc::gen::inRange<std::ptrdiff_t>(0, std::ssize(closed)));
        g.gateway.reopen(CheckpointId{*at});
        closed.erase(at);
      }
      for (const std::uint32_t split : g.deliver()) arrived.push_back(split);
      std::uint32_t expected = 0;
      while (expected < sent && (closed.empty() || marks_before[expected] < *closed.begin())) ++expected;
      RC_ASSERT(arrived.size() == expected);
      for (std::uint32_t i = 0; i < arrived.size(); ++i) RC_ASSERT(arrived[i] == i);
    }
  }));
}

}  // namespace weir::engine
