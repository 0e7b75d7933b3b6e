#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "fakes/operator_harness.h"
#include "weir/engine/deduplicate.h"
#include "weir/engine/running_aggregate.h"
#include "weir/engine/sessions.h"
#include "weir/engine/top_n.h"

using namespace weir::engine;
using namespace weir::engine::fakes;
using namespace std::chrono_literals;

namespace {

using Keyed = std::pair<std::int64_t, std::int64_t>;
struct First {
  const std::int64_t& operator()(const Keyed& k) const { return k.first; }
};
struct Greater {
  bool operator()(const Keyed& a, const Keyed& b) const { return a.second > b.second; }
};
using Ranking = std::pair<std::int64_t, std::vector<Keyed>>;

template <class Out, class Function, class... Args>
typename OperatorHarness<Out>::Make keyed(Args... args) {
  return [args...] {
    return std::make_unique<detail::KeyedProcessOperator<std::int64_t, Keyed, Out, First>>(
        First{}, std::make_unique<Function>(args...));
  };
}

struct Sum final : AggregateFunction<Keyed, std::int64_t, std::int64_t> {
  std::int64_t create_accumulator() const override { return 0; }
  void add(const Keyed& v, std::int64_t& sum) const override { sum += v.second; }
  std::int64_t get_result(const std::int64_t& sum) const override { return sum; }
  void merge(std::int64_t& into, const std::int64_t& other) const override { into += other; }
};

StateBackendKind some_backend() { return *rc::gen::element(StateBackendKind::Heap, StateBackendKind::RocksDb); }
rc::Gen<std::vector<Keyed>> elements(std::int64_t keys, std::int64_t values) {
  return rc::gen::container<std::vector<Keyed>>(
      rc::gen::pair(rc::gen::inRange<std::int64_t>(0, keys), rc::gen::inRange<std::int64_t>(0, values)));
}
// Sends all, with restores at other parallelisms and on other backends in between.
template <class Out, class Send>
void send_all(OperatorHarness<Out>& op, const std::vector<Keyed>& all, Send send) {
  for (const Keyed& element : all) {
    send(element);
    if (*rc::gen::inRange(0, 5) == 0) op.restore(*rc::gen::inRange(1u, 4u), some_backend());
  }
}

}  // namespace

TEST_CASE("a running aggregate says the aggregate of a key after every element, across restores (P12)") {
  using Aggregate = RunningAggregate<std::int64_t, Keyed, std::int64_t, std::int64_t>;
  REQUIRE(rc::check("running aggregate", [] {
    OperatorHarness<Keyed> op(keyed<Keyed, Aggregate>(std::make_shared<Sum>()), 2);
    const auto all = *elements(4, 100);
    send_all(op, all, [&](const Keyed& e) { op.send(e.first, e); });
    OperatorHarness<Keyed> in_one_go(keyed<Keyed, Aggregate>(std::make_shared<Sum>()));
    std::map<std::int64_t, std::int64_t> sums;
    std::vector<Keyed> expected;
    for (const Keyed& e : all) expected.push_back({e.first, sums[e.first] += e.second});
    for (const Keyed& e : all) in_one_go.send(e.first, e);
    RC_ASSERT(in_one_go.out(0).values == expected);
    RC_ASSERT(op.results() == in_one_go.results());
  }));
}

TEST_CASE("the first element of every key passes, across restores (P12)") {
  REQUIRE(rc::check("deduplicate", [] {
    OperatorHarness<Keyed> op(keyed<Keyed, Deduplicate<std::int64_t, Keyed>>(), 2);
    const auto all = *elements(20, 100);
    send_all(op, all, [&](const Keyed& e) { op.send(e.first, e); });
    std::set<std::int64_t> seen;
    std::size_t expected = 0;
    for (const Keyed& e : all) {
      if (!seen.insert(e.first).second) continue;
      ++expected;
      const auto results = op.results();
      RC_ASSERT(std::count(results.begin(), results.end(), e) == 1);
    }
    RC_ASSERT(op.results().size() == expected);
  }));
}

TEST_CASE("a key with a time to live is forgotten so long after its first element (ST-13)") {
  using Once = Deduplicate<std::int64_t, Keyed>;
  const StateBackendKind kind = GENERATE(StateBackendKind::Heap, StateBackendKind::RocksDb);
  OperatorHarness<Keyed> op(keyed<Keyed, Once>(StateTtlConfig{10ms}), 1, true, kind);
  op.send<Keyed>(std::int64_t{1}, {1, 1});
  op.state_clock().at += 6ms;
  op.send<Keyed>(std::int64_t{1}, {1, 2});  // does not prolong it
  op.state_clock().at += 3ms;
  op.send<Keyed>(std::int64_t{1}, {1, 3});
  CHECK(op.results() == std::vector<Keyed>{{1, 1}});
  op.restore(2, kind);
  op.state_clock().at += 1ms;
  op.send<Keyed>(std::int64_t{1}, {1, 4});
  CHECK(op.results() == std::vector<Keyed>{{1, 1}, {1, 4}});
}

