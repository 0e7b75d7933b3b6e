#include "world/pauses.h"

#include <catch2/catch.hpp>

using namespace weir::sim;

namespace {

QueuedEvent numbered(std::uint64_t a) {
  QueuedEvent event;
  event.a = a;
  return event;
}

std::vector<std::uint64_t> due(Pauses& pauses) {
  std::vector<std::uint64_t> numbers;
  while (pauses.has_due()) numbers.push_back(pauses.take_due().a);
  return numbers;
}

}  // namespace

TEST_CASE("what waits for a process that stands still comes in its order when it goes on (RP-4)") {
  Pauses pauses;
  pauses.reset();
  CHECK_FALSE(pauses.any());
  pauses.begin({1}, 100);
  CHECK(pauses.paused({1}));
  CHECK_FALSE(pauses.paused({2}));
  for (std::uint64_t n = 1; n <= 3; ++n) pauses.hold({1}, numbered(n));
  CHECK_FALSE(pauses.has_due());
  CHECK(pauses.end({1}) == 3);
  CHECK(due(pauses) == std::vector<std::uint64_t>{1, 2, 3});
  CHECK_FALSE(pauses.any());
}

TEST_CASE("a process that is paused twice goes on at the later end") {
  Pauses pauses;
  pauses.reset();
  pauses.begin({1}, 100);
  pauses.begin({1}, 50);
  CHECK_FALSE(pauses.over({1}, 50));
  CHECK(pauses.over({1}, 100));
  pauses.end({1});
  CHECK_FALSE(pauses.over({1}, 100));
  CHECK_FALSE(pauses.any());
}

TEST_CASE("processes stand still independently") {
  Pauses pauses;
  pauses.reset();
  pauses.begin({0}, 10);
  pauses.begin({2}, 20);
  CHECK(pauses.all() == std::vector<ProcessId>{{0}, {2}});
  pauses.hold({0}, numbered(1));
  pauses.hold({2}, numbered(2));
  pauses.end({0});
  CHECK(due(pauses) == std::vector<std::uint64_t>{1});
  CHECK(pauses.any());
}
