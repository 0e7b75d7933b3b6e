// Changelog snapshots, from the sync part to what is in storage, and back; over both backends.

#include <algorithm>
#include <catch2/catch.hpp>

#include "fakes/memory_storage.h"
#include "fakes/state_world.h"
#include "state/changelog/changelog.h"
#include "state/changelog/log_segment.h"
#include "state/heap_backend.h"
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

// An attempt with one value state and one list, on a storage that it may share with others.
struct Task {
  Task(StateBackendKind kind, MemoryStorage& in, std::uint32_t attempt = 1, KeyGroupRange owned = kAll)
      : storage(in),
        range(owned),
        number(attempt),
        backend(world.make_with_changelog(kind, AttemptId{attempt}, owned)) {}

  void put(int first, int last, int value) {
    if (!count) count.emplace(*backend.state, ValueStateDescriptor<int>{"count"});
    for (int i = first; i < last; ++i) {
      use_key(*backend.state, std::to_string(i));
      count->update(value);
    }
  }
  void clear(int key) {
    use_key(*backend.state, std::to_string(key));
    count->clear();
  }
  void append(int key, int element) {
    if (!list) list.emplace(*backend.state, ListStateDescriptor<int>{"list"});
    use_key(*backend.state, std::to_string(key));
    list->add(element);
  }
  KeyedStateHandle checkpoint(std::uint64_t id, SnapshotKind kind = SnapshotKind::Checkpoint) {
    return store(backend.state->snapshot({CheckpointId{id}, kind}), range, directory(id), storage);
  }
  KeyedStateHandle confirmed(std::uint64_t id, SnapshotKind kind = SnapshotKind::Checkpoint) {
    KeyedStateHandle handle = checkpoint(id, kind);
    backend.state->notify_checkpoint_complete(CheckpointId{id});
    return handle;
  }
  // Sync and async part, and the write; null when there was nothing to do.
  std::shared_ptr<MaterializedFile> materialize() {
    auto part = backend.state->changelog()->begin_materialization();
    return part ? finish(*part) : nullptr;
  }
  std::shared_ptr<MaterializedFile> finish(Changelog::Materialization& part) {
    auto file = std::make_shared<MaterializedFile>(
        MaterializedFile{"shared/m-" + std::to_string(part.id) + "/" + std::to_string(number)});
    storage.put(file->path, part.write());
    backend.state->changelog()->materialized(part, file);
    return file;
  }
  void start_from(const std::vector<KeyedStateHandle>& handles, CheckpointId base = kNoCheckpoint) {
    REQUIRE(restore(*backend.state, handles, storage, base).ok());
  }
  std::string directory(std::uint64_t id) const {
    return "chk-" + std::to_string(id) + "/t/" + std::to_string(range.first.value) + "-" + std::to_string(number);
  }
  std::uint64_t digest() { return backend.state->digest(range); }

  StateWorld world;
  MemoryStorage& storage;
  KeyGroupRange range;
  std::uint32_t number;
  Backend backend;
  std::optional<ValueState<int>> count;
  std::optional<ListState<int>> list;
};

// One attempt, over each backend.
struct Logged {
  const StateBackendKind kind = GENERATE(StateBackendKind::Heap, StateBackendKind::RocksDb);
  MemoryStorage storage;
  Task task{kind, storage};
};

