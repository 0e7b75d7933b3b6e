#include <catch2/catch.hpp>

#include "fakes/state_world.h"
#include "state/keyed_snapshot.h"
#include "state/rocksdb/cell_key.h"
#include "weir/engine/operator.h"

using namespace weir::engine;
using weir::engine::testing::MemoryDisk;
using weir::engine::testing::StateWorld;
using weir::engine::testing::use_key;

namespace {

void run_all(BackgroundWork* work) {
  while (work != nullptr && work->run_one()) {
  }
}

Bytes snapshot_of(KeyedStateBackend& backend) { return backend.snapshot(CheckpointId{1})->write(); }

}  // namespace

TEST_CASE("a RocksDB snapshot does not see what is written after its sync part (SN-2)") {
  StateWorld world;
  Backend backend = world.make(StateBackendKind::RocksDb);
  ValueState<int> count(*backend.state, {"count"});
  use_key(*backend.state, "a");
  count.update(1);
  const Bytes before = snapshot_of(*backend.state);
  const auto pending = backend.state->snapshot(CheckpointId{2});
  count.update(2);
  run_all(backend.work);
  ValueState<int> later(*backend.state, {"later"});
  later.update(9);
  count.clear();
  auto newer = backend.state->snapshot(CheckpointId{3});
  run_all(backend.work);
  newer.reset();
  CHECK(pending->write() == before);
}

TEST_CASE("a snapshot queues flushes and announces each; the snapshot does not wait for them") {
  StateWorld world;
  Backend backend = world.make(StateBackendKind::RocksDb);
  ValueState<int> count(*backend.state, {"count"});
  use_key(*backend.state, "a");
  count.update(1);
  CHECK(world.executor.queued == 0);
  const auto pending = backend.state->snapshot(CheckpointId{1});
  CHECK(world.executor.queued == 1);
  CHECK(world.disks.disk.listing().find(".sst") == std::string::npos);
  CHECK_FALSE(pending->write().empty());
  CHECK(backend.work->run_one());
  CHECK(world.disks.disk.listing().find(".sst") != std::string::npos);
  CHECK_FALSE(backend.work->run_one());
}

TEST_CASE("every announced job is there to be run") {
  StateWorld world;
  Backend backend = world.make(StateBackendKind::RocksDb);
  ValueState<int> count(*backend.state, {"count"});
  ValueState<int> other(*backend.state, {"other"});
  std::uint64_t ran = 0;
  for (int i = 0; i < 40; ++i) {
    use_key(*backend.state, std::to_string(i % 7));
    count.update(i);
    other.update(-i);
    backend.state->snapshot(CheckpointId{1});
    if (i % 3 == 0) ran += backend.work->run_one() ? 1 : 0;
  }
  while (backend.work->run_one()) ++ran;
  CHECK(ran == world.executor.queued);
  CHECK(ran > 2);
}

TEST_CASE("a state registered twice on RocksDB is the user's error") {
  StateWorld world;
  Backend backend = world.make(StateBackendKind::RocksDb);
  ValueState<int> count(*backend.state, {"count"});
  try {
    ValueState<int> again(*backend.state, {"count"});
    FAIL("registered twice");
  } catch (const OperatorFailure& failure) {
    CHECK(failure.cause == FailureCause::UserFunction);
    CHECK(failure.message.find("state 'count' is registered twice") != std::string::npos);
  }
}

TEST_CASE("a RocksDB cell that does not decode as its registered type is the user's error") {
  StateWorld world;
  Backend first = world.make(StateBackendKind::Heap);
  ValueState<std::string> text(*first.state, {"value"});
  use_key(*first.state, "a");
  text.update("a long text");
  Backend second = world.make(StateBackendKind::RocksDb);
  REQUIRE(second.state->restore(snapshot_of(*first.state)).ok());
  CHECK_THROWS_AS(ValueState<int>(*second.state, {"value"}), OperatorFailure);
}

