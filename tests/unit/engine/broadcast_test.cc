#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "fakes/operator_harness.h"
#include "weir/engine/connected_streams.h"
#include "weir/engine/connectors.h"
#include "weir/engine/rules_in_time.h"
#include "weir/engine/sequential.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

using Keyed = std::pair<std::int64_t, std::int64_t>;  // key, value; of a rule: id, factor
using Made = std::tuple<std::int64_t, std::int64_t, std::int64_t>;
struct First {
  const std::int64_t& operator()(const Keyed& k) const { return k.first; }
};
const MapStateDescriptor<std::int64_t, std::int64_t> kFactors{"factors"};

// Multiplies by every factor known; a factor of 0 makes every key say its sum and forget it.
struct Multiply : KeyedBroadcastProcessFunction<std::int64_t, Keyed, Keyed, Keyed> {
  void open(RuntimeContext& context) override { sum = context.get_state<std::int64_t>({"sum"}); }
  void process_element(const Keyed& value, Context& context, const BroadcastReader& rules,
                       Collector<Keyed>& out) override {
    std::int64_t product = value.second;
    for (const auto& [id, factor] : rules.get_broadcast_state(kFactors).entries()) product *= factor;
    sum.update(sum.value_or(0) + product);
    out.collect({context.current_key, product});
  }
  void process_broadcast_element(const Keyed& rule, BroadcastContext& context) override {
    if (rule.second != 0) return context.get_broadcast_state(kFactors).put(rule.first, rule.second);
    context.apply_to_keyed_state(sum, [](const std::int64_t& key, ValueState<std::int64_t>& s, Collector<Keyed>& out) {
      out.collect({key, *s.get()});
      s.clear();
    });
  }
  ValueState<std::int64_t> sum;
};

OperatorHarness<Keyed>::Make multiply() {
  return [] {
    return std::make_unique<detail::KeyedBroadcastOperator<std::int64_t, Keyed, Keyed, Keyed, First>>(
        First{}, std::make_unique<Multiply>());
  };
}

// Without keys: lets pass what no rule forbids.
struct Allow : BroadcastProcessFunction<std::int64_t, std::int64_t, std::int64_t> {
  void process_element(const std::int64_t& value, const BroadcastReader& rules, Collector<std::int64_t>& out) override {
    if (!rules.get_broadcast_state(kFactors).contains(value)) out.collect(value);
  }
  void process_broadcast_element(const std::int64_t& rule, BroadcastWriter& rules) override {
    auto state = rules.get_broadcast_state(kFactors);
    state.put(rule, state.get(rule).value_or(0) + 1);
  }
};

}  // namespace

TEST_CASE("a broadcast element reaches the state of every subtask, and every key is visited once (ST-5, ST-10)") {
  OperatorHarness<Keyed> op(multiply(), 3);
  op.broadcast(Keyed{1, 2});
  op.broadcast(Keyed{2, 5});
  for (std::int64_t key = 0; key < 6; ++key) op.send(key, Keyed{key, key});
  for (const auto& map : op.broadcast_states("factors")) CHECK(map == op.broadcast_states("factors").front());
  std::vector<Keyed> expected;
  for (std::int64_t key = 0; key < 6; ++key) expected.push_back({key, 10 * key});
  CHECK(op.results() == expected);
  op.broadcast(Keyed{1, 0});
  CHECK(op.results().size() == 12);
  CHECK(op.empty());
  op.broadcast(Keyed{1, 0});
  CHECK(op.results().size() == 12);
}

TEST_CASE("more subtasks than before get a copy of the broadcast state each (RS-10)") {
  OperatorHarness<Keyed> op(multiply(), 2);
  op.broadcast(Keyed{1, 3});
  op.restore(5, StateBackendKind::RocksDb);
  for (std::int64_t key = 0; key < 20; ++key) op.send(key, Keyed{key, 1});
  for (const Keyed& made : op.results()) CHECK(made.second == 3);
  CHECK(op.broadcast_states("factors").size() == 5);
}

