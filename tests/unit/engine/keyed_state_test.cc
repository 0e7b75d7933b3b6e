// One test per row of flink-semantics 5.1, on both backends.

#include <catch2/catch.hpp>
#include <functional>

#include "fakes/state_world.h"
#include "weir/engine/functions.h"

using namespace weir::engine;
using weir::engine::testing::group_of;
using weir::engine::testing::StateWorld;
using weir::engine::testing::use_key;

namespace {

// A backend of each kind in turn, with "a" as its current key.
struct OnEach {
  OnEach() { use_key(state(), "a"); }
  KeyedStateBackend& state() { return *backend.state; }
  Bytes snapshot() { return state().snapshot(CheckpointId{1})->write(); }
  bool has_no_cells() { return state().digest(StateWorld::kAll) == 0; }

  StateBackendKind kind = GENERATE(StateBackendKind::Heap, StateBackendKind::RocksDb);
  StateWorld world;
  Backend backend = world.make(kind);
};

std::string failure_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const OperatorFailure& failure) {
    return failure.message;
  }
  return "";
}

ReducingState<int> sum_of(KeyedStateBackend& backend, int* calls = nullptr) {
  return {backend, {"sum", [calls](int a, int b) {
                      if (calls != nullptr) ++*calls;
                      return a + b;
                    }}};
}

// Keeps (count, sum), gives the mean.
struct Mean final : AggregateFunction<int, std::pair<int, int>, double> {
  std::pair<int, int> create_accumulator() const override { return {0, 0}; }
  void add(const int& value, std::pair<int, int>& acc) const override { acc = {acc.first + 1, acc.second + value}; }
  double get_result(const std::pair<int, int>& acc) const override { return double(acc.second) / acc.first; }
  void merge(std::pair<int, int>& into, const std::pair<int, int>& other) const override {
    into = {into.first + other.first, into.second + other.second};
  }
};
using MeanState = AggregatingState<int, std::pair<int, int>, double>;
MeanState mean_of(KeyedStateBackend& backend) { return {backend, {"mean", std::make_shared<Mean>()}}; }

using Map = MapState<std::string, int>;
using Pairs = std::vector<Map::Entry>;

}  // namespace

TEST_CASE("value of an empty cell is the default, or null (5.1)") {
  OnEach on;
  ValueState<int> with(on.state(), {"with", 7});
  ValueState<std::string> without(on.state(), {"without"});
  CHECK(*with.get() == 7);
  CHECK(without.get() == nullptr);
  with.update(1);
  CHECK(*with.get() == 1);
  with.clear();
  CHECK(*with.get() == 7);
  CHECK(on.has_no_cells());  // the default is nobody's state
}

TEST_CASE("updating a value to null clears it (5.1)") {
  OnEach on;
  ValueState<int> value(on.state(), {"value"});
  value.update(std::optional<int>(3));
  CHECK(*value.get() == 3);
  value.update(std::optional<int>());
  CHECK(value.get() == nullptr);
  value.update(4);
  value.update(std::nullopt);
  CHECK(on.has_no_cells());
}

TEST_CASE("a value read from a cell may be written back to it, also under an open snapshot (ST-1)") {
  OnEach on;
  ValueState<std::string> value(on.state(), {"value"});
  value.update("a string that is too long to be short");
  const Bytes before = on.snapshot();
  const auto open = on.state().snapshot(CheckpointId{2});
  value.update(*value.get());
  CHECK(*value.get() == "a string that is too long to be short");
  CHECK(open->write() == before);
}

TEST_CASE("an empty list is empty and not null (5.1)") {
  OnEach on;
  ListState<std::string> list(on.state(), {"list"});
  CHECK(list.get().empty());
  list.add("x");
  list.add("");
  list.add("y");
  CHECK(list.get() == std::vector<std::string>{"x", "", "y"});
  use_key(on.state(), "b");
  CHECK(list.get().empty());
}

