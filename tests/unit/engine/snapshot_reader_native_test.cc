// RocksDB's own files read from outside, beside the canonical form of the same content.

#include <catch2/catch.hpp>
#include <deque>
#include <set>

#include "checkpoint/metadata.h"
#include "fakes/memory_storage.h"
#include "fakes/state_world.h"
#include "state/rocksdb/cell_key.h"
#include "state/rocksdb/native_joint.h"
#include "weir/engine/file_segment.h"
#include "weir/engine/restore_files.h"
#include "weir/engine/snapshot_reader.h"

using namespace weir::engine;
using weir::engine::testing::MemoryDisk;
using weir::engine::testing::MemoryStorage;
using weir::engine::testing::registered;
using weir::engine::testing::StateWorld;
using weir::engine::testing::store;

namespace {

constexpr std::uint32_t kMax = StateWorld::kMaxParallelism;
constexpr std::uint32_t kSubtasks = 2;

struct FilesOf final : SnapshotFiles {
  explicit FilesOf(MemoryStorage& files) : storage(files) {}
  Result<Bytes> read(const std::string& path) override {
    const Result<BytesView> bytes = read_location(storage, path);
    return bytes.ok() ? Result<Bytes>(Bytes(bytes.value())) : bytes.status();
  }
  MemoryStorage& storage;
};

// One subtask of the operator: a value, a list by namespace and a map with a time to live.
struct Subtask {
  explicit Subtask(std::uint32_t i, MemoryStorage& to)
      : index(i),
        range(key_group_range(kMax, kSubtasks, i)),
        storage(to),
        backend(world.make_incremental(AttemptId{1}, range)) {
    backend.state->use_key_schema("string");
    total.emplace(*backend.state, ValueStateDescriptor<std::int64_t>{"total"});
    recent.emplace(*backend.state, ListStateDescriptor<std::int64_t>{"recent"});
    visits.emplace(*backend.state,
                   MapStateDescriptor<std::string, std::int32_t>{"visits", StateTtlConfig{.ttl = Duration{1'000'000}}});
  }

  bool take(const std::string& user) {
    const Bytes key = serialize(user);
    const KeyGroup group = key_group_of(java_hash(user), kMax);
    if (range.contains(group)) backend.state->set_current_key(key, group);
    return range.contains(group);
  }
  void put(int first, int last, int value) {
    for (int i = first; i < last; ++i) {
      if (!take("user-" + std::to_string(i))) continue;
      total->update(value);
      visits->put("page-" + std::to_string(value), i);
      visits->put("home", value);
      backend.state->set_current_namespace("w");
      recent->add(value);
      backend.state->set_current_namespace({});
    }
  }
  void remove(int first, int last) {
    for (int i = first; i < last; ++i) {
      if (!take("user-" + std::to_string(i))) continue;
      total->clear();
      visits->remove("home");
    }
  }
  KeyedStateHandle snapshot(std::uint64_t id, SnapshotKind kind) {
    const std::string directory = (kind == SnapshotKind::Canonical ? "savepoint-" : "chk-") + std::to_string(id);
    auto handle = registered(store(backend.state->snapshot({CheckpointId{id}, kind}), range,
                                   directory + "/totals/" + std::to_string(index) + "-1", storage));
    backend.state->notify_checkpoint_complete(CheckpointId{id});
    return handle;
  }

