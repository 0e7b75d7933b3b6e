#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <tuple>
#include <vector>

#include "fakes/operator_harness.h"
#include "weir/engine/interval_join.h"
#include "weir/engine/window_join.h"

using namespace weir::engine;
using namespace weir::engine::fakes;
using namespace std::chrono_literals;

namespace {

struct Left {
  std::int64_t key = 0;
  std::int64_t at = 0;
  static constexpr auto fields() { return std::tuple{&Left::key, &Left::at}; }
};
struct Right {
  std::int64_t key = 0;
  std::int64_t at = 0;
  static constexpr auto fields() { return std::tuple{&Right::key, &Right::at}; }
};
using Joined = std::tuple<std::int64_t, std::int64_t, std::int64_t>;  // key, left, right
using All = std::vector<Joined>;

struct KeyOfLeft {
  std::int64_t operator()(const Left& l) const { return l.key; }
};
struct KeyOfRight {
  std::int64_t operator()(const Right& r) const { return r.key; }
};
void pair_up(const Left& l, const Right& r, Collector<Joined>& out) { out.collect({l.key, l.at, r.at}); }

using IntervalOp = detail::IntervalJoinOperator<std::int64_t, Left, Right, Joined, KeyOfLeft, KeyOfRight>;

struct IntervalHarness : OperatorHarness<Joined> {
  explicit IntervalHarness(JoinInterval interval, std::uint32_t parallelism = 1,
                           StateBackendKind kind = StateBackendKind::Heap)
      : OperatorHarness(
            [interval] { return std::make_unique<IntervalOp>(KeyOfLeft{}, KeyOfRight{}, interval, pair_up); },
            parallelism, true, kind) {}
  void left(std::int64_t key, std::int64_t at) { send(key, Left{key, at}, at, 0); }
  void right(std::int64_t key, std::int64_t at) { send(key, Right{key, at}, at, 1); }
};

All sorted(All all) {
  std::vector<std::pair<Bytes, Joined>> by_bytes;
  for (const Joined& j : all) by_bytes.emplace_back(serialize(j), j);
  std::sort(by_bytes.begin(), by_bytes.end());
  all.clear();
  for (const auto& [bytes, j] : by_bytes) all.push_back(j);
  return all;
}

// Two sides, each in the order of time, as they interleave; a watermark never promises too much.
struct Step {
  bool left = false;
  std::int64_t key = 0;
  std::int64_t gap = 0;       // since the last element of the side
  bool watermark = false;     // then the watermark of both moves on
  std::uint32_t rescale = 0;  // then a restore with that parallelism
};
rc::Gen<std::vector<Step>> steps() {
  return rc::gen::container<std::vector<Step>>(rc::gen::map(
      rc::gen::tuple(rc::gen::arbitrary<bool>(), rc::gen::inRange<std::int64_t>(0, 3),
                     rc::gen::inRange<std::int64_t>(0, 12), rc::gen::inRange(0, 4), rc::gen::inRange(0, 12)),
      [](const auto& t) {
        const auto& [left, key, gap, watermark, rescale] = t;
        return Step{left, key, gap, watermark == 0, rescale < 4 && rescale > 0 ? std::uint32_t(rescale) : 0u};
      }));
}

StateBackendKind some_backend() { return *rc::gen::element(StateBackendKind::Heap, StateBackendKind::RocksDb); }

}  // namespace

TEST_CASE("an interval join pairs elements that are as far apart as the bounds say, both included") {
  IntervalHarness op({-10ms, 20ms});
  op.left(1, 100);
  for (const std::int64_t at : {89, 90, 120, 121}) op.right(1, at);
  op.right(2, 100);
  CHECK(op.results() == sorted({{1, 100, 90}, {1, 100, 120}}));
  op.left(1, 110);
  CHECK(op.results() == sorted({{1, 100, 90}, {1, 100, 120}, {1, 110, 120}, {1, 110, 121}}));
}

TEST_CASE("a pair has the later time of its two elements") {
  IntervalHarness op({-10ms, 20ms});
  op.right(1, 50);
  op.left(1, 40);
  CHECK(op.chain(0).timestamp == EventTime{50});
}

