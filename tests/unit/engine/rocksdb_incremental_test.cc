// Native snapshots of RocksDB, from the sync part to what is in storage, and back.

#include <algorithm>
#include <catch2/catch.hpp>

#include "fakes/memory_storage.h"
#include "fakes/state_world.h"
#include "state/rocksdb/native_joint.h"
#include "weir/engine/operator.h"

using namespace weir::engine;
using weir::engine::testing::MemoryStorage;
using weir::engine::testing::registered;
using weir::engine::testing::restore;
using weir::engine::testing::StateWorld;
using weir::engine::testing::store;
using weir::engine::testing::use_key;

namespace {

constexpr KeyGroupRange kAll = StateWorld::kAll;

// An attempt with one value state, on a disk and a storage of its own.
struct Task {
  explicit Task(bool incremental = true)
      : backend(world.make(StateBackendKind::RocksDb, kAll, AttemptId{1}, StateWorld::kMaxParallelism, incremental)) {}

  void put(int first, int last, int value) {
    if (!count) count.emplace(*backend.state, ValueStateDescriptor<int>{"count"});
    for (int i = first; i < last; ++i) {
      use_key(*backend.state, std::to_string(i));
      count->update(value);
    }
  }
  KeyedStateHandle checkpoint(std::uint64_t id, SnapshotKind kind = SnapshotKind::Checkpoint) {
    return store(backend.state->snapshot({CheckpointId{id}, kind}), kAll, "chk-" + std::to_string(id) + "/t/0-1",
                 storage);
  }
  KeyedStateHandle confirmed(std::uint64_t id) {
    KeyedStateHandle handle = checkpoint(id);
    backend.state->notify_checkpoint_complete(CheckpointId{id});
    return handle;
  }
  void run_all() {
    while (backend.work->run_one()) {
    }
  }
  std::uint64_t digest() { return backend.state->digest(kAll); }

  StateWorld world;
  MemoryStorage storage;
  Backend backend;
  std::optional<ValueState<int>> count;
};

std::vector<std::string> uploaded(const KeyedStateHandle& handle) {
  std::vector<std::string> paths;
  for (const SharedFile& file : handle.shared) {
    if (!file.placeholder) paths.push_back(file.path);
  }
  return paths;
}
std::size_t reused(const KeyedStateHandle& handle) { return handle.shared.size() - uploaded(handle).size(); }
std::vector<std::string> names(const std::vector<PrivateFile>& files) {
  std::vector<std::string> out;
  for (const PrivateFile& file : files) out.push_back(file.name);
  return out;
}

}  // namespace

TEST_CASE("tables are shared, what joins them is private, and all of it is in storage (SN-12, SN-13)") {
  Task task;
  task.put(0, 20, 1);
  const KeyedStateHandle handle = task.checkpoint(1);
  CHECK(handle.native());
  REQUIRE(uploaded(handle).size() == 1);
  CHECK(uploaded(handle)[0].find("shared/chk-1/t/0-1/0-") == 0);
  REQUIRE(handle.private_files.size() == 2);
  CHECK(handle.private_files[0].name == "CURRENT");
  CHECK(handle.private_files[1].name.find("MANIFEST-") == 0);
  CHECK(handle.state.path == "chk-1/t/0-1/0-keyed");
  CHECK(task.storage.files.size() == 4);
  for (const SharedFile& file : handle.shared) CHECK(task.storage.files.at(file.path).size() == file.size);
}

TEST_CASE("only tables of a confirmed checkpoint are referred to (SN-13, SN-14)") {
  Task task;
  task.put(0, 20, 1);
  const auto first = task.checkpoint(1);
  task.put(20, 25, 2);
  const auto second = task.checkpoint(2);  // 1 is not confirmed: its table is uploaded again, elsewhere
  CHECK(reused(second) == 0);
  CHECK(uploaded(second).size() == 2);
  CHECK(first.shared[0].name == second.shared[0].name);
  CHECK(first.shared[0].path != second.shared[0].path);
  task.backend.state->notify_checkpoint_complete(CheckpointId{2});
  task.put(25, 26, 3);
  const auto third = task.checkpoint(3);
  CHECK(reused(third) == 2);
  CHECK(uploaded(third).size() == 1);
}