std::vector<std::string> names(const KeyedStateHandle& handle) {
  std::vector<std::string> found;
  for (const SharedFile& file : handle.shared) found.push_back(file.name);
  return found;
}
std::size_t reused(const KeyedStateHandle& handle) {
  return static_cast<std::size_t>(
      std::count_if(handle.shared.begin(), handle.shared.end(), [](const auto& f) { return f.placeholder; }));
}
const SharedFile& file(const KeyedStateHandle& handle, const std::string& name) {
  const auto at =
      std::find_if(handle.shared.begin(), handle.shared.end(), [&](const auto& f) { return f.name == name; });
  if (at == handle.shared.end()) FAIL("no file " << name);
  return *at;
}
std::uint64_t digest_of(const KeyedStateHandle& handle, MemoryStorage& storage) {
  const auto reader = make_heap_backend(kAll);
  REQUIRE(restore(*reader, {registered(handle)}, storage).ok());
  return reader->digest(kAll);
}
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(Logged,
                 "the first checkpoint materialises by itself, the next ones upload what changed since (SN-20)") {
  task.put(0, 500, 1);
  CHECK(names(task.confirmed(1)) == Names{"log-1"});
  const std::uint64_t before = storage.written;
  task.put(3, 6, 2);
  task.clear(7);
  const KeyedStateHandle second = task.confirmed(2);
  CHECK(names(second) == Names{"log-1", "log-2"});
  CHECK(second.changelog());
  CHECK(reused(second) == 1);
  CHECK(storage.written - before < 600);
  CHECK(digest_of(second, storage) == task.digest());
  const KeyedStateHandle third = task.confirmed(3);  // nothing changed
  CHECK(names(third) == Names{"log-1", "log-2"});
  CHECK(reused(third) == 2);
}

TEST_CASE_METHOD(Logged, "without any state there is an empty materialisation (SN-20)") {
  const KeyedStateHandle handle = task.confirmed(1);
  CHECK(names(handle) == Names{"materialized-1"});
  CHECK(digest_of(handle, storage) == 0);
}

TEST_CASE_METHOD(Logged, "what happens after the sync part is not in the checkpoint (SN-2, SN-20)") {
  task.put(0, 10, 1);
  const std::uint64_t then = task.digest();
  auto pending = task.backend.state->snapshot(CheckpointId{1});
  task.put(0, 10, 2);
  const KeyedStateHandle handle = store(std::move(pending), kAll, task.directory(1), storage);
  CHECK(digest_of(handle, storage) == then);
}

TEST_CASE_METHOD(Logged, "a materialisation has a number of its own, and the log before it goes (SN-21, SN-22)") {
  task.put(0, 100, 1);
  task.confirmed(7);
  task.put(0, 10, 2);
  const auto materialized = task.materialize();
  REQUIRE(materialized != nullptr);
  CHECK_FALSE(materialized->sent);
  task.put(5, 8, 3);
  const KeyedStateHandle handle = task.checkpoint(8);
  CHECK(names(handle) == Names{"materialized-1", "log-3"});
  CHECK(file(handle, "materialized-1").path == materialized->path);
  CHECK_FALSE(file(handle, "materialized-1").placeholder);  // the registry has not heard of it
  CHECK(materialized->sent);
  CHECK(digest_of(handle, storage) == task.digest());
  CHECK(file(task.checkpoint(9), "materialized-1").path == materialized->path);  // not uploaded again
  task.backend.state->notify_checkpoint_complete(CheckpointId{9});
  CHECK(file(task.checkpoint(10), "materialized-1").placeholder);
}

TEST_CASE_METHOD(Logged, "nothing is materialised when nothing changed (SN-21)") {
  task.put(0, 10, 1);
  REQUIRE(task.materialize() != nullptr);
  CHECK(task.materialize() == nullptr);
  task.clear(3);
  CHECK(task.materialize() != nullptr);
}

TEST_CASE_METHOD(Logged, "a checkpoint across the end of a materialisation keeps the log it was begun with (SN-22)") {
  task.put(0, 10, 1);
  auto part = task.backend.state->changelog()->begin_materialization();
  task.put(2, 4, 2);
  const std::uint64_t then = task.digest();
  auto pending = task.backend.state->snapshot(CheckpointId{1});
  const auto materialized = task.finish(*part);
  task.put(4, 6, 3);
  const KeyedStateHandle first = store(std::move(pending), kAll, task.directory(1), storage);
  CHECK(names(first) == Names{"log-1", "log-2"});
  CHECK(digest_of(first, storage) == then);
  CHECK_FALSE(materialized->sent);
  const KeyedStateHandle second = task.checkpoint(2);
  CHECK(names(second) == Names{"materialized-1", "log-2", "log-3"});
  CHECK(digest_of(second, storage) == task.digest());
}

