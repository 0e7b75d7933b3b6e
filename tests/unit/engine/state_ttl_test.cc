// State with a time to live (ST-13..ST-17) on a clock that the test moves.

#include <catch2/catch.hpp>

#include "fakes/state_world.h"
#include "weir/engine/operator.h"

using namespace weir::engine;
using namespace std::chrono_literals;
using weir::engine::testing::StateWorld;
using weir::engine::testing::use_key;

namespace {

using Ttl = StateTtlConfig;

struct OnEach {
  OnEach() { use_key(state(), "a"); }
  KeyedStateBackend& state() { return *backend.state; }
  void wait(Duration d) { world.clock.at += d; }
  Bytes snapshot() { return state().snapshot(CheckpointId{1})->write(); }
  void restart(const Bytes& bytes) {
    backend = {};
    backend = world.make(kind, StateWorld::kAll, AttemptId{++attempt});
    REQUIRE(state().restore(bytes).ok());
    use_key(state(), "a");
  }

  StateBackendKind kind = GENERATE(StateBackendKind::Heap, StateBackendKind::RocksDb);
  StateWorld world;
  std::uint32_t attempt = 1;
  Backend backend = world.make(kind);
};

Ttl ten_seconds(Ttl::Update update = Ttl::Update::OnCreateAndWrite,
                Ttl::Visibility visibility = Ttl::Visibility::NeverReturnExpired) {
  Ttl config;
  config.ttl = 10s;
  config.update = update;
  config.visibility = visibility;
  config.cleanup_incrementally = 0;
  return config;
}

std::size_t cells_of(KeyedStateBackend& backend, const char* state) { return backend.get_keys(state, {}).size(); }

}  // namespace

TEST_CASE("a value expires when its last write is as old as its time to live (ST-13)") {
  OnEach on;
  ValueState<int> value(on.state(), {"value", std::nullopt, ten_seconds()});
  value.update(1);
  on.wait(9s);
  CHECK(*value.get() == 1);
  value.update(2);
  on.wait(10s - 1ns);
  CHECK(*value.get() == 2);
  on.wait(1ns);
  CHECK(cells_of(on.state(), "value") == 1);
  CHECK(value.get() == nullptr);
  CHECK(cells_of(on.state(), "value") == 0);  // removed when it was found (ST-14)
}

TEST_CASE("a time to live without end does not wrap around (ST-13)") {
  OnEach on;
  on.wait(1h);
  Ttl config = ten_seconds();
  config.ttl = Duration::max();
  ValueState<int> value(on.state(), {"value", std::nullopt, config});
  value.update(1);
  on.wait(24h);
  CHECK(*value.get() == 1);
}

TEST_CASE("a time to live must be positive") {
  OnEach on;
  CHECK_THROWS_AS(ListState<int>(on.state(), {"list", Ttl{}}), OperatorFailure);
}

TEST_CASE("with a time to live the default of a value is ignored (5.1)") {
  OnEach on;
  ValueState<int> value(on.state(), {"value", 7, ten_seconds()});
  CHECK(value.get() == nullptr);
  ValueState<int> off(on.state(), {"off", 7, ten_seconds(Ttl::Update::Disabled)});
  CHECK(*off.get() == 7);
  off.update(1);
  on.wait(1h);
  CHECK(*off.get() == 1);
}

TEST_CASE("reading keeps a value alive only when the job asks for that (ST-14)") {
  OnEach on;
  ValueState<int> written(on.state(), {"written", std::nullopt, ten_seconds()});
  ValueState<int> read(on.state(), {"read", std::nullopt, ten_seconds(Ttl::Update::OnReadAndWrite)});
  written.update(1);
  read.update(1);
  on.wait(9s);
  CHECK(*written.get() == 1);
  CHECK(*read.get() == 1);
  on.wait(9s);
  CHECK(written.get() == nullptr);
  CHECK(*read.get() == 1);
}

TEST_CASE("an expired value that was not cleaned up is shown once when the job wants it (ST-14)") {
  OnEach on;
  const auto lenient = ten_seconds(Ttl::Update::OnCreateAndWrite, Ttl::Visibility::ReturnExpiredIfNotCleanedUp);
  ValueState<int> value(on.state(), {"value", std::nullopt, lenient});
  ListState<int> list(on.state(), {"list", lenient});
  MapState<int, int> map(on.state(), {"map", lenient});
  value.update(1);
  list.add(1);
  map.put(1, 1);
  on.wait(5s);
  list.add(2);
  map.put(2, 2);
  on.wait(5s);
  CHECK(*value.get() == 1);
  CHECK(value.get() == nullptr);
  CHECK(list.get() == std::vector<int>{1, 2});
  CHECK(list.get() == std::vector<int>{2});
  CHECK(map.keys() == std::vector<int>{1, 2});
  CHECK(map.get(1) == nullptr);
  CHECK(map.keys() == std::vector<int>{2});
  on.wait(5s);
  CHECK(*map.get(2) == 2);
  CHECK(map.get(2) == nullptr);
}