  std::uint32_t index;
  KeyGroupRange range;
  MemoryStorage& storage;
  StateWorld world;
  Backend backend;
  std::optional<ValueState<std::int64_t>> total;
  std::optional<ListState<std::int64_t>> recent;
  std::optional<MapState<std::string, std::int32_t>> visits;
};

// An operator of two subtasks whose tables come from three checkpoints.
struct Job {
  Job() {
    for (std::uint32_t i = 0; i < kSubtasks; ++i) subtasks.emplace_back(i, storage);
    for (Subtask& subtask : subtasks) {
      subtask.put(0, 40, 1);
      subtask.snapshot(1, SnapshotKind::Checkpoint);
      subtask.put(20, 60, 2);
      subtask.snapshot(2, SnapshotKind::Checkpoint);
      subtask.put(50, 55, 3);
      subtask.remove(0, 10);
    }
  }
  CompletedCheckpoint take(std::uint64_t id, SnapshotKind kind) {
    CompletedCheckpoint checkpoint{CheckpointId{id}, {{OperatorId{9}, "totals", kSubtasks, kMax, {}}}};
    if (!is_checkpoint(kind)) checkpoint.kind = CheckpointKind::Savepoint;
    for (Subtask& subtask : subtasks) {
      OperatorSubtaskState state;
      state.managed_keyed.push_back(subtask.snapshot(id, kind));
      checkpoint.operators[0].subtasks.push_back({std::move(state), false});
    }
    return checkpoint;
  }
  SnapshotContent read(const CompletedCheckpoint& checkpoint) {
    FilesOf files(storage);
    MemoryDisk scratch;
    auto content = read_checkpoint(encode(checkpoint), files, scratch);
    REQUIRE(content.ok());
    CHECK(scratch.files.empty());
    return std::move(content).value();
  }
  std::string problem_of(const CompletedCheckpoint& checkpoint) {
    const auto problems = read(checkpoint).problems;
    REQUIRE(problems.size() == 1);
    return problems[0].path + ": " + problems[0].reason;
  }

  MemoryStorage storage;
  std::deque<Subtask> subtasks;
};

auto& handle_of(auto& checkpoint, std::size_t subtask = 0) {
  return checkpoint.operators[0].subtasks.at(subtask).state.managed_keyed.at(0);
}

void check_same_states(const SnapshotContent& a, const SnapshotContent& b) {
  const auto as_tuple = [](const SnapshotEntry& e) {
    return std::tie(e.subtask, e.group.value, e.name_space, e.key, e.value);
  };
  REQUIRE(a.operators.at(0).states.size() == b.operators.at(0).states.size());
  for (std::size_t i = 0; i < a.operators[0].states.size(); ++i) {
    const SnapshotState& x = a.operators[0].states[i];
    const SnapshotState& y = b.operators[0].states[i];
    CHECK(x.meta == y.meta);
    CHECK(x.key_schema == y.key_schema);
    CHECK(x.bytes == y.bytes);
    REQUIRE(x.entries.size() == y.entries.size());
    for (std::size_t j = 0; j < x.entries.size(); ++j) CHECK(as_tuple(x.entries[j]) == as_tuple(y.entries[j]));
  }
}

// Every file of a handle, with the bytes of the handle.
std::vector<std::string> files_of(const KeyedStateHandle& handle) {
  std::vector<std::string> paths{handle.state.path};
  for (const SharedFile& file : handle.shared) paths.push_back(file.path);
  for (const PrivateFile& file : handle.private_files) paths.push_back(file.state.path);
  return paths;
}

std::string place_in_merged(MemoryStorage& storage, const std::string& path) {
  const Bytes content = storage.files.at(path);
  Bytes& merged = storage.files["taskowned/tm-1-1/1"];
  merged += "between";
  const std::string location = location_of({"taskowned/tm-1-1/1", merged.size(), content.size()});
  merged += content;
  storage.files.erase(path);
  return location;
}

void inline_state(MemoryStorage& storage, StateHandle& state) {
  state.inlined = storage.files.at(state.path);
  state.path.clear();
}

Bytes with_joint(const MemoryStorage& storage, const KeyedStateHandle& handle, auto change) {
  NativeJoint joint = decode_joint(storage.files.at(handle.state.path)).value();
  change(joint);
  return encode_joint(joint);
}

}  // namespace

TEST_CASE("an incremental checkpoint shows its files, and in them what a canonical savepoint shows (SN-12, SN-13)",
          "[inspect]") {
  Job job;
  CompletedCheckpoint checkpoint = job.take(3, SnapshotKind::Checkpoint);
  const SnapshotContent incremental = job.read(checkpoint);
  const SnapshotContent canonical = job.read(job.take(4, SnapshotKind::Canonical));
  CHECK(incremental.form() == "incremental");
  CHECK(canonical.form() == "full");
  CHECK(incremental.problems.empty());
  REQUIRE(incremental.operators[0].states.size() == 3);
  CHECK(incremental.operators[0].states[1].meta.name == "total");
  CHECK(incremental.operators[0].states[1].entries.size() == 50);
  CHECK(incremental.operators[0].states[2].meta.stamped);
  check_same_states(incremental, canonical);

  std::set<std::string> of_checkpoints;
  std::size_t files = 0;
  for (std::size_t i = 0; i < kSubtasks; ++i) {
    for (const SharedFile& file : handle_of(checkpoint, i).shared) of_checkpoints.insert(file.path.substr(0, 12));
    files += files_of(handle_of(checkpoint, i)).size();
  }
  CHECK(of_checkpoints == std::set<std::string>{"shared/chk-1", "shared/chk-2", "shared/chk-3"});
  CHECK(incremental.operators[0].pieces.size() == files);
}