TEST_CASE("restored state that nobody registers stays in RocksDB and is written again (ST-6)") {
  StateWorld world;
  Backend first = world.make(StateBackendKind::RocksDb);
  ValueState<int> old_state(*first.state, {"default"});  // RocksDB has a family of that name
  use_key(*first.state, "a");
  old_state.update(1);
  const Bytes bytes = snapshot_of(*first.state);
  Backend second = world.make(StateBackendKind::RocksDb, StateWorld::kAll, AttemptId{2});
  REQUIRE(second.state->restore(bytes).ok());
  ValueState<int> unrelated(*second.state, {"unrelated"});
  CHECK(snapshot_of(*second.state) == bytes);
  ValueState<int> old_again(*second.state, {"default"});
  use_key(*second.state, "a");
  CHECK(*old_again.get() == 1);
}

TEST_CASE("RocksDB restores its own range of key groups, also with two bytes of prefix (ST-3, RS-4)") {
  for (const std::uint32_t max_parallelism : {128u, 1000u}) {
    StateWorld world;
    const auto range_of = [&](std::uint32_t parallelism, std::uint32_t index) {
      return key_group_range(max_parallelism, parallelism, index);
    };
    Backend whole = world.make(StateBackendKind::RocksDb, range_of(1, 0), AttemptId{1}, max_parallelism);
    ValueState<int> count(*whole.state, {"count"});
    for (int i = 0; i < 200; ++i) {
      const std::string key = std::to_string(i);
      whole.state->set_current_key(key, weir::engine::testing::group_of(key, max_parallelism));
      count.update(i);
    }
    const Bytes bytes = snapshot_of(*whole.state);
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0; i < 3; ++i) {
      Backend part = world.make(StateBackendKind::RocksDb, range_of(3, i), AttemptId{2 + i}, max_parallelism);
      REQUIRE(part.state->restore(bytes).ok());
      CHECK(part.state->digest(range_of(1, 0)) == part.state->digest(range_of(3, i)));
      sum += part.state->digest(range_of(1, 0));
      Backend heap = world.make(StateBackendKind::Heap, range_of(3, i));
      REQUIRE(heap.state->restore(bytes).ok());
      CHECK(snapshot_of(*heap.state) == snapshot_of(*part.state));
    }
    Backend again = world.make(StateBackendKind::Heap, range_of(1, 0));
    REQUIRE(again.state->restore(bytes).ok());
    CHECK(sum == again.state->digest(range_of(1, 0)));
  }
}

TEST_CASE("bad bytes restore nothing into RocksDB") {
  StateWorld world;
  Backend backend = world.make(StateBackendKind::RocksDb);
  CHECK(backend.state->restore("not a snapshot at all").code() == StatusCode::Corrupt);
  CHECK(backend.state->digest(StateWorld::kAll) == 0);
}

TEST_CASE("a map's cell that is no list of entries restores nothing into RocksDB") {
  KeyedCells cells(StateWorld::kAll);
  cells.begin_state({"before", StateKind::Value, false, {}, "i64"});
  cells.add(weir::engine::testing::group_of("a"), {}, "a", "12345678");
  cells.begin_state({"ok", StateKind::Value, false, {}, "i64"});
  cells.add(weir::engine::testing::group_of("a"), {}, "a", "12345678");
  Bytes bytes = cells.encode("string");
  const std::size_t kind = bytes.find("ok") + 2;
  bytes[kind] = static_cast<char>(StateKind::Map);  // its schema of values is that of its user keys now
  bytes.resize(bytes.size() - 8);
  bytes.insert(kind + 2, serialize(std::string("i8")));
  bytes += serialize(hash_bytes(bytes));
  StateWorld world;
  Backend backend = world.make(StateBackendKind::RocksDb);
  const Status status = backend.state->restore(bytes);
  CHECK(status.code() == StatusCode::Corrupt);
  CHECK(status.message().find("a cell of state 'ok' does not decode") != std::string::npos);
  REQUIRE(backend.state->restore(KeyedCells(StateWorld::kAll).encode("string")).ok());
  CHECK(backend.state->digest(StateWorld::kAll) == 0);
}