TEST_CASE("null is no element of a list (5.1)") {
  OnEach on;
  ListState<int> list(on.state(), {"list"});
  list.add(std::optional<int>(1));
  CHECK(failure_of([&] { list.add(std::optional<int>()); }) ==
        "state 'list': ListState::add takes no null; leave the call out");
  CHECK(list.get() == std::vector<int>{1});
}

TEST_CASE("adding no elements changes nothing, updating to none clears (5.1)") {
  OnEach on;
  ListState<int> list(on.state(), {"list"});
  list.add_all({});
  CHECK(on.has_no_cells());
  list.add_all({1, 2});
  list.add_all({});
  CHECK(list.get() == std::vector<int>{1, 2});
  list.add_all(list.get());
  CHECK(list.get() == std::vector<int>{1, 2, 1, 2});
  list.update({3});
  CHECK(list.get() == std::vector<int>{3});
  list.add(4);
  CHECK(list.get() == std::vector<int>{3, 4});
  list.update({});
  CHECK(on.has_no_cells());
}

TEST_CASE("an appended list survives flushes, removal and appending again (ST-4)") {
  OnEach on;
  ListState<int> list(on.state(), {"list"});
  const auto flush = [&] {
    on.snapshot();
    while (on.backend.work != nullptr && on.backend.work->run_one()) {
    }
  };
  for (int i = 0; i < 6; ++i) {
    list.add(i);
    if (i % 2 == 0) flush();
  }
  CHECK(list.get() == std::vector<int>{0, 1, 2, 3, 4, 5});
  list.clear();
  flush();
  list.add(9);
  flush();
  CHECK(list.get() == std::vector<int>{9});
}

TEST_CASE("a list of a type that takes no bytes is refused (ST-4)") {
  OnEach on;
  CHECK(failure_of([&] { ListState<std::tuple<>>(on.state(), {"list"}); }).find("at least one byte") !=
        std::string::npos);
}

TEST_CASE("a map has null for what is missing, and null values that are contained (5.1)") {
  OnEach on;
  Map map(on.state(), {"map"});
  CHECK(map.get("x") == nullptr);
  CHECK_FALSE(map.contains("x"));
  map.put("x", 1);
  map.put("y", std::nullopt);
  CHECK(*map.get("x") == 1);
  CHECK(map.get("y") == nullptr);
  CHECK(map.contains("y"));
  map.put("y", 2);
  CHECK(*map.get("y") == 2);
  map.put("", *map.get("y"));
  CHECK(*map.get("") == 2);
}

TEST_CASE("removing the last key of a map removes the cell (5.1)") {
  OnEach on;
  Map map(on.state(), {"map"});
  map.put("x", 1);
  map.remove("y");
  CHECK_FALSE(map.is_empty());
  map.remove("x");
  CHECK(map.is_empty());
  CHECK(on.has_no_cells());
  CHECK(on.state().get_keys("map", {}).empty());
}

TEST_CASE("an empty map iterates over nothing (5.1)") {
  OnEach on;
  Map map(on.state(), {"map"});
  CHECK(map.entries().empty());
  CHECK(map.keys().empty());
  CHECK(map.values().empty());
  CHECK_FALSE(map.iterator().has_next());
  CHECK(map.is_empty());
}

TEST_CASE("a map may lose entries while it is iterated over (5.1)") {
  OnEach on;
  Map map(on.state(), {"map"});
  map.put_all({{"a", 1}, {"b", 2}, {"c", std::nullopt}, {"d", 4}});
  std::vector<std::string> seen;
  for (auto at = map.iterator(); at.has_next();) {
    const std::string key = at.next().first;
    seen.push_back(key);
    if (key == "a" || key == "c") at.remove();
    if (key == "b") map.put("e", 5);  // not seen: the scan is of the moment it began
  }
  CHECK(seen == std::vector<std::string>{"a", "b", "c", "d"});
  CHECK(map.entries() == Pairs{{"b", 2}, {"d", 4}, {"e", 5}});
  CHECK(map.values() == std::vector<std::optional<int>>{2, 4, 5});
}

