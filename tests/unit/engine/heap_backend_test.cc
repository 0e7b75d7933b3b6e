#include "state/heap_backend.h"

#include <catch2/catch.hpp>
#include <functional>

#include "fakes/state_world.h"
#include "weir/engine/operator.h"

using namespace weir::engine;
using weir::engine::testing::StateWorld;
using weir::engine::testing::use_key;

namespace {

std::unique_ptr<KeyedStateBackend> whole_backend() { return make_heap_backend(StateWorld::kAll); }

std::string failure_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const OperatorFailure& failure) {
    CHECK(failure.cause == FailureCause::UserFunction);
    return failure.message;
  }
  return "";
}

Bytes snapshot_of(KeyedStateBackend& backend) { return backend.snapshot(CheckpointId{1})->write(); }

}  // namespace

TEST_CASE("value state keeps one value per key and falls back to its default") {
  const auto backend = whole_backend();
  ValueState<int> count(*backend, {"count", 7});
  ValueState<std::string> name(*backend, {"name"});
  use_key(*backend, "a");
  CHECK(*count.get() == 7);
  CHECK(name.get() == nullptr);
  count.update(1);
  name.update("A");
  use_key(*backend, "b");
  CHECK(*count.get() == 7);
  count.update(2);
  use_key(*backend, "a");
  CHECK(*count.get() == 1);
  CHECK(*name.get() == "A");
  count.clear();
  CHECK(*count.get() == 7);
  CHECK(*name.get() == "A");
  CHECK(count.value_or(3) == 7);
  use_key(*backend, "b");
  CHECK(count.value_or(0) == 2);
}

TEST_CASE("a cell that is cleared and written again within one turn is found again") {
  const auto backend = whole_backend();
  ValueState<int> count(*backend, {"count"});
  use_key(*backend, "a");
  count.update(1);
  count.clear();
  CHECK(count.get() == nullptr);
  count.update(2);
  CHECK(*count.get() == 2);
  use_key(*backend, "b");
  count.update(3);
  count.clear();
  use_key(*backend, "a");
  CHECK(*count.get() == 2);
}

TEST_CASE("many keys survive growth and removal of half of them") {
  const auto backend = whole_backend();
  ValueState<int> count(*backend, {"count"});
  for (int i = 0; i < 2000; ++i) {
    use_key(*backend, "k" + std::to_string(i));
    count.update(i);
  }
  for (int i = 0; i < 2000; i += 2) {
    use_key(*backend, "k" + std::to_string(i));
    count.clear();
  }
  for (int i = 0; i < 2000; ++i) {
    use_key(*backend, "k" + std::to_string(i));
    REQUIRE(count.value_or(-1) == (i % 2 == 0 ? -1 : i));
  }
  CHECK(backend->tables()->all().front()->size() == 1000);
}

TEST_CASE("a snapshot does not see what is written after its sync part (SN-2)") {
  const auto backend = whole_backend();
  ValueState<int> count(*backend, {"count"});
  use_key(*backend, "a");
  count.update(1);
  const auto pending = backend->snapshot(CheckpointId{1});
  const Bytes before = snapshot_of(*backend);
  count.update(2);
  use_key(*backend, "b");
  count.update(3);
  CHECK(pending->write() == before);
  CHECK(snapshot_of(*backend) != before);
}

TEST_CASE("a restored heap backend has the same cells, digest and snapshot") {
  const auto backend = whole_backend();
  ValueState<int> count(*backend, {"count"});
  ValueState<std::string> name(*backend, {"name"});
  for (int i = 0; i < 300; ++i) {
    use_key(*backend, std::to_string(i));
    count.update(i);
    if (i % 5 == 0) name.update("n" + std::to_string(i));
  }
  const Bytes bytes = snapshot_of(*backend);
  const auto restored = whole_backend();
  REQUIRE(restored->restore(bytes).ok());
  CHECK(restored->digest(StateWorld::kAll) == backend->digest(StateWorld::kAll));
  CHECK(snapshot_of(*restored) == bytes);
  ValueState<std::string> name_again(*restored, {"name"});
  ValueState<int> count_again(*restored, {"count"});
  CHECK(restored->tables()->orphans().empty());
  CHECK(snapshot_of(*restored) == bytes);
  use_key(*restored, "255");
  CHECK(*count_again.get() == 255);
  CHECK(*name_again.get() == "n255");
}