TEST_CASE_METHOD(Logged, "a materialisation that fails changes nothing, the next one covers it (SN-21)") {
  task.put(0, 10, 1);
  static_cast<void>(task.backend.state->changelog()->begin_materialization());
  task.put(0, 3, 2);
  const KeyedStateHandle handle = task.confirmed(1);
  CHECK(names(handle) == Names{"log-1", "log-2"});
  CHECK(digest_of(handle, storage) == task.digest());
  REQUIRE(task.materialize() != nullptr);
  CHECK(names(task.confirmed(2)) == Names{"materialized-2"});
}

TEST_CASE_METHOD(Logged,
                 "segments of an unconfirmed checkpoint are uploaded again under another path (SN-14, SN-22, SN-24)") {
  task.put(0, 10, 1);
  const KeyedStateHandle first = task.checkpoint(1);
  task.put(0, 10, 2);
  const KeyedStateHandle second = task.checkpoint(2);
  CHECK(reused(second) == 0);
  CHECK(file(second, "log-1").path != file(first, "log-1").path);
  task.backend.state->notify_checkpoint_aborted(CheckpointId{1});
  task.backend.state->notify_checkpoint_complete(CheckpointId{2});
  const KeyedStateHandle third = task.checkpoint(3);
  CHECK(reused(third) == 2);
  CHECK(file(third, "log-1").path == file(second, "log-1").path);
  task.backend.state->notify_checkpoint_complete(CheckpointId{1});  // not what the newest one stands on
  CHECK(file(task.checkpoint(4), "log-1").path == file(second, "log-1").path);
}

TEST_CASE_METHOD(Logged, "replay puts the log on top of the materialised part, in order (SN-23)") {
  task.put(0, 20, 1);
  task.append(1, 10);
  REQUIRE(task.materialize() != nullptr);
  task.append(1, 11);
  task.put(3, 5, 2);
  task.confirmed(1);
  task.clear(3);
  task.append(1, 12);
  task.put(4, 5, 3);
  task.confirmed(2);
  task.put(3, 4, 4);
  task.list->clear();
  task.append(1, 13);
  const KeyedStateHandle handle = registered(task.confirmed(3));
  CHECK(names(handle) == Names{"materialized-1", "log-2", "log-3", "log-4"});

  for (const StateBackendKind to : {StateBackendKind::Heap, StateBackendKind::RocksDb}) {
    Task next(to, storage, 2);
    next.start_from({handle}, CheckpointId{3});
    CHECK(next.digest() == task.digest());
    next.append(1, 14);
    use_key(*next.backend.state, "1");
    const KeyedStateHandle later = next.confirmed(4);  // goes on where the log was
    CHECK(names(later) == Names{"materialized-1", "log-2", "log-3", "log-4", "log-5"});
    CHECK(reused(later) == 4);
    CHECK(digest_of(later, storage) == next.digest());
  }
}

TEST_CASE_METHOD(
    Logged, "state that came in otherwise is materialised with the next checkpoint, which refers to no older file") {
  task.put(0, 20, 1);
  const KeyedStateHandle log = registered(task.confirmed(1));
  const auto plain = task.backend.state->snapshot({CheckpointId{2}, SnapshotKind::Canonical});
  REQUIRE(plain->native() == nullptr);  // SP-4: readable by every backend
  const KeyedStateHandle whole =
      store(task.backend.state->snapshot({CheckpointId{2}, SnapshotKind::Canonical}), kAll, "savepoint-2/t", storage);
  struct Case {
    const char* what;
    std::vector<KeyedStateHandle> handles;
    CheckpointId base;
  };
  KeyedStateHandle low = log, high = log;
  low.range.last = KeyGroup{63};
  high.range.first = KeyGroup{64};
  for (const Case& c : {Case{"a plain snapshot", {whole}, CheckpointId{2}}, Case{"not owned", {log}, kNoCheckpoint},
                        Case{"several parts", {low, high}, CheckpointId{1}}}) {
    INFO(c.what);
    Task next(kind, storage, 5);
    next.start_from(c.handles, c.base);
    CHECK(next.digest() == task.digest());
    next.put(3, 4, 9);
    const KeyedStateHandle handle = next.checkpoint(3);
    CHECK(names(handle) == Names{"materialized-1"});
    CHECK(reused(handle) == 0);
    CHECK(digest_of(handle, storage) == next.digest());
    next.put(4, 5, 9);
    next.backend.state->notify_checkpoint_complete(CheckpointId{3});
    CHECK(digest_of(next.checkpoint(4), storage) == next.digest());
  }
}