TEST_CASE("the best n of a key are what sorting gives, and a ranking is said when it changes (P12)") {
  using Best = TopNPerKey<std::int64_t, Keyed, Greater>;
  OperatorHarness<Ranking> one(keyed<Ranking, Best>(std::size_t{2}));
  for (const std::int64_t n : {5, 3, 4, 1}) one.send<Keyed>(std::int64_t{1}, {1, n});
  CHECK(one.out(0).values == std::vector<Ranking>{{1, {{1, 5}}}, {1, {{1, 5}, {1, 3}}}, {1, {{1, 5}, {1, 4}}}});
  REQUIRE(rc::check("top n", [] {
    const auto n = *rc::gen::inRange<std::size_t>(1, 5);
    OperatorHarness<Ranking> op(keyed<Ranking, Best>(n), 2);
    const auto all = *elements(3, 1000);
    send_all(op, all, [&](const Keyed& e) { op.send(e.first, e); });
    std::map<std::int64_t, std::vector<Keyed>> by_key;
    std::map<std::int64_t, std::vector<Keyed>> best;
    for (const Keyed& e : all) by_key[e.first].push_back(e);
    for (const auto& [key, ranking] : op.results()) {
      std::int64_t sum = 0, before = -1;
      for (const Keyed& e : ranking) sum += e.second;
      for (const Keyed& e : best[key]) before += e.second;
      if (ranking.size() >= best[key].size() && sum > before) best[key] = ranking;
    }
    for (auto& [key, values] : by_key) {
      std::stable_sort(values.begin(), values.end(), Greater{});
      if (values.size() > n) values.resize(n);
      RC_ASSERT(best[key] == values);
    }
  }));
}

TEST_CASE(
    "the ranking of a window does not depend on the order of its elements, nor on how accumulators merge (WI-5)") {
  REQUIRE(rc::check("top n aggregate", [] {
    struct Total {
      bool operator()(const Keyed& a, const Keyed& b) const {
        return std::tie(b.second, b.first) < std::tie(a.second, a.first);
      }
    };
    const auto n = *rc::gen::inRange<std::size_t>(1, 5);
    const auto best = top_n<Keyed, Total>(n);
    const auto all = *elements(5, 20);
    const auto cut = *rc::gen::inRange<std::size_t>(0, all.size() + 1);
    std::vector<Keyed> whole = best->create_accumulator();
    std::vector<Keyed> front = whole;
    std::vector<Keyed> back = whole;
    for (std::size_t i = all.size(); i-- > 0;) best->add(all[i], whole);
    for (std::size_t i = 0; i < all.size(); ++i) best->add(all[i], i < cut ? front : back);
    best->merge(front, back);
    std::vector<Keyed> expected = all;
    std::sort(expected.begin(), expected.end(), Total{});
    if (expected.size() > n) expected.resize(n);
    RC_ASSERT(best->get_result(whole) == expected);
    RC_ASSERT(best->get_result(front) == expected);
  }));
}

namespace {

using Visit = Session<std::int64_t, Keyed>;
using VisitOp = detail::WindowOperator<std::int64_t, Keyed, ListState<Keyed>, std::vector<Keyed>, Visit, First>;
struct BySecond {
  bool operator()(const Keyed& a, const Keyed& b) const { return a.second < b.second; }
};

OperatorHarness<Visit>::Make visits() {
  return [] {
    return std::make_unique<VisitOp>(
        First{}, WindowOptions{session_windows(TimeDomain::Event, 10ms)},
        [](RuntimeContext& c) { return c.get_list_state(ListStateDescriptor<Keyed>{"window-contents"}); },
        detail::session_of_window<std::int64_t, Keyed, BySecond>(10ms));
  };
}
std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::vector<Keyed>>> shown(
    const std::vector<Visit>& all) {
  std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::vector<Keyed>>> tuples;
  for (const Visit& v : all) tuples.push_back({v.key, v.from, v.to, v.events});
  std::sort(tuples.begin(), tuples.end());
  return tuples;
}

}  // namespace

TEST_CASE("sessions are what cutting the sorted times at every gap gives, across restores (P12, WI-5, WI-6)") {
  REQUIRE(rc::check("sessions", [] {
    OperatorHarness<Visit> op(visits(), 2);
    const auto all = *elements(3, 200);
    send_all(op, all, [&](const Keyed& e) { op.send(e.first, e, e.second); });
    op.end();
    RC_ASSERT(op.empty());
    std::map<std::int64_t, std::vector<Keyed>> by_key;
    for (const Keyed& e : all) by_key[e.first].push_back(e);
    std::vector<Visit> expected;
    for (auto& [key, events] : by_key) {
      std::sort(events.begin(), events.end());
      for (const Keyed& e : events) {
        const bool goes_on = !expected.empty() && expected.back().key == key && e.second - expected.back().to <= 10;
        if (!goes_on) expected.push_back({key, e.second, e.second, {}});
        expected.back().to = e.second;
        expected.back().events.push_back(e);
      }
    }
    RC_ASSERT(shown(op.results()) == shown(expected));
  }));
}