TEST_CASE("the digest covers the asked range only and sums up over ranges") {
  const auto backend = whole_backend();
  ValueState<int> count(*backend, {"count"});
  for (int i = 0; i < 100; ++i) {
    use_key(*backend, std::to_string(i));
    count.update(i);
  }
  const KeyGroupRange low = key_group_range(128, 2, 0);
  const KeyGroupRange high = key_group_range(128, 2, 1);
  CHECK(backend->digest(low) != 0);
  CHECK(backend->digest(low) != backend->digest(high));
  CHECK(backend->digest(low) + backend->digest(high) == backend->digest(StateWorld::kAll));
}

TEST_CASE("the digest is the documented sum, so that any backend can be compared with it") {
  const auto backend = whole_backend();
  ValueState<std::uint8_t> count(*backend, {"count"});
  use_key(*backend, "a");
  count.update(5);
  CHECK(backend->digest(StateWorld::kAll) ==
        combine(hash_bytes("count"), combine(hash_bytes("a"), hash_bytes("\x05"))));
}

TEST_CASE("restored state that nobody registers stays and is written again (ST-6)") {
  const auto first = whole_backend();
  {
    ValueState<int> old_state(*first, {"old"});
    ValueState<int> kept(*first, {"kept"});
    use_key(*first, "a");
    old_state.update(1);
    kept.update(2);
  }
  const auto second = whole_backend();
  REQUIRE(second->restore(snapshot_of(*first)).ok());
  ValueState<int> kept(*second, {"kept"});
  REQUIRE(second->tables()->orphans().size() == 1);
  CHECK(second->tables()->orphans().front() == "old");
  use_key(*second, "a");
  kept.update(3);
  const auto third = whole_backend();
  REQUIRE(third->restore(snapshot_of(*second)).ok());
  ValueState<int> old_again(*third, {"old"});
  use_key(*third, "a");
  CHECK(*old_again.get() == 1);
}

TEST_CASE("a state restored after its registration goes to its table") {
  const auto first = whole_backend();
  ValueState<int> count(*first, {"count"});
  use_key(*first, "a");
  count.update(41);
  const auto second = whole_backend();
  ValueState<int> again(*second, {"count"});
  REQUIRE(second->restore(snapshot_of(*first)).ok());
  use_key(*second, "a");
  CHECK(*again.get() == 41);
}

TEST_CASE("a heap backend restores its own range of key groups only (RS-4)") {
  const auto whole = whole_backend();
  ValueState<int> count(*whole, {"count"});
  for (int i = 0; i < 100; ++i) {
    use_key(*whole, std::to_string(i));
    count.update(i);
  }
  const KeyGroupRange range = key_group_range(128, 3, 1);
  const auto part = make_heap_backend(range);
  REQUIRE(part->restore(snapshot_of(*whole)).ok());
  CHECK(part->digest(StateWorld::kAll) == whole->digest(range));
}

TEST_CASE("the same state registered twice is the user's error, with a remedy") {
  const auto backend = whole_backend();
  ValueState<int> count(*backend, {"count"});
  const std::string message = failure_of([&] { ValueState<std::string> again(*backend, {"count"}); });
  CHECK(message.find("state 'count' is registered twice") != std::string::npos);
  CHECK(message.find("a name of its own") != std::string::npos);
}

TEST_CASE("restored cells that do not decode as the registered type are the user's error") {
  const auto first = whole_backend();
  ValueState<std::string> text(*first, {"value"});
  use_key(*first, "a");
  text.update("a long text");
  const Bytes bytes = snapshot_of(*first);
  const auto second = whole_backend();
  REQUIRE(second->restore(bytes).ok());
  CHECK(failure_of([&] { ValueState<int> number(*second, {"value"}); }).find("do not decode") != std::string::npos);
  const auto third = whole_backend();
  ValueState<int> number(*third, {"value"});
  CHECK(third->restore(bytes).code() == StatusCode::Corrupt);
}

TEST_CASE("bad bytes restore nothing into a heap backend") {
  const auto backend = whole_backend();
  CHECK(backend->restore("not a snapshot at all").code() == StatusCode::Corrupt);
  CHECK(backend->digest(StateWorld::kAll) == 0);
}

TEST_CASE("keyed state without a current key, or with a foreign one, is a bug of the engine") {
  const auto backend = make_heap_backend(key_group_range(128, 2, 0));
  ValueState<int> count(*backend, {"count"});
  CHECK_THROWS_AS(count.get(), InvariantViolation);
  CHECK_THROWS_AS(count.update(1), InvariantViolation);
  CHECK_THROWS_AS(backend->set_current_key("x", KeyGroup{64}), InvariantViolation);
}
