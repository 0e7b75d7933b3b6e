// What happens to restored state whose type has changed (flink-semantics 5.4), on both backends.

#include <catch2/catch.hpp>
#include <functional>

#include "fakes/state_world.h"
#include "weir/engine/operator.h"

using namespace weir::engine;
using weir::engine::testing::StateWorld;
using weir::engine::testing::use_key;

namespace {

// The same struct over the life of a program.
struct Visit1 {
  std::string page;
  std::int32_t count = 0;
  static constexpr auto fields() { return std::tuple{&Visit1::page, &Visit1::count}; }
  static constexpr auto field_names() { return std::array{"page", "count"}; }
};
struct Visit2 {  // `count` is gone, `seconds` and `tags` are new
  std::int64_t seconds = 60;
  std::string page;
  std::vector<std::string> tags{"none"};
  static constexpr auto fields() { return std::tuple{&Visit2::seconds, &Visit2::page, &Visit2::tags}; }
  static constexpr auto field_names() { return std::array{"seconds", "page", "tags"}; }
  static constexpr std::uint32_t kSchemaVersion = 2;
};
struct Visit3 {  // `page` has another type: no evolution
  std::int64_t page = 0;
  static constexpr auto fields() { return std::tuple{&Visit3::page}; }
  static constexpr auto field_names() { return std::array{"page"}; }
  static constexpr std::uint32_t kSchemaVersion = 3;
};
struct Nameless {
  std::string page;
  std::int32_t count = 0;
  static constexpr auto fields() { return std::tuple{&Nameless::page, &Nameless::count}; }
};
// Types with serializers of their own.
struct Metres1 {
  double value = 0;
};
struct Metres2 {
  std::int64_t millimetres = 0;
};

}  // namespace

namespace weir::engine {
template <>
struct Serializer<Metres1> {
  static constexpr const char* kSchemaName = "metres";
  static constexpr std::uint32_t kSchemaVersion = 1;
  static void write(const Metres1& v, ByteWriter& w) { Serializer<double>::write(v.value, w); }
  static void read(Metres1& v, ByteReader& r) { Serializer<double>::read(v.value, r); }
};
template <>
struct Serializer<Metres2> {
  static constexpr const char* kSchemaName = "metres";
  static constexpr std::uint32_t kSchemaVersion = 2;
  static void write(const Metres2& v, ByteWriter& w) { w.fixed(v.millimetres); }
  static void read(Metres2& v, ByteReader& r) { v.millimetres = r.fixed<std::int64_t>(); }
  static void read_version(Metres2& v, ByteReader& r, std::uint32_t) {
    double old = 0;
    Serializer<double>::read(old, r);
    v.millimetres = static_cast<std::int64_t>(old * 1000);
  }
};
}  // namespace weir::engine

namespace {

struct OnEach {
  OnEach() { use_key(state(), "a"); }
  KeyedStateBackend& state() { return *backend.state; }
  Bytes snapshot() { return state().snapshot(CheckpointId{1})->write(); }
  void restart(const Bytes& bytes) {
    fresh();
    REQUIRE(state().restore(bytes).ok());
    use_key(state(), "a");
  }
  void fresh() {
    backend = {};
    backend = world.make(kind, StateWorld::kAll, AttemptId{++attempt});
  }