TEST_CASE("a job without a changelog goes on from one, and one with it from an incremental checkpoint (SN-23, SH-8)") {
  MemoryStorage storage;
  Task task(StateBackendKind::Heap, storage);
  task.put(0, 20, 1);
  REQUIRE(task.materialize() != nullptr);
  task.put(0, 3, 2);
  const KeyedStateHandle log = registered(task.confirmed(1));
  for (const bool incremental : {false, true}) {
    StateWorld world;
    const Backend plain =
        world.make(StateBackendKind::RocksDb, kAll, AttemptId{2}, StateWorld::kMaxParallelism, incremental);
    REQUIRE(restore(*plain.state, {log}, storage, CheckpointId{1}).ok());
    CHECK(plain.state->digest(kAll) == task.digest());
    const KeyedStateHandle whole =
        registered(store(plain.state->snapshot(CheckpointId{2}), kAll, incremental ? "chk-2/i" : "chk-2/w", storage));
    CHECK(whole.native() == incremental);
    CHECK_FALSE(whole.changelog());

    Task again(StateBackendKind::RocksDb, storage, 3);
    again.start_from({whole}, CheckpointId{2});
    CHECK(again.digest() == task.digest());
    again.put(3, 4, 7);
    const KeyedStateHandle handle = again.confirmed(3);
    CHECK(names(handle) == Names{"materialized-1"});  // none of the other's private files
    CHECK(digest_of(handle, storage) == again.digest());
  }
}

TEST_CASE_METHOD(
    Logged, "a checkpoint without a base may be lost before it is written; the next one materialises again (SN-20)") {
  task.put(0, 20, 1);
  const KeyedStateHandle log = registered(task.confirmed(1));
  Task next(kind, storage, 2);
  next.start_from({log});
  next.put(0, 2, 5);
  next.backend.state->snapshot(CheckpointId{2}).reset();
  next.put(2, 4, 5);
  const KeyedStateHandle handle = next.checkpoint(3);
  CHECK(names(handle) == Names{"materialized-2"});
  CHECK(digest_of(handle, storage) == next.digest());
}

TEST_CASE_METHOD(Logged,
                 "a checkpoint begun before a materialisation was written may be confirmed after it (SN-13, SN-22)") {
  auto empty = task.backend.state->snapshot(CheckpointId{1});  // materialises when it is written
  task.put(0, 5, 1);
  auto logged = task.backend.state->snapshot(CheckpointId{2});
  CHECK(names(store(std::move(empty), kAll, task.directory(1), storage)) == Names{"materialized-1"});
  task.backend.state->notify_checkpoint_complete(CheckpointId{1});
  CHECK(reused(task.checkpoint(3)) == 1);
  CHECK(names(store(std::move(logged), kAll, task.directory(2), storage)) == Names{"log-1"});
  task.backend.state->notify_checkpoint_complete(CheckpointId{2});
  const KeyedStateHandle handle = task.checkpoint(4);
  CHECK(handle.shared.size() == 2);
  CHECK(digest_of(handle, storage) == task.digest());
}

TEST_CASE_METHOD(Logged, "a full checkpoint brings everything itself, and the log goes on from it (SN-16)") {
  task.put(0, 20, 1);
  task.confirmed(1);
  task.put(0, 2, 2);
  const KeyedStateHandle full = task.confirmed(2, SnapshotKind::FullCheckpoint);
  CHECK(names(full) == Names{"materialized-1"});
  task.put(1, 3, 3);
  const KeyedStateHandle after = task.confirmed(3);
  CHECK(names(after) == Names{"materialized-1", "log-3"});
  CHECK(reused(after) == 1);
  CHECK(digest_of(after, storage) == task.digest());
}