TEST_CASE("an older checkpoint shows what it was, though a newer one refers to its tables (SN-13)", "[inspect]") {
  Job job;
  const SnapshotContent canonical = job.read(job.take(3, SnapshotKind::Canonical));
  const CompletedCheckpoint older = job.take(4, SnapshotKind::Checkpoint);
  for (Subtask& subtask : job.subtasks) subtask.put(0, 60, 9);
  const CompletedCheckpoint newer = job.take(5, SnapshotKind::Checkpoint);
  check_same_states(job.read(older), canonical);
  CHECK(job.read(newer).operators[0].states[1].entries.size() == 60);
}

TEST_CASE("a native savepoint shows the same, also with everything inlined (SP-4, SH-12)", "[inspect]") {
  Job job;
  const SnapshotContent canonical = job.read(job.take(3, SnapshotKind::Canonical));
  CompletedCheckpoint savepoint = job.take(4, SnapshotKind::NativeSavepoint);
  CHECK(handle_of(savepoint).shared.empty());
  const SnapshotContent native = job.read(savepoint);
  CHECK(native.form() == "native");
  check_same_states(native, canonical);
  for (std::size_t i = 0; i < kSubtasks; ++i) {
    KeyedStateHandle& handle = handle_of(savepoint, i);
    inline_state(job.storage, handle.state);
    for (PrivateFile& file : handle.private_files) inline_state(job.storage, file.state);
  }
  job.storage.files.clear();
  check_same_states(job.read(savepoint), canonical);
}

TEST_CASE("files of RocksDB are read where they lie in merged ones (SH-15)", "[inspect]") {
  Job job;
  const SnapshotContent canonical = job.read(job.take(3, SnapshotKind::Canonical));
  CompletedCheckpoint checkpoint = job.take(4, SnapshotKind::Checkpoint);
  for (std::size_t i = 0; i < kSubtasks; ++i) {
    KeyedStateHandle& handle = handle_of(checkpoint, i);
    handle.state.path = place_in_merged(job.storage, handle.state.path);
    for (SharedFile& file : handle.shared) file.path = place_in_merged(job.storage, file.path);
    for (PrivateFile& file : handle.private_files) file.state.path = place_in_merged(job.storage, file.state.path);
  }
  const SnapshotContent merged = job.read(checkpoint);
  CHECK(merged.problems.empty());
  check_same_states(merged, canonical);
}

TEST_CASE("only the key groups of a native handle count (RS-4)", "[inspect]") {
  Job job;
  CompletedCheckpoint whole = job.take(3, SnapshotKind::Checkpoint);
  CompletedCheckpoint low = whole, high = whole;
  const KeyGroupRange range = handle_of(whole).range;
  handle_of(low).range.last = KeyGroup{20};
  handle_of(high).range = {KeyGroup{21}, range.last};
  // Of the first subtask.
  const auto groups = [&](const CompletedCheckpoint& checkpoint) {
    std::vector<std::uint16_t> all;
    const SnapshotContent content = job.read(checkpoint);
    for (const SnapshotEntry& entry : content.operators[0].states[1].entries) {
      if (entry.subtask == 0) all.push_back(entry.group.value);
    }
    return all;
  };
  std::vector<std::uint16_t> parts = groups(low);
  REQUIRE(!parts.empty());
  CHECK(parts.back() <= 20);
  const std::vector<std::uint16_t> others = groups(high);
  REQUIRE(!others.empty());
  CHECK(others.front() > 20);
  parts.insert(parts.end(), others.begin(), others.end());
  CHECK(parts == groups(whole));
}