TEST_CASE("clearing a map clears the current key's and no neighbour's (5.1, ST-3)") {
  OnEach on;
  Map map(on.state(), {"map"});
  // Composite keys of these share prefixes on RocksDB, in one key group.
  const std::vector<std::string> keys{"", "k", "kk", "kkk"};
  const auto use = [&](const std::string& key) { on.state().set_current_key(key, KeyGroup{3}); };
  for (const std::string& key : keys) {
    use(key);
    for (const char* user_key : {"", "k", "kk"}) map.put(user_key, static_cast<int>(key.size()));
  }
  use("k");
  map.clear();
  CHECK(map.is_empty());
  for (const std::string& key : keys) {
    use(key);
    CHECK(map.keys().size() == (key == "k" ? 0u : 3u));
    for (const auto& value : map.values()) CHECK(value == static_cast<int>(key.size()));
  }
}

TEST_CASE("reducing stores the first value as it is and reduces from the second on (5.1)") {
  OnEach on;
  int calls = 0;
  ReducingState<int> sum = sum_of(on.state(), &calls);
  CHECK(sum.get() == nullptr);
  sum.add(5);
  CHECK(calls == 0);
  CHECK(*sum.get() == 5);
  sum.add(2);
  CHECK(calls == 1);
  CHECK(*sum.get() == 7);
  sum.add(std::optional<int>());
  CHECK(sum.get() == nullptr);
}

TEST_CASE("aggregating keeps the accumulator and computes the result on get (5.1)") {
  OnEach on;
  MeanState mean = mean_of(on.state());
  CHECK(mean.get() == std::nullopt);
  mean.add(1);
  mean.add(4);
  CHECK(mean.get() == 2.5);
  mean.add(std::optional<int>());
  CHECK(mean.get() == std::nullopt);
  CHECK(on.has_no_cells());
}

TEST_CASE("clear removes the cell of the current key and namespace only (5.1)") {
  OnEach on;
  ValueState<int> value(on.state(), {"value"});
  const auto at = [&](const char* key, const char* name_space) {
    on.state().set_current_namespace(name_space);
    use_key(on.state(), key);
  };
  for (const char* key : {"a", "b"}) {
    for (const char* name_space : {"", "w1", "w2"}) {
      at(key, name_space);
      value.update(1);
    }
  }
  at("a", "w1");
  value.clear();
  int left = 0;
  for (const char* key : {"a", "b"}) {
    for (const char* name_space : {"", "w1", "w2"}) {
      at(key, name_space);
      left += value.value_or(0);
    }
  }
  CHECK(left == 5);
}

TEST_CASE("a namespace is part of the cell, and where key ends and namespace starts is no matter of luck (ST-3)") {
  OnEach on;
  ValueState<int> value(on.state(), {"value"});
  const std::vector<std::pair<std::string, std::string>> cells{{"", ""},
                                                               {"ab", ""},
                                                               {"a", "b"},
                                                               {"", "ab"},
                                                               {"a", ""},
                                                               {"a", std::string(1, '\0')},
                                                               {std::string("a\0", 2), ""}};
  for (std::size_t i = 0; i < cells.size(); ++i) {
    on.state().set_current_key(cells[i].first, KeyGroup{9});
    on.state().set_current_namespace(cells[i].second);
    CHECK(value.get() == nullptr);
    value.update(static_cast<int>(i));
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    on.state().set_current_namespace(cells[i].second);
    on.state().set_current_key(cells[i].first, KeyGroup{9});
    CHECK(value.value_or(-1) == static_cast<int>(i));
  }
}