TEST_CASE("iterating over a map reads its entries: what has expired goes, what is read lives on (ST-14)") {
  OnEach on;
  MapState<int, int> written(on.state(), {"written", ten_seconds()});
  MapState<int, int> read(on.state(), {"read", ten_seconds(Ttl::Update::OnReadAndWrite)});
  for (auto* map : {&written, &read}) map->put(1, 1);
  on.wait(9s);
  CHECK(written.keys() == std::vector<int>{1});
  CHECK(read.keys() == std::vector<int>{1});
  on.wait(9s);
  CHECK(written.is_empty());
  CHECK(cells_of(on.state(), "written") == 0);
  CHECK_FALSE(read.is_empty());
}

TEST_CASE("elements of a list and entries of a map expire one by one (ST-13)") {
  OnEach on;
  ListState<int> list(on.state(), {"list", ten_seconds()});
  MapState<int, int> map(on.state(), {"map", ten_seconds()});
  for (int i = 0; i < 3; ++i) {
    list.add(i);
    map.put(i, -i);
    on.wait(4s);
  }
  CHECK(list.get() == std::vector<int>{1, 2});
  CHECK(map.get(0) == nullptr);
  CHECK_FALSE(map.contains(0));
  CHECK(map.keys() == std::vector<int>{1, 2});
  on.wait(2s);
  CHECK(list.get() == std::vector<int>{2});
  CHECK(map.entries() == std::vector<MapState<int, int>::Entry>{{2, -2}});
  on.wait(4s);
  CHECK(list.get().empty());
  CHECK(map.is_empty());
  CHECK(cells_of(on.state(), "list") == 0);
}

TEST_CASE("a list that is kept alive by reading rewrites what has not expired (ST-14)") {
  OnEach on;
  ListState<int> list(on.state(), {"list", ten_seconds(Ttl::Update::OnReadAndWrite)});
  MapState<int, int> map(on.state(), {"map", ten_seconds(Ttl::Update::OnReadAndWrite)});
  list.add(1);
  map.put(1, 1);
  on.wait(6s);
  list.add(2);
  map.put(2, 2);
  on.wait(6s);
  CHECK(list.get() == std::vector<int>{2});
  CHECK(*map.get(2) == 2);
  on.wait(9s);
  CHECK(list.get() == std::vector<int>{2});
  CHECK(*map.get(2) == 2);
}

TEST_CASE("what has expired takes no part in reducing, aggregating and merging (ST-14, ST-2)") {
  OnEach on;
  const auto lenient = ten_seconds(Ttl::Update::OnCreateAndWrite, Ttl::Visibility::ReturnExpiredIfNotCleanedUp);
  ReducingState<int> sum(on.state(), {"sum", [](int a, int b) { return a + b; }, lenient});
  sum.add(1);
  on.wait(10s);
  sum.add(2);
  CHECK(*sum.get() == 2);
  on.state().set_current_namespace("old");
  sum.add(100);
  on.wait(5s);
  on.state().set_current_namespace("new");
  sum.add(10);
  on.wait(5s);
  sum.merge_namespaces("target", {"old", "new"});
  on.state().set_current_namespace("target");
  CHECK(*sum.get() == 10);
}

TEST_CASE("the time of the last write is in the snapshot, and down-time counts (ST-16)") {
  OnEach on;
  {
    ValueState<int> value(on.state(), {"value", std::nullopt, ten_seconds()});
    value.update(1);
  }
  on.wait(4s);
  const Bytes bytes = on.snapshot();
  on.wait(5s);
  on.restart(bytes);
  {
    ValueState<int> value(on.state(), {"value", std::nullopt, ten_seconds()});
    CHECK(*value.get() == 1);
  }
  on.wait(1s);
  on.restart(bytes);
  ValueState<int> value(on.state(), {"value", std::nullopt, ten_seconds()});
  CHECK(value.get() == nullptr);
}