TEST_CASE("a missing, cut or altered file of RocksDB is named, and the other subtask is read (P6)", "[inspect]") {
  Job job;
  CompletedCheckpoint checkpoint = job.take(3, SnapshotKind::Checkpoint);
  const auto whole = job.storage.files;
  const std::size_t all = job.read(checkpoint).operators[0].states[1].entries.size();
  const auto named_alone = [&](const std::string& path, const std::string& reason) {
    const SnapshotContent content = job.read(checkpoint);
    REQUIRE(content.problems.size() == 1);
    CHECK(content.problems[0].path == path);
    CHECK(content.problems[0].reason.find(reason) != std::string::npos);
    const auto& total = content.operators[0].states.at(1);
    CHECK(total.meta.name == "total");
    CHECK(total.entries.size() < all);
    CHECK(total.entries.at(0).subtask == 1);
    job.storage.files = whole;
  };
  const std::vector<std::string> paths = files_of(handle_of(checkpoint));
  CHECK(paths.size() == 12);
  for (const std::string& path : paths) {
    job.storage.files.erase(path);
    named_alone(path, "no complete file");
    job.storage.files.at(path).pop_back();
    named_alone(path, "the metadata says");
    const std::size_t size = whole.at(path).size();
    for (const std::size_t at : {std::size_t{0}, size / 2, size - 1}) {
      job.storage.files.at(path)[at] ^= 1;
      named_alone(path, path == paths[0] ? "RocksDB snapshot: " : " is damaged: its content is not what was written");
    }
  }
}

TEST_CASE("several bad files of RocksDB are named each", "[inspect]") {
  Job job;
  CompletedCheckpoint checkpoint = job.take(3, SnapshotKind::Checkpoint);
  job.storage.files.erase(handle_of(checkpoint).shared.at(0).path);
  job.storage.files.at(handle_of(checkpoint).shared.at(1).path)[9] ^= 1;
  job.storage.files.erase(handle_of(checkpoint, 1).state.path);
  CHECK(job.read(checkpoint).problems.size() == 3);
}

TEST_CASE("a native handle whose parts do not fit together is a problem, whatever is sealed", "[inspect]") {
  Job job;
  const CompletedCheckpoint good = job.take(3, SnapshotKind::Checkpoint);
  CompletedCheckpoint bad = good;
  KeyedStateHandle& handle = handle_of(bad);
  const std::string joint = handle.state.path;
  const auto rejoin = [&](auto change) {
    const Bytes bytes = with_joint(job.storage, handle_of(good), change);
    handle.state = {{}, bytes, bytes.size()};
  };
  handle.shared.pop_back();
  CHECK(job.problem_of(bad).find(joint + ": its file 0000") == 0);

  bad = good;
  bad.operators[0].max_parallelism = 256;
  CHECK(job.read(bad).problems.size() == kSubtasks);
  bad = good;
  rejoin([](NativeJoint& j) { j.max_parallelism = 256; });
  CHECK(job.problem_of(bad) == ": RocksDB snapshot: written with max parallelism 256 and read with 128");
  rejoin([](NativeJoint& j) { j.states.pop_back(); });
  CHECK(job.problem_of(bad).find(": RocksDB cannot open a database: ") == 0);
  rejoin([](NativeJoint& j) { j.states[0].name = "other"; });
  CHECK(job.problem_of(bad).find(": RocksDB cannot open a database: ") == 0);
  rejoin([](NativeJoint& j) { std::erase_if(j.files, [](const auto& file) { return file.name == "CURRENT"; }); });
  CHECK(job.read(bad).problems.size() == 1);
}

TEST_CASE("keys that are no composite keys are refused (ST-3)", "[inspect]") {
  const CellKeys narrow(128);
  const CellKeys wide(129);
  Bytes cell;
  narrow.encode(KeyGroup{5}, "k", cell);
  CHECK(narrow.well_formed(cell));
  narrow.encode_entry(KeyGroup{5}, "key", "space", "user", cell);
  CHECK(narrow.well_formed(cell));
  CHECK_FALSE(narrow.well_formed(BytesView(cell).substr(8)));
  cell[cell.size() - 5] = 13;  // the size of the key, of what are 12 bytes
  CHECK_FALSE(narrow.well_formed(cell));
  CHECK_FALSE(narrow.well_formed({}));
  CHECK_FALSE(narrow.well_formed(BytesView("\0", 1)));
  CHECK_FALSE(wide.well_formed(BytesView("\0\0", 2)));
  wide.encode_entry(KeyGroup{5}, "", "", "", cell);
  CHECK(wide.well_formed(cell));
  CHECK_FALSE(wide.well_formed(BytesView(cell).substr(1)));
}
