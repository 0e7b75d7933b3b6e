#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <tuple>
#include <vector>

#include "weir/sim/event_queue.h"
#include "weir/sim/random.h"

namespace weir::sim {
namespace {

struct Expected {
  std::int64_t time;
  std::uint32_t tie;
  std::uint64_t number;
  auto key() const { return std::tuple(time, tie, number); }
};

// Pushes and pops at random next to a sorted list; `tie_range` 1 is the fifo policy.
void compare_with_sorted_list(const std::vector<std::uint32_t>& steps, std::uint32_t tie_range) {
  EventQueue queue;
  std::vector<Expected> model;
  std::int64_t now = 0;
  std::uint64_t number = 0;
  for (const std::uint32_t step : steps) {
    const bool pop = step % 3 == 0 && !model.empty();
    if (!pop) {
      const std::int64_t time = now + static_cast<std::int64_t>((step >> 2) % 5 == 0 ? 0 : step % 100'000);
      std::uint32_t tie = (step >> 8) % tie_range;
      if (time == now) tie = std::max(tie, queue.last_tie());
      queue.push({.time = time, .a = number}, tie);
      model.push_back({time, tie, number++});
      continue;
    }
    auto least = std::min_element(model.begin(), model.end(), [](auto& x, auto& y) { return x.key() < y.key(); });
    const QueuedEvent event = queue.pop();
    RC_ASSERT(event.a == least->number);
    RC_ASSERT(event.time == least->time);
    now = least->time;
    model.erase(least);
    RC_ASSERT(queue.size() == model.size());
  }
}

TEST_CASE("the queue pops by time, then tie, then arrival") {
  CHECK(rc::check("fifo", [](const std::vector<std::uint32_t>& steps) { compare_with_sorted_list(steps, 1); }));
  CHECK(rc::check("random ties",
                  [](const std::vector<std::uint32_t>& steps) { compare_with_sorted_list(steps, kTies); }));
}

TEST_CASE("a cleared queue starts at time zero again") {
  EventQueue queue;
  queue.push({.time = 1'000'000'007, .a = 1}, 5);
  queue.push({.time = 2'000'000'007, .a = 2}, 0);
  CHECK(queue.pop().a == 1);
  queue.clear();
  CHECK(queue.empty());
  queue.push({.time = 3, .a = 3}, 0);
  CHECK(queue.pop().a == 3);
}

TEST_CASE("the n-th draw depends on seed, name, instance and n alone") {
  RandomStream one(42, "network/data", 3);
  std::vector<std::uint64_t> first;
  for (int i = 0; i < 10; ++i) first.push_back(one.next());
  RandomStream other(42, "network/control", 3);
  other.next();
  RandomStream again(42, "network/data", 3);
  for (const std::uint64_t expected : first) CHECK(again.next() == expected);
  CHECK(RandomStream(43, "network/data", 3).next() != first[0]);
  CHECK(RandomStream(42, "network/data", 4).next() != first[0]);
  CHECK(RandomStream(42, "network/control", 3).next() != first[0]);
}

TEST_CASE("the first draws of a stream are pinned, so that recorded runs replay on every machine") {
  CHECK(RandomStream(1, "pinned").next() == 0x347badd61ecf5a88ull);
  CHECK(RandomStream(2, "pinned", 7).below(1000) == 205);
}

TEST_CASE("bounded draws are uniform over neighbouring seeds") {
  constexpr std::uint64_t kBound = 10;
  std::vector<int> hits(kBound, 0);
  for (std::uint64_t seed = 0; seed < 10'000; ++seed) ++hits[RandomStream(seed, "uniform").below(kBound)];
  for (const int n : hits) {
    CHECK(n > 850);
    CHECK(n < 1150);
  }
}

TEST_CASE("ranges include both ends and chances keep their ratio") {
  RandomStream stream(9, "range");
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(stream.between(5, 7));
  CHECK(seen == std::set<std::uint64_t>{5, 6, 7});
  int hits = 0;
  for (int i = 0; i < 10'000; ++i) hits += stream.chance(1, 4) ? 1 : 0;
  CHECK(hits > 2300);
  CHECK(hits < 2700);
  CHECK_FALSE(stream.chance(0, 4));
  CHECK(stream.between(3, 3) == 3);
}

}  // namespace
}  // namespace weir::sim