TEST_CASE_METHOD(Logged, "a rescaled subtask replays its key groups only (SN-23, RS-4)") {
  task.put(0, 200, 1);
  REQUIRE(task.materialize() != nullptr);
  task.put(100, 300, 2);
  KeyedStateHandle handle = registered(task.confirmed(1));
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < 3; ++i) {
    const KeyGroupRange range = key_group_range(StateWorld::kMaxParallelism, 3, i);
    Task part(kind, storage, 2, range);
    handle.range = range;
    part.start_from({handle}, CheckpointId{1});
    sum += part.digest();
  }
  CHECK(sum == task.digest());
}

TEST_CASE_METHOD(Logged, "a state that changes its form makes the log before it useless (SN-20)") {
  task.put(0, 20, 1);
  const KeyedStateHandle handle = registered(task.confirmed(1));
  Task next(kind, storage, 2);
  next.start_from({handle}, CheckpointId{1});
  ValueStateDescriptor<int> with_ttl{"count"};  // cells get a stamp (ST-16)
  with_ttl.ttl = StateTtlConfig{.ttl = 1h};
  ValueState<int> count(*next.backend.state, with_ttl);
  use_key(*next.backend.state, "3");
  count.update(7);
  const KeyedStateHandle later = next.confirmed(2);
  CHECK(names(later) == Names{"materialized-1"});
  use_key(*next.backend.state, "4");
  count.update(8);
  const KeyedStateHandle after = registered(next.confirmed(3));
  CHECK(after.shared.size() == 2);

  Task again(kind, storage, 3);
  again.start_from({after}, CheckpointId{3});
  ValueState<int> found(*again.backend.state, with_ttl);
  use_key(*again.backend.state, "4");
  CHECK(*found.get() == 8);
  use_key(*again.backend.state, "5");
  CHECK(*found.get() == 1);
}

TEST_CASE("a missing or damaged piece is named (SN-23)") {
  MemoryStorage storage;
  Task task(StateBackendKind::Heap, storage);
  task.put(0, 20, 1);
  REQUIRE(task.materialize() != nullptr);
  task.put(0, 3, 2);
  const KeyedStateHandle handle = registered(task.confirmed(1));
  for (const SharedFile& piece : handle.shared) {
    const Bytes whole = storage.files.at(piece.path);
    const auto message = [&] { return restore(*make_heap_backend(kAll), {handle}, storage).message(); };
    storage.files.at(piece.path)[whole.size() / 2] ^= 1;
    CHECK(message().find(piece.path + " is damaged") != std::string::npos);
    storage.files.erase(piece.path);
    CHECK(message().find(piece.path + " is missing") != std::string::npos);
    storage.files[piece.path] = whole;
  }
}

TEST_CASE("a segment is what was put in, last value first, and no other bytes are one (SN-20)") {
  const std::vector<StateMeta> states{{"v", StateKind::Value, false, {}, "i32"},
                                      {"l", StateKind::List, false, {}, "i32"},
                                      {"m", StateKind::Map, false, "text", "i32"}};
  const KeyGroup group{5};
  ChangeSet changes;
  changes.put({0, group, "", "k"}, "old");
  changes.put({0, group, "", "k"}, "new");
  changes.append({1, group, "w", "k"}, "a");
  changes.append({1, group, "w", "k"}, "b");
  changes.remove({1, group, "x", "k"});
  changes.append({1, group, "x", "k"}, "c");
  changes.remove({2, KeyGroup{9}, "", "k", "entry"});
  const Bytes bytes = changes.encode(kAll, "text", states);
  LogSegment segment;
  REQUIRE(parse_log_segment(bytes, kAll, segment).ok());
  CHECK(segment.states == states);
  REQUIRE(segment.changes.size() == 4);
  CHECK(segment.changes[0].value == "new");
  CHECK((segment.changes[1].kind == ChangeKind::Append && segment.changes[1].value == "ab"));
  CHECK((segment.changes[2].kind == ChangeKind::Put && segment.changes[2].value == "c"));
  CHECK((segment.changes[3].kind == ChangeKind::Remove && segment.changes[3].place.user_key == "entry"));
  LogSegment part;
  REQUIRE(parse_log_segment(bytes, {group, group}, part).ok());
  CHECK(part.changes.size() == 3);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    LogSegment none;
    CHECK_FALSE(parse_log_segment(BytesView(bytes).substr(0, size), kAll, none).ok());
  }
}