TEST_CASE("merging namespaces folds the sources in order and then into the target (ST-2)") {
  OnEach on;
  ListState<int> list(on.state(), {"list"});
  ReducingState<int> sum = sum_of(on.state());
  MeanState mean = mean_of(on.state());
  int next = 1;
  for (const char* window : {"target", "one", "two"}) {
    on.state().set_current_namespace(window);
    list.add_all({next, next + 1});
    sum.add(next);
    mean.add(next);
    next += 2;
  }
  on.state().set_current_namespace("current");
  const std::vector<Bytes> sources{"two", "nothing there", "one"};
  list.merge_namespaces("target", sources);
  sum.merge_namespaces("target", sources);
  mean.merge_namespaces("target", sources);
  CHECK(on.state().current_namespace() == "current");
  on.state().set_current_namespace("target");
  CHECK(list.get() == std::vector<int>{1, 2, 5, 6, 3, 4});
  CHECK(*sum.get() == 9);
  CHECK(mean.get() == 3.0);
  for (const char* source : {"one", "two"}) {
    on.state().set_current_namespace(source);
    CHECK(list.get().empty());
    CHECK(sum.get() == nullptr);
    CHECK(mean.get() == std::nullopt);
  }
}

TEST_CASE("merging into an empty target moves, merging nothing leaves the target alone (ST-2)") {
  OnEach on;
  ReducingState<int> sum = sum_of(on.state());
  on.state().set_current_namespace("target");
  sum.merge_namespaces("target", {"one", "two"});
  CHECK(sum.get() == nullptr);
  on.state().set_current_namespace("one");
  sum.add(4);
  sum.merge_namespaces("target", {"one", "two"});
  CHECK(sum.get() == nullptr);
  on.state().set_current_namespace("target");
  CHECK(*sum.get() == 4);
  sum.merge_namespaces("target", {"one"});
  CHECK(*sum.get() == 4);
}

TEST_CASE("one name is one kind of state: the error names the state and both kinds (5.1)") {
  OnEach on;
  ValueState<int> value(on.state(), {"x"});
  CHECK(failure_of([&] {
          Map map(on.state(), {"x"});
        }).find("state 'x' is registered twice in one operator, as value state and as map state") == 0);
  CHECK(failure_of([&] {
          ValueState<std::string> other(on.state(), {"x"});
        }).find("state 'x' is registered twice in one operator, as i32 and as string") == 0);
}

TEST_CASE("keys of a state and namespace can be listed, each once (ST-5)") {
  OnEach on;
  Map map(on.state(), {"map"});
  for (const char* key : {"b", "a", "c"}) {
    on.state().set_current_namespace(key == std::string("c") ? "w" : "");
    use_key(on.state(), key);
    map.put("x", 1);
    map.put("y", 1);
  }
  CHECK(on.state().get_keys("map", {}) == std::vector<StateKey>{{"a", group_of("a")}, {"b", group_of("b")}});
  CHECK(on.state().get_keys("map", "w") == std::vector<StateKey>{{"c", group_of("c")}});
  CHECK(on.state().get_keys("unknown", {}).empty());
}

TEST_CASE("applied to all keys, a function may change the state it walks over (ST-5)") {
  OnEach on;
  ValueState<int> value(on.state(), {"value"});
  const auto use = [&](const std::string& key) {
    on.state().set_current_key(serialize(key), group_of(serialize(key)));
  };
  for (const char* key : {"a", "b", "c", "d"}) {
    use(key);
    value.update(key[0]);
  }
  std::string seen;
  apply_to_all_keys<std::string>(on.state(), {}, value, [&](const std::string& key, ValueState<int>& state) {
    CHECK(*state.get() == key[0]);
    seen += key;
    key == "b" ? state.clear() : state.update(-key[0]);
  });
  CHECK(seen == "abcd");
  use("b");
  CHECK(value.get() == nullptr);
  use("d");
  CHECK(*value.get() == -'d');
}