TEST_CASE("what an aborted checkpoint uploaded is uploaded again (SN-14, SN-15)") {
  Task task;
  task.put(0, 20, 1);
  task.confirmed(1);
  task.put(20, 25, 2);
  task.checkpoint(2);
  task.backend.state->notify_checkpoint_aborted(CheckpointId{2});
  task.backend.state->notify_checkpoint_complete(CheckpointId{2});  // of another attempt, or a mistake
  const auto third = task.checkpoint(3);
  CHECK(reused(third) == 1);
  CHECK(uploaded(third).size() == 1);
}

TEST_CASE("without a change nothing but the private files is uploaded") {
  Task task;
  task.put(0, 20, 1);
  task.confirmed(1);
  const auto second = task.checkpoint(2);
  CHECK(reused(second) == 1);
  CHECK(uploaded(second).empty());
}

TEST_CASE("after a change of one key in a hundred, at most 5 % of the bytes are uploaded (SN-13)") {
  Task task;
  task.put(0, 20'000, 1);
  task.confirmed(1);
  const std::uint64_t full = task.storage.written;
  task.put(0, 200, 2);
  task.confirmed(2);
  CHECK((task.storage.written - full) * 100 <= full * 5);
}

TEST_CASE("a full checkpoint refers to nothing and lends its files; a savepoint neither (SN-16, SP-4)") {
  Task task;
  task.put(0, 20, 1);
  task.confirmed(1);
  const auto full = task.checkpoint(2, SnapshotKind::FullCheckpoint);
  CHECK(reused(full) == 0);
  CHECK(uploaded(full).size() == 1);
  task.backend.state->notify_checkpoint_complete(CheckpointId{2});
  const auto savepoint = task.checkpoint(3, SnapshotKind::NativeSavepoint);
  CHECK(savepoint.shared.empty());
  CHECK(names(savepoint.private_files).size() == 3);
  task.backend.state->notify_checkpoint_complete(CheckpointId{3});  // FLINK-23949
  const auto next = task.checkpoint(4);
  REQUIRE(next.shared.size() == 1);
  CHECK(next.shared[0].path == full.shared[0].path);
}

TEST_CASE("the canonical form is there on an incremental backend too, and native files on one that is not (SP-4)") {
  Task incremental;
  Task plain(false);
  incremental.put(0, 20, 1);
  plain.put(0, 20, 1);
  CHECK_FALSE(plain.checkpoint(1).native());
  CHECK(plain.checkpoint(2, SnapshotKind::NativeSavepoint).native());
  const auto canonical = incremental.checkpoint(1, SnapshotKind::Canonical);
  CHECK_FALSE(canonical.native());
  CHECK(incremental.storage.files.at(canonical.state.path) == plain.storage.files.at("chk-1/t/0-1/0-keyed"));
}

TEST_CASE(
    "an incremental snapshot is what the state was in its sync part, whatever compactions do later (SN-2, SN-12)") {
  Task task;
  for (int i = 0; i < 3; ++i) {
    task.put(0, 20, i);
    task.checkpoint(static_cast<std::uint64_t>(i) + 1);
  }
  task.put(0, 20, 3);
  const std::uint64_t then = task.digest();
  auto pending = task.backend.state->snapshot(CheckpointId{9});
  task.put(0, 30, 4);
  task.backend.state->snapshot(CheckpointId{10});
  task.run_all();  // four tables become one, and go
  const auto handle = registered(store(std::move(pending), kAll, "chk-9/t/0-1", task.storage));
  CHECK(handle.shared.size() == 4);
  StateWorld other;
  Backend restored = other.make_incremental();
  REQUIRE(restore(*restored.state, {handle}, task.storage).ok());
  CHECK(restored.state->digest(kAll) == then);
}

TEST_CASE("what was restored goes on, from the files and the base of its checkpoint (SN-13, SN-18)") {
  Task task;
  task.put(0, 20, 1);
  task.confirmed(1);
  task.put(10, 30, 2);
  const auto handle = registered(task.confirmed(2));
  const std::uint64_t then = task.digest();
  StateWorld other;
  Backend second = other.make_incremental(AttemptId{2});
  REQUIRE(restore(*second.state, {handle}, task.storage, CheckpointId{2}).ok());
  CHECK(second.state->digest(kAll) == then);
  ValueState<int> count(*second.state, {"count"});
  use_key(*second.state, "15");
  CHECK(*count.get() == 2);
  count.update(7);
  const auto next = store(second.state->snapshot(CheckpointId{3}), kAll, "chk-3/t/0-2", task.storage);
  CHECK(reused(next) == 2);
  CHECK(uploaded(next).size() == 1);
  const std::uint64_t later = second.state->digest(kAll);
  Backend third = other.make_incremental(AttemptId{3});  // removes what the second has on the disk
  REQUIRE(restore(*third.state, {registered(next)}, task.storage, CheckpointId{3}).ok());
  CHECK(third.state->digest(kAll) == later);
}

TEST_CASE("after the restore of a checkpoint that is not the job's own everything is uploaded (SN-16)") {
  Task task;
  task.put(0, 20, 1);
  const auto handle = registered(task.confirmed(1));
  StateWorld other;
  Backend second = other.make_incremental(AttemptId{2});
  REQUIRE(restore(*second.state, {handle}, task.storage).ok());
  const auto next = store(second.state->snapshot(CheckpointId{2}), kAll, "chk-2/t/0-2", task.storage);
  CHECK(reused(next) == 0);
  CHECK(uploaded(next).size() == 1);
}

TEST_CASE("a second recovery from one checkpoint repeats names and never a path (SN-18)") {
  Task task;
  task.put(0, 20, 1);
  const auto handle = registered(task.confirmed(1));
  std::vector<KeyedStateHandle> next;
  for (std::uint32_t attempt : {2u, 3u}) {
    StateWorld other;
    Backend again = other.make_incremental(AttemptId{attempt});
    REQUIRE(restore(*again.state, {handle}, task.storage, CheckpointId{1}).ok());
    ValueState<int> count(*again.state, {"count"});
    use_key(*again.state, "5");
    count.update(static_cast<int>(attempt));
    next.push_back(
        store(again.state->snapshot(CheckpointId{2}), kAll, "chk-2/t/0-" + std::to_string(attempt), task.storage));
    const auto joint = decode_joint(task.storage.files.at(next.back().state.path));
    CHECK(joint.value().backend == "s3-000000000000abcd-a1");
  }
  REQUIRE(next[0].shared.size() == 2);
  CHECK(next[0].shared[1].name == next[1].shared[1].name);
  CHECK(next[0].shared[1].path != next[1].shared[1].path);
}

TEST_CASE("a rescaled subtask copies its key groups out of every handle into a database of its own (RS-4, SN-18)") {
  Task task;
  task.put(0, 200, 1);
  const auto whole = registered(task.confirmed(1));
  std::uint64_t sum = 0;
  std::vector<KeyedStateHandle> parts;
  for (std::uint32_t i = 0; i < 3; ++i) {
    const KeyGroupRange range = key_group_range(StateWorld::kMaxParallelism, 3, i);
    KeyedStateHandle cut = whole;
    cut.range = range;
    StateWorld other;
    Backend part = other.make_incremental(AttemptId{2 + i}, range);
    REQUIRE(restore(*part.state, {cut}, task.storage, CheckpointId{1}).ok());
    sum += part.state->digest(range);
    CHECK(part.state->digest(range) == part.state->digest(kAll));
    const auto handle =
        store(part.state->snapshot(CheckpointId{2}), range, "chk-2/t/" + std::to_string(i) + "-2", task.storage);
    CHECK(reused(handle) == 0);
    CHECK(decode_joint(task.storage.files.at(handle.state.path)).value().backend ==
          "s3-000000000000abcd-a" + std::to_string(2 + i));
    parts.push_back(registered(handle));
  }
  CHECK(sum == task.digest());
  StateWorld other;
  Backend joined = other.make_incremental(AttemptId{9});
  REQUIRE(restore(*joined.state, parts, task.storage, CheckpointId{2}).ok());
  CHECK(joined.state->digest(kAll) == task.digest());
  CHECK(other.disks.disk.listing().find("-restore") == std::string::npos);
}

TEST_CASE("a missing or damaged file is named and nothing is restored (P6)") {
  Task task;
  task.put(0, 20, 1);
  const auto handle = registered(task.confirmed(1));
  const std::string table = handle.shared[0].path;
  const std::string manifest = handle.private_files[1].state.path;
  const auto message_of = [&](const auto& harm) {
    MemoryStorage harmed = task.storage;
    harm(harmed.files);
    StateWorld other;
    Backend backend = other.make_incremental(AttemptId{2});
    const Status status = restore(*backend.state, {handle}, harmed, CheckpointId{1});
    CHECK(backend.state->digest(kAll) == 0);
    ValueState<int> count(*backend.state, {"count"});
    return status.message();
  };
  CHECK(message_of([&](auto& files) { files.erase(table); }) == table + " is missing");
  CHECK(message_of([&](auto& files) { files.erase(manifest); }) == manifest + " is missing");
  CHECK(message_of([&](auto& files) { files.at(table)[40] ^= 1; }) ==
        table + " is damaged: its content is not what was written");
  CHECK(message_of([&](auto& files) { files.at(manifest).pop_back(); }).find(manifest + " is damaged: it has ") == 0);
  CHECK(message_of([&](auto& files) {
          files.at("chk-1/t/0-1/0-keyed").pop_back();
        }).find("chk-1/t/0-1/0-keyed: RocksDB snapshot: checksum") == 0);
}

TEST_CASE("heap does not read files of RocksDB and says what to do") {
  Task task;
  task.put(0, 20, 1);
  const auto handle = registered(task.confirmed(1));
  Backend heap = task.world.make(StateBackendKind::Heap);
  const Status status = restore(*heap.state, {handle}, task.storage);
  CHECK(status.code() == StatusCode::Invalid);
  CHECK(status.message().find("canonical savepoint") != std::string::npos);
}

TEST_CASE("RocksDB that takes no incremental checkpoints itself restores one all the same") {
  Task task;
  task.put(0, 20, 1);
  const auto handle = registered(task.confirmed(1));
  Task plain(false);
  REQUIRE(restore(*plain.backend.state, {handle}, task.storage, CheckpointId{1}).ok());
  CHECK(plain.digest() == task.digest());
  CHECK_FALSE(plain.checkpoint(2).native());
}

TEST_CASE("the links of a snapshot are gone once it is read or given up, and a dead backend leaves its disk alone") {
  Task task;
  task.put(0, 20, 1);
  const auto linked = [&] { return task.world.disks.disk.listing().find("-chk-") != std::string::npos; };
  auto pending = task.backend.state->snapshot(CheckpointId{1});
  CHECK(linked());
  pending.reset();
  CHECK_FALSE(linked());
  task.checkpoint(2);
  CHECK_FALSE(linked());
  pending = task.backend.state->snapshot(CheckpointId{3});
  const std::string listing = task.world.disks.disk.listing();
  task.count.reset();
  task.backend = {};
  CHECK_THROWS_AS(pending->native()->read(), InvariantViolation);
  pending.reset();
  CHECK(task.world.disks.disk.listing() == listing);
}

TEST_CASE("a disk that refuses the flush fails the snapshot (BA-22)") {
  Task task;
  task.put(0, 20, 1);
  task.world.disks.disk.refuse_writes = true;
  CHECK_THROWS_AS(task.backend.state->snapshot(CheckpointId{1}), OperatorFailure);
}