TEST_CASE("keyed state of RocksDB without a current key is a bug of the engine") {
  StateWorld world;
  Backend backend = world.make(StateBackendKind::RocksDb, key_group_range(128, 2, 0));
  ValueState<int> count(*backend.state, {"count"});
  CHECK_THROWS_AS(count.get(), InvariantViolation);
  CHECK_THROWS_AS(backend.state->set_current_key("x", KeyGroup{64}), InvariantViolation);
}

TEST_CASE("the composite key leads with the key group, one byte or two, and gives both back (ST-3)") {
  Bytes cell;
  CellKeys(128).encode(KeyGroup{127}, "key", cell);
  CHECK(cell == Bytes("\x7Fkey\0", 5));
  CHECK(CellKeys(128).key(cell) == "key");
  const CellKeys wide(129);
  wide.encode(KeyGroup{0x0102}, "", cell);
  CHECK(cell == Bytes("\x01\x02\0", 3));
  CHECK(wide.group(cell) == KeyGroup{0x0102});
  CHECK(wide.key(cell).empty());
  Bytes last;
  wide.encode(KeyGroup{0x00FF}, "\xFF\xFF\xFF", last);
  CHECK(last < wide.lower_bound(KeyGroup{0x0100}));
  CHECK(wide.lower_bound(KeyGroup{0x0102}) < cell);
}

TEST_CASE("a backend destroyed with queued jobs and open snapshots is gone without a trace on the disk") {
  StateWorld world;
  Backend backend = world.make(StateBackendKind::RocksDb);
  ValueState<int> count(*backend.state, {"count"});
  std::vector<std::unique_ptr<PendingStateSnapshot>> pending;
  for (int i = 0; i < 5; ++i) {
    use_key(*backend.state, std::to_string(i));
    count.update(i);
    pending.push_back(backend.state->snapshot(CheckpointId{1}));
    if (i == 2) backend.work->run_one();
  }
  const std::string listing = world.disks.disk.listing();
  const std::uint64_t appends = world.disks.disk.appends;
  const std::uint64_t announced = world.executor.queued;
  backend.state.reset();
  CHECK(world.disks.disk.listing() == listing);
  CHECK(world.disks.disk.appends == appends);
  CHECK(world.executor.queued == announced);
  CHECK_THROWS_AS(pending.front()->write(), InvariantViolation);
  pending.clear();
}

TEST_CASE("the next attempt removes what earlier ones of its operator left on the disk") {
  StateWorld world;
  MemoryDisk& disk = world.disks.disk;
  REQUIRE(disk.make_directory("rocksdb").ok());
  REQUIRE(disk.create("rocksdb/s4-000000000000abcd-a1/CURRENT").ok());
  world.make(StateBackendKind::RocksDb, StateWorld::kAll, AttemptId{1});
  CHECK(disk.exists("rocksdb/s3-000000000000abcd-a1/CURRENT"));
  world.make(StateBackendKind::RocksDb, StateWorld::kAll, AttemptId{12});
  CHECK_FALSE(disk.exists("rocksdb/s3-000000000000abcd-a1/CURRENT"));
  CHECK(disk.exists("rocksdb/s3-000000000000abcd-a12/CURRENT"));
  CHECK(disk.exists("rocksdb/s4-000000000000abcd-a1/CURRENT"));  // another subtask's
}

TEST_CASE("a disk that refuses is a failure of the attempt, with what could not be done") {
  StateWorld world;
  Backend backend = world.make(StateBackendKind::RocksDb);
  ValueState<int> count(*backend.state, {"count"});
  use_key(*backend.state, "a");
  count.update(1);
  world.disks.disk.refuse_writes = true;
  CHECK_THROWS_AS(world.make(StateBackendKind::RocksDb, StateWorld::kAll, AttemptId{2}), OperatorFailure);
  const auto pending = backend.state->snapshot(CheckpointId{1});
  run_all(backend.work);
  try {
    count.update(2);
    FAIL("a database that could not flush took a write");
  } catch (const OperatorFailure& failure) {
    CHECK(failure.message.find("RocksDB cannot write a cell: IO error") == 0);
  }
}