  StateBackendKind kind = GENERATE(StateBackendKind::Heap, StateBackendKind::RocksDb);
  StateWorld world;
  std::uint32_t attempt = 1;
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

template <class T>
Bytes snapshot_with(OnEach& on, const T& value) {
  ValueState<T> state(on.state(), {"state"});
  state.update(value);
  return on.snapshot();
}

Compatibility outcome(const std::string& written, const std::string& now) { return compare_schemas(written, now); }

}  // namespace

TEST_CASE("a type's schema is its wire form in words (5.4)") {
  CHECK(schema_of<std::int64_t>() == "i64");
  CHECK(schema_of<std::uint8_t>() == "u8");
  CHECK(schema_of<bool>() == "bool");
  CHECK(schema_of<double>() == "f64");
  CHECK(schema_of<StateKind>() == "u8");
  CHECK(schema_of<std::vector<std::optional<std::string>>>() == "[?string]");
  CHECK(schema_of<std::pair<int, std::tuple<>>>() == "(i32,())");
  CHECK(schema_of<Visit2>() == "{seconds:i64,page:string,tags:[string]}@2");
  CHECK(schema_of<Nameless>() == "{string,i32}");
  CHECK(schema_of<Metres1>() == "metres@1");
  CHECK(schema_of<Metres2>() == "metres@2+");
}

TEST_CASE("schemas have the four outcomes (5.4)") {
  CHECK(outcome("i64", "i64") == Compatibility::AsIs);
  CHECK(outcome("{string,i32}", "{page:string,count:i32}") == Compatibility::Reconfigured);
  CHECK(outcome("[{a:i32}]", "[{a:i32}@2]") == Compatibility::Reconfigured);
  CHECK(outcome("{a:i32}", "{a:i32,b:i32}") == Compatibility::AfterMigration);
  CHECK(outcome("{a:i32,b:i32}", "{b:i32,a:i32}") == Compatibility::AfterMigration);
  CHECK(outcome("?{a:{x:i32}}", "?{a:{y:i32}}") == Compatibility::AfterMigration);
  CHECK(outcome("metres@1", "metres@2+") == Compatibility::AfterMigration);
  CHECK(outcome("metres@1", "metres@2") == Compatibility::Incompatible);
  CHECK(outcome("metres@3", "metres@2+") == Compatibility::Incompatible);
  CHECK(outcome("{a:i32}", "{a:i64}") == Compatibility::Incompatible);             // a field changed its type (ST-19)
  CHECK(outcome("{a:i32,b:metres@1}", "{a:i32}") == Compatibility::Incompatible);  // nobody knows where it ends
  CHECK(outcome("{i32}", "{i32,i32}") == Compatibility::Incompatible);             // without names
  CHECK(outcome("i32", "u32") == Compatibility::Incompatible);
  CHECK(outcome("[i32]", "?i32") == Compatibility::Incompatible);
  CHECK(outcome("(i32)", "(i32,i32)") == Compatibility::Incompatible);
}

TEST_CASE("what is no schema is not compatible with anything else, and does no harm") {
  for (const char* text : {"", "[", "]", "{a:}", "{a:i32,i32}", "(i32", "i32@", "i32@x", "i32@0", "i32@99999999999",
                           "?", "{a:i32}x", "a b"}) {
    CHECK_FALSE(parse_schema(text).has_value());
    CHECK(outcome(text, "i32") == Compatibility::Incompatible);
  }
  CHECK_FALSE(parse_schema(std::string(100'000, '[')).has_value());
}

TEST_CASE("fields can be added and removed: the new have their defaults (ST-19)") {
  OnEach on;
  on.restart(snapshot_with<Visit1>(on, {"home", 3}));
  ValueState<Visit2> state(on.state(), {"state"});
  REQUIRE(state.get() != nullptr);
  CHECK(state.get()->page == "home");
  CHECK(state.get()->seconds == 60);
  CHECK(state.get()->tags == std::vector<std::string>{"none"});
  const Bytes migrated = on.snapshot();
  on.fresh();
  use_key(on.state(), "a");
  CHECK(migrated == snapshot_with<Visit2>(on, {60, "home", {"none"}}));  // the next snapshot is of the new form
}

TEST_CASE("lists, map values and accumulators are migrated element by element (ST-19)") {
  OnEach on;
  {
    ListState<Visit1> list(on.state(), {"list"});
    MapState<std::string, Visit1> map(on.state(), {"map"});
    ReducingState<std::vector<Visit1>> deep(on.state(), {"deep", {}});
    list.add_all({{"x", 1}, {"y", 2}});
    map.put("k", {"z", 3});
    map.put("null", std::nullopt);
    deep.add(std::vector<Visit1>{{"in", 4}, {"out", 5}});
    on.state().set_current_namespace("window");
    list.add({"w", 1});
  }
  on.restart(on.snapshot());
  ListState<Visit2> list(on.state(), {"list"});
  MapState<std::string, Visit2> map(on.state(), {"map"});
  ReducingState<std::vector<Visit2>> deep(on.state(), {"deep", {}});
  CHECK(list.get().size() == 2);
  CHECK(list.get()[1].page == "y");
  CHECK(map.get("k")->page == "z");
  CHECK(map.get("k")->seconds == 60);
  CHECK(map.contains("null"));
  CHECK(map.get("null") == nullptr);
  CHECK(deep.get()->at(1).page == "out");
  on.state().set_current_namespace("window");
  CHECK(list.get().at(0).page == "w");
}

TEST_CASE("naming the fields of a nameless struct needs no migration (5.4)") {
  OnEach on;
  on.restart(snapshot_with<Nameless>(on, {"home", 3}));
  ValueState<Visit1> state(on.state(), {"state"});
  CHECK(state.get()->page == "home");
  CHECK(state.get()->count == 3);
}

TEST_CASE("a serializer of one's own may read its older versions (5.4)") {
  OnEach on;
  on.restart(snapshot_with<Metres1>(on, {1.5}));
  ValueState<Metres2> state(on.state(), {"state"});
  CHECK(state.get()->millimetres == 1500);
}

TEST_CASE("an incompatible type is refused with the state's name and both versions (5.4)") {
  OnEach on;
  const Bytes bytes = snapshot_with<Visit2>(on, {});
  on.restart(bytes);
  const std::string message = failure_of([&] { ValueState<Visit3>(on.state(), {"state"}); });
  CHECK(message.find("state 'state' was written as {seconds:i64,page:string,tags:[string]}@2 and is registered as "
                     "{page:i64}@3") == 0);
  on.fresh();
  ValueState<Visit3> first(on.state(), {"state"});
  const Status status = on.state().restore(bytes);
  CHECK(status.code() == StatusCode::Corrupt);
  CHECK(status.message() == message);
}

TEST_CASE("another kind of state under the name is refused with both kinds, also after a restore (5.1)") {
  OnEach on;
  on.restart(snapshot_with<int>(on, 1));
  CHECK(failure_of([&] {
          ListState<int>(on.state(), {"state"});
        }).find("state 'state' was written as value state and is registered as list state") == 0);
}

TEST_CASE("the user keys of a map cannot change their type (5.4)") {
  OnEach on;
  {
    MapState<int, int> map(on.state(), {"map"});
    map.put(1, 1);
  }
  on.restart(on.snapshot());
  CHECK(failure_of([&] {
          MapState<std::string, int>(on.state(), {"map"});
        }).find("state 'map' was written as a map of i32 and is registered as a map of string") == 0);
}

TEST_CASE("state restored after its registration is migrated on the way in (5.4)") {
  OnEach on;
  Bytes bytes;
  {
    ListState<Visit1> list(on.state(), {"list"});
    MapState<int, Visit1> map(on.state(), {"map"});
    list.add({"x", 1});
    map.put(7, {"y", 2});
    bytes = on.snapshot();
  }
  on.fresh();
  ListState<Visit2> list(on.state(), {"list"});
  MapState<int, Visit2> map(on.state(), {"map"});
  REQUIRE(on.state().restore(bytes).ok());
  use_key(on.state(), "a");
  CHECK(list.get().at(0).page == "x");
  CHECK(map.get(7)->page == "y");
}

TEST_CASE("another type of keys is refused, even one that could be migrated (ST-18)") {
  OnEach on;
  on.state().use_key_schema(schema_of<Visit1>());
  const Bytes bytes = snapshot_with<int>(on, 1);
  on.restart(bytes);
  on.state().use_key_schema(schema_of<Nameless>());  // the same bytes
  on.restart(bytes);
  CHECK(failure_of([&] { on.state().use_key_schema(schema_of<Visit2>()); }).find("keys were written as {page:string") ==
        0);
  const Bytes again = on.snapshot();
  CHECK(again == bytes);  // who does not say what the keys are keeps what was said
  on.fresh();
  on.state().use_key_schema("i64");
  CHECK(on.state().restore(bytes).code() == StatusCode::Corrupt);
}