TEST_CASE("the configuration is not in the snapshot: a longer time to live brings back what was not cleaned (ST-16)") {
  OnEach on;
  {
    ValueState<int> value(on.state(), {"value", std::nullopt, ten_seconds()});
    value.update(1);
  }
  on.wait(1min);
  on.restart(on.snapshot());
  Ttl config = ten_seconds();
  config.ttl = 1h;
  ValueState<int> value(on.state(), {"value", std::nullopt, config});
  CHECK(*value.get() == 1);
}

TEST_CASE("a time to live can be given to existing state, which then counts from now, and taken away (ST-16)") {
  OnEach on;
  {
    ValueState<int> value(on.state(), {"value"});
    ListState<int> list(on.state(), {"list"});
    MapState<int, int> map(on.state(), {"map"});
    value.update(1);
    list.add_all({1, 2});
    map.put(1, 2);
  }
  on.wait(1h);
  on.restart(on.snapshot());
  {
    ValueState<int> value(on.state(), {"value", std::nullopt, ten_seconds()});
    ListState<int> list(on.state(), {"list", ten_seconds()});
    MapState<int, int> map(on.state(), {"map", ten_seconds()});
    on.wait(9s);
    CHECK(*value.get() == 1);
    CHECK(list.get() == std::vector<int>{1, 2});
    CHECK(*map.get(1) == 2);
    on.wait(1s);
    CHECK(list.get().empty());
  }
  on.restart(on.snapshot());
  ValueState<int> value(on.state(), {"value"});
  MapState<int, int> map(on.state(), {"map"});
  CHECK(*value.get() == 1);
  CHECK(*map.get(1) == 2);
}

TEST_CASE("heap cleans up a few cells at every access, whatever the key (ST-15)") {
  StateWorld world;
  Backend backend = world.make(StateBackendKind::Heap);
  Ttl config = ten_seconds();
  config.cleanup_incrementally = 5;
  ValueState<int> value(*backend.state, {"value", std::nullopt, config});
  for (int i = 0; i < 12; ++i) {
    use_key(*backend.state, std::to_string(i));
    value.update(i);
  }
  world.clock.at += 10s;
  use_key(*backend.state, "nobody");
  CHECK(value.get() == nullptr);
  CHECK(cells_of(*backend.state, "value") == 7);
  value.get();
  CHECK(cells_of(*backend.state, "value") == 2);
  value.get();
  CHECK(cells_of(*backend.state, "value") == 0);
}

TEST_CASE("cleaning up does not reach into an open snapshot (ST-15, SN-8)") {
  OnEach on;
  Ttl config = ten_seconds();
  config.cleanup_incrementally = 5;
  ListState<int> list(on.state(), {"list", config});
  list.add(1);
  on.wait(5s);
  list.add(2);
  const Bytes before = on.snapshot();
  const auto open = on.state().snapshot(CheckpointId{2});
  on.wait(6s);
  CHECK(list.get() == std::vector<int>{2});
  on.wait(6s);
  CHECK(list.get().empty());
  CHECK(open->write() == before);
}

TEST_CASE("a full snapshot can leave out what has expired, working state keeps it (ST-15)") {
  OnEach on;
  Ttl config = ten_seconds();
  config.cleanup_full_snapshot = true;
  ValueState<int> value(on.state(), {"value", std::nullopt, config});
  ListState<int> list(on.state(), {"list", config});
  MapState<int, int> map(on.state(), {"map", config});
  value.update(1);
  list.add(1);
  map.put(1, 1);
  on.wait(5s);
  list.add(2);
  map.put(2, 2);
  on.wait(5s);
  const auto pending = on.state().snapshot(CheckpointId{1});
  on.wait(5s);  // what counts is the time of the sync part
  const Bytes bytes = pending->write();
  CHECK(cells_of(on.state(), "value") == 1);
  on.restart(bytes);
  CHECK(cells_of(on.state(), "value") == 0);
  Ttl longer = config;
  longer.ttl = 1h;
  ValueState<int> value_again(on.state(), {"value", std::nullopt, longer});
  ListState<int> list_again(on.state(), {"list", longer});
  MapState<int, int> map_again(on.state(), {"map", longer});
  CHECK(value_again.get() == nullptr);
  CHECK(list_again.get() == std::vector<int>{2});
  CHECK(map_again.keys() == std::vector<int>{2});
}

TEST_CASE("state with a time to live is no part of the digest (ST-17)") {
  OnEach on;
  ValueState<int> value(on.state(), {"value", std::nullopt, ten_seconds()});
  value.update(1);
  CHECK(on.state().digest(StateWorld::kAll) == 0);
  on.restart(on.snapshot());
  CHECK(on.state().digest(StateWorld::kAll) == 0);
}