TEST_CASE("broadcast rules without keys, in the graph and in the sequential run: one copy stands for all") {
  CoreWorld world;
  world.log.create("values", {{serialize(std::int64_t{1}), serialize(std::int64_t{2})}});
  world.log.create("rules", {{serialize(std::int64_t{2})}});
  world.log.create("out", {{}});
  StreamEnvironment env("allow");
  env.set_parallelism(3);
  auto rules = env.from_source(LogSource<std::int64_t>("rules"), "rules");
  auto values = env.from_source(LogSource<std::int64_t>("values"), "values");
  values.connect(rules.broadcast()).process<Allow>("allow").sink_to(TransactionalLogSink<std::int64_t>("out"));
  const auto job = JobGraph::build(env.graph());
  REQUIRE(job.ok());
  CHECK(job.value()->edges.back().type->partitioning() == Partitioning::Broadcast);
  SequentialJob sequential(job.value(), world.log, world.files);
  sequential.run_to_end();
  REQUIRE(sequential.outputs().size() == 1);
  CHECK(sequential.outputs().front().value == serialize(std::int64_t{1}));
}

namespace {

using Check = RulesInTime<std::int64_t, Keyed, Keyed, Made>;

OperatorHarness<Made>::Make checks() {
  return [] {
    return std::make_unique<detail::KeyedBroadcastOperator<std::int64_t, Keyed, Keyed, Made, First>>(
        First{}, std::make_unique<Check>(First{}, [](const Keyed& e, const Keyed& rule, Collector<Made>& out) {
          out.collect({e.first, e.second, rule.second});
        }));
  };
}

}  // namespace

TEST_CASE("an element meets the version of every rule that holds at its time, however late that is known") {
  OperatorHarness<Made> op(checks(), 2);
  op.send(std::int64_t{7}, Keyed{7, 1}, 20);
  op.broadcast(Keyed{1, 100}, 10);
  op.broadcast(Keyed{1, 101}, 20);
  op.broadcast(Keyed{1, 102}, 21);
  op.broadcast(Keyed{2, 200}, 21);
  op.watermark(19);
  CHECK(op.results().empty());
  op.watermark(20);
  CHECK(op.results() == std::vector<Made>{{7, 1, 101}});
  CHECK(op.empty());
}

TEST_CASE("rules in time give the same whatever the interleaving and the restores (P12, ST-10)") {
  // What: 0 a rule, 1 and 2 an element, 3 a watermark, 4 a restore. Then an id or key, and a gap in time.
  REQUIRE(rc::check("rules in time", [] {
    const auto steps = *rc::gen::container<std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t>>>(
        rc::gen::tuple(rc::gen::inRange<std::int64_t>(0, 5), rc::gen::inRange<std::int64_t>(0, 3),
                       rc::gen::inRange<std::int64_t>(1, 9)));
    OperatorHarness<Made> op(checks(), 2);
    std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> rules;  // id, from -> factor
    std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t>> elements;
    std::int64_t rule_time = 0;
    std::int64_t element_time = 0;
    std::int64_t n = 0;
    for (const auto& [what, id, gap] : steps) {
      if (what == 0) {
        rule_time += gap;
        rules[{id, rule_time}] = ++n;
        op.broadcast(Keyed{id, n}, rule_time);
      } else if (what < 3) {
        element_time += gap - 1;
        elements.push_back({id, ++n, element_time});
        op.send(id, Keyed{id, n}, element_time);
      } else if (what == 3) {
        op.watermark(std::min(rule_time, element_time) - 1);
      } else {
        op.restore(static_cast<std::uint32_t>(id) + 1,
                   gap % 2 == 0 ? StateBackendKind::Heap : StateBackendKind::RocksDb);
      }
    }
    op.end();
    std::size_t expected = 0;
    const auto results = op.results();
    for (const auto& [key, value, at] : elements) {
      for (std::int64_t id = 0; id < 3; ++id) {
        auto after = rules.upper_bound({id, at});
        if (after == rules.begin() || (--after)->first.first != id) continue;
        ++expected;
        RC_ASSERT(std::count(results.begin(), results.end(), Made{key, value, after->second}) == 1);
      }
    }
    RC_ASSERT(results.size() == expected);
    RC_ASSERT(op.empty());
    for (const auto& map : op.broadcast_states("rules")) RC_ASSERT(map.size() == rules.size());
  }));
}