TEST_CASE("access without a current key is a bug of the engine, whatever the kind of state (5.1)") {
  StateWorld world;
  Backend backend = world.make(GENERATE(StateBackendKind::Heap, StateBackendKind::RocksDb));
  ListState<int> list(*backend.state, {"list"});
  Map map(*backend.state, {"map"});
  ReducingState<int> sum = sum_of(*backend.state);
  CHECK_THROWS_AS(list.get(), InvariantViolation);
  CHECK_THROWS_AS(list.add(1), InvariantViolation);
  CHECK_THROWS_AS(map.get("x"), InvariantViolation);
  CHECK_THROWS_AS(map.put("x", 1), InvariantViolation);
  CHECK_THROWS_AS(map.entries(), InvariantViolation);
  CHECK_THROWS_AS(sum.add(1), InvariantViolation);
}

TEST_CASE("a function gets every kind of state from its context, on a keyed stream only (5.1)") {
  OnEach on;
  ChainContext chain;
  OperatorStateStore lists;
  struct Unset final : Alarm {
    void set(Time) override { FAIL("nobody set a timer"); }
  } alarm;
  OperatorContext context{on.world.environment, chain, OperatorId{1}, "uid", SubtaskId{}, AttemptId{1}, 0, 1, 128,
                          &on.state(),          lists, alarm};
  RuntimeContext runtime(context);
  runtime.get_state<int>({"value"}).update(1);
  runtime.get_list_state<int>({"list"}).add(2);
  runtime.get_map_state<int, int>({"map"}).put(3, 3);
  runtime.get_reducing_state<int>({"sum", [](int a, int b) { return a + b; }}).add(4);
  runtime.get_aggregating_state<int, std::pair<int, int>, double>({"mean", std::make_shared<Mean>()}).add(5);
  for (const char* state : {"value", "list", "map", "sum", "mean"}) CHECK(on.state().get_keys(state, {}).size() == 1);
  context.keyed = nullptr;
  CHECK(failure_of([&] { runtime.get_map_state<int, int>({"other"}); }) == "state 'other' needs a keyed stream");
}

TEST_CASE("all kinds of state come back from a snapshot, from either backend into either (SN-10)") {
  OnEach on;
  const auto fill = [](KeyedStateBackend& state) {
    ListState<int> list(state, {"list"});
    Map map(state, {"map"});
    ReducingState<int> sum = sum_of(state);
    MeanState mean = mean_of(state);
    for (const char* key : {"a", "b", "c"}) {
      use_key(state, key);
      list.add_all({1, 2, 3});
      map.put_all({{"y", 1}, {"x", std::nullopt}});
      sum.add(key[0]);
      mean.add(key[0]);
    }
  };
  fill(on.state());
  const Bytes bytes = on.snapshot();
  for (const StateBackendKind kind : {StateBackendKind::Heap, StateBackendKind::RocksDb}) {
    StateWorld other;
    Backend restored = other.make(kind, StateWorld::kAll, AttemptId{2});
    REQUIRE(restored.state->restore(bytes).ok());
    CHECK(restored.state->digest(StateWorld::kAll) == on.state().digest(StateWorld::kAll));
    Map map(*restored.state, {"map"});  // the others stay as they came (ST-6)
    CHECK(restored.state->snapshot(CheckpointId{1})->write() == bytes);
    ListState<int> list(*restored.state, {"list"});
    ReducingState<int> sum = sum_of(*restored.state);
    MeanState mean = mean_of(*restored.state);
    CHECK(restored.state->snapshot(CheckpointId{1})->write() == bytes);
    use_key(*restored.state, "b");
    CHECK(list.get() == std::vector<int>{1, 2, 3});
    CHECK(map.entries() == Pairs{{"x", std::nullopt}, {"y", 1}});
    CHECK(*sum.get() == 'b');
    CHECK(mean.get() == double('b'));
  }
}

TEST_CASE("a key that does not decode as the type of its operator's keys ends the attempt (ST-5)") {
  OnEach on;
  ValueState<int> value(on.state(), {"value"});
  value.update(1);
  const auto visit = [&] { apply_to_all_keys<std::int64_t>(on.state(), {}, value, [](auto, auto&) {}); };
  CHECK_THROWS_AS(visit(), OperatorFailure);
}