TEST_CASE("an interval join keeps an element while partners may come, and nothing afterwards") {
  IntervalHarness op({-10ms, 20ms});
  op.left(1, 100);
  op.right(1, 100);
  op.watermark(119);
  CHECK_FALSE(op.empty());
  op.right(1, 120);
  CHECK(op.results() == sorted({{1, 100, 100}, {1, 100, 120}}));
  op.watermark(120);
  op.right(1, 120);
  CHECK(op.results().size() == 2);
  op.end();
  CHECK(op.empty());
}

TEST_CASE("an element behind the watermark joins nothing, and is counted") {
  IntervalHarness op({0ms, 20ms});
  op.left(1, 100);
  op.watermark(105);
  op.right(1, 104);
  CHECK(op.results().empty());
  CHECK(dynamic_cast<IntervalOp&>(op.at(0)).late_dropped() == 1);
}

TEST_CASE("however its inputs interleave and whenever it is restored, an interval join finds the same pairs (P12)") {
  REQUIRE(rc::check("interval join", [] {
    const auto all = *steps();
    const JoinInterval interval{std::chrono::milliseconds(*rc::gen::inRange(-15, 6)),
                                std::chrono::milliseconds(*rc::gen::inRange(6, 20))};
    IntervalHarness op(interval, 2, some_backend());
    std::vector<Left> lefts;
    std::vector<Right> rights;
    std::int64_t left_time = 0;
    std::int64_t right_time = 0;
    for (const Step& step : all) {
      if (step.left) {
        left_time += step.gap;
        lefts.push_back({step.key, left_time});
        op.left(step.key, left_time);
      } else {
        right_time += step.gap;
        rights.push_back({step.key, right_time});
        op.right(step.key, right_time);
      }
      if (step.watermark) op.watermark(std::min(left_time, right_time) - 1);
      if (step.rescale != 0) op.restore(step.rescale, some_backend());
    }
    op.end();
    All expected;
    for (const Left& l : lefts) {
      for (const Right& r : rights) {
        const std::chrono::milliseconds apart(r.at - l.at);
        if (l.key == r.key && apart >= interval.lower && apart <= interval.upper)
          expected.push_back({l.key, l.at, r.at});
      }
    }
    RC_ASSERT(op.results() == sorted(expected));
    RC_ASSERT(op.empty());
  }));
}

namespace {

using Both = Either<Left, Right>;
struct KeyOfBoth {
  std::int64_t operator()(const Both& b) const { return b.left ? b.left->key : b.right->key; }
};

// The operator that `window_join` puts behind the union of its streams.
struct WindowHarness : OperatorHarness<Joined> {
  using Op = detail::WindowOperator<std::int64_t, Both, ListState<Both>, std::vector<Both>, Joined, KeyOfBoth>;
  WindowHarness(std::uint32_t parallelism, StateBackendKind kind)
      : OperatorHarness(
            [] {
              return std::make_unique<Op>(
                  KeyOfBoth{}, WindowOptions{tumbling_windows(TimeDomain::Event, 10ms)},
                  [](RuntimeContext& c) { return c.get_list_state(ListStateDescriptor<Both>{"window-contents"}); },
                  detail::pairs_of_window<std::int64_t, Left, Right, Joined>(pair_up));
            },
            parallelism, true, kind) {}
};

}  // namespace

TEST_CASE("however its inputs interleave and whenever it is restored, a window join finds the same pairs (P12, WI-1)") {
  REQUIRE(rc::check("window join", [] {
    const auto all = *steps();
    WindowHarness op(2, some_backend());
    std::vector<Left> lefts;
    std::vector<Right> rights;
    std::int64_t left_time = 0;
    std::int64_t right_time = 0;
    for (const Step& step : all) {
      if (step.left) {
        left_time += step.gap;
        lefts.push_back({step.key, left_time});
        op.send(step.key, Both{lefts.back(), std::nullopt}, left_time);
      } else {
        right_time += step.gap;
        rights.push_back({step.key, right_time});
        op.send(step.key, Both{std::nullopt, rights.back()}, right_time);
      }
      if (step.watermark) op.watermark(std::min(left_time, right_time) - 1);
      if (step.rescale != 0) op.restore(step.rescale, some_backend());
    }
    op.end();
    All expected;
    for (const Left& l : lefts) {
      for (const Right& r : rights) {
        if (l.key == r.key && l.at / 10 == r.at / 10) expected.push_back({l.key, l.at, r.at});
      }
    }
    RC_ASSERT(op.results() == sorted(expected));
    RC_ASSERT(op.empty());
  }));
}
