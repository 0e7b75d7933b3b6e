#include "weir/engine/snapshot_reader.h"

#include <catch2/catch.hpp>
#include <map>

#include "checkpoint/metadata.h"
#include "fakes/memory_storage.h"
#include "fakes/state_world.h"
#include "state/changelog/changelog.h"
#include "state/keyed_snapshot.h"
#include "state/operator_state_bytes.h"
#include "state/raw_keyed_bytes.h"
#include "time/timer_bytes.h"
#include "weir/engine/cells.h"
#include "weir/engine/hash.h"

using namespace weir::engine;

namespace {

constexpr KeyGroupRange kAll{KeyGroup{0}, KeyGroup{127}};

struct MemoryFiles final : SnapshotFiles {
  Result<Bytes> read(const std::string& path) override {
    const auto found = files.find(path);
    if (found == files.end()) return Status(StatusCode::NotFound, "is not there");
    return found->second;
  }
  StateHandle put(const std::string& path, Bytes bytes) {
    const StateHandle handle{path, {}, bytes.size()};
    files[path] = std::move(bytes);
    return handle;
  }
  std::map<std::string, Bytes> files;
};

KeyGroup group_of(const std::string& key) { return key_group_of(java_hash(key), 128); }

template <class C>
Bytes cell_bytes(const C& cell, bool stamped) {
  ByteBuffer out;
  {
    ByteWriter writer(out);
    CellCodec<C>::write(cell, stamped, writer);
  }
  return out.bytes();
}

MapCell<std::string, std::int32_t> visits() {
  MapCell<std::string, std::int32_t> cell;
  cell.entries[serialize(std::string("home"))] = {"home", 3, 50};
  cell.entries[serialize(std::string("shop"))] = {"shop", std::nullopt, 60};
  return cell;
}

// A value, a list in a namespace and a map with a time to live, of user "ann".
Bytes keyed_bytes() {
  const Bytes ann = serialize(std::string("ann"));
  const KeyGroup group = group_of("ann");
  KeyedCells cells(kAll);
  cells.begin_state({"total", StateKind::Value, false, {}, "i64"});
  cells.add(group, {}, ann, serialize(std::int64_t{42}));
  cells.begin_state({"recent", StateKind::List, false, {}, "(i64,bool)"});
  cells.add(group, "w", ann,
            serialize(std::tuple{std::int64_t{1}, true}) + serialize(std::tuple{std::int64_t{2}, false}));
  cells.begin_state({"visits", StateKind::Map, true, "string", "i32"});
  for (const auto& [key, entry] : visits().entries) {
    ByteBuffer value;
    {
      ByteWriter writer(value);
      CellCodec<MapCell<std::string, std::int32_t>>::write_value(entry, true, writer);
    }
    cells.add_entry(group, {}, ann, key, value);
  }
  return cells.encode("string");
}

CompletedCheckpoint one_operator(OperatorSubtaskState state) {
  return {CheckpointId{7}, {{OperatorId{9}, "totals", 1, 128, {{std::move(state), false}}}}};
}

SnapshotContent read(const CompletedCheckpoint& checkpoint, SnapshotFiles& files) {
  testing::MemoryDisk scratch;
  auto content = read_checkpoint(encode(checkpoint), files, scratch);
  REQUIRE(content.ok());
  return std::move(content).value();
}

const SnapshotState& state_of(const SnapshotContent& content, const std::string& name) {
  for (const SnapshotState& state : content.operators.at(0).states) {
    if (state.meta.name == name) return state;
  }
  FAIL("no state " << name);
  throw 0;
}

}  // namespace

TEST_CASE("keyed state of every kind reads from its bytes alone (SN-10)", "[inspect]") {
  MemoryFiles files;
  OperatorSubtaskState state;
  state.managed_keyed.push_back({kAll, files.put("chk-7/0-keyed", keyed_bytes())});
  const SnapshotContent content = read(one_operator(state), files);
  CHECK(content.id == CheckpointId{7});
  CHECK(content.problems.empty());
  CHECK(content.form() == "full");
  const SnapshotOperator& op = content.operators.at(0);
  CHECK(op.uid == "totals");
  REQUIRE(op.pieces.size() == 1);
  CHECK(op.pieces[0].path == "chk-7/0-keyed");
  CHECK(op.pieces[0].size == files.files["chk-7/0-keyed"].size());

  const SnapshotState& total = state_of(content, "total");
  REQUIRE(total.entries.size() == 1);
  CHECK(total.entries[0].group == group_of("ann"));
  CHECK(EntryText(total).key(total.entries[0]) == "\"ann\"");
  CHECK(EntryText(total).value(total.entries[0]) == "42");
  CHECK(EntryText(total).parse_key("ann").value() == total.entries[0].key);

  const SnapshotState& recent = state_of(content, "recent");
  CHECK(EntryText(recent).name_space(recent.entries[0]) == "0x77");
  CHECK(EntryText(recent).value(recent.entries[0]) == "[{1, true}, {2, false}]");
  CHECK(EntryText(recent).elements(recent.entries[0]) == 2);

  const SnapshotState& map = state_of(content, "visits");
  CHECK(map.meta.stamped);
  CHECK(map.entries[0].value == cell_bytes(visits(), true));
  CHECK(EntryText(map).value(map.entries[0]) == "{\"home\": 3 (accessed at 50ns), \"shop\": none (accessed at 60ns)}");
  CHECK(EntryText(map).elements(map.entries[0]) == 2);
}

TEST_CASE("only the key groups of a handle count (RS-4)", "[inspect]") {
  MemoryFiles files;
  OperatorSubtaskState state;
  const auto group = group_of("ann").value;
  state.managed_keyed.push_back({{KeyGroup{0}, KeyGroup(group - 1u)}, files.put("k", keyed_bytes())});
  CHECK(state_of(read(one_operator(state), files), "total").entries.empty());
}

TEST_CASE("timers are told from other raw keyed state (TM-5)", "[inspect]") {
  MemoryFiles files;
  TimerQueue event, processing;
  event.add({1500, group_of("ann"), serialize(std::string("ann")), "w"});
  processing.add({9, group_of("bob"), serialize(std::string("bob")), {}});
  OperatorSubtaskState state;
  state.managed_keyed.push_back({kAll, files.put("k", keyed_bytes())});
  state.raw_keyed.push_back({kAll, files.put("r", encode_raw_groups(kAll, write_timers(event, processing)))});
  const SnapshotContent content = read(one_operator(state), files);
  const SnapshotState& timers = state_of(content, "event-timers");
  REQUIRE(timers.entries.size() == 1);
  CHECK(EntryText(timers).key(timers.entries[0]) == "\"ann\"");
  CHECK(EntryText(timers).value(timers.entries[0]) == "1500");
  CHECK(state_of(content, "processing-timers").entries.size() == 1);

  state.raw_keyed = {{kAll, files.put("r", encode_raw_groups(kAll, {{KeyGroup{3}, "my own"}}))}};
  const SnapshotContent other = read(one_operator(state), files);
  const SnapshotState& raw = state_of(other, "raw-keyed");
  CHECK(EntryText(raw).key(raw.entries[0]) == "key group 3");
  CHECK(EntryText(raw).value(raw.entries[0]) == "\"my own\"");
}

TEST_CASE("operator state shows by kind; copies of broadcast state that agree count once (RS-8, RS-10)", "[inspect]") {
  MemoryFiles files;
  const auto subtask = [&](const std::string& element, const std::string& rule) {
    OperatorStateStore store;
    store.list("splits") = {element};
    store.union_list("all") = {element};
    store.broadcast("rules")["k"] = rule;
    EncodedOperatorState encoded = encode_operator_state(store);
    OperatorSubtaskState state;
    state.managed_operator.push_back({encoded.parts, {{}, encoded.bytes, encoded.bytes.size()}});
    EncodedOperatorState raw = encode_raw_partitions({"one", "two"});
    state.raw_operator.push_back({raw.parts, {{}, raw.bytes, raw.bytes.size()}});
    return SubtaskPart{state, false};
  };
  CompletedCheckpoint checkpoint{CheckpointId{7}, {{OperatorId{9}, "", 3, 128, {}}}};
  checkpoint.operators[0].subtasks = {subtask("a", "x"), subtask("b", "x"), subtask("c", "y")};
  const SnapshotContent content = read(checkpoint, files);
  CHECK(content.operators[0].pieces.size() == 6);
  CHECK(content.operators[0].pieces[0].path.empty());
  CHECK(state_of(content, "splits").form == StateForm::SplitList);
  CHECK(state_of(content, "splits").entries.size() == 3);
  CHECK(state_of(content, "all").form == StateForm::UnionList);
  CHECK(state_of(content, "rules").entries.size() == 2);
  CHECK(state_of(content, "raw-operator").entries.size() == 6);
}

TEST_CASE("a changelog shows its files, and what is in them together (SN-20, SN-23)", "[inspect]") {
  MemoryFiles files;
  testing::StateWorld world;
  const Backend backend = world.make_with_changelog(StateBackendKind::Heap);
  testing::MemoryStorage storage;
  ValueState<int> count(*backend.state, ValueStateDescriptor<int>{"count"});
  const auto put = [&](int value) {
    testing::use_key(*backend.state, serialize(std::string("k")));
    count.update(value);
  };
  put(1);
  auto part = backend.state->changelog()->begin_materialization();
  storage.put("shared/m", part->write());
  backend.state->changelog()->materialized(*part, std::make_shared<MaterializedFile>(MaterializedFile{"shared/m"}));
  put(2);
  OperatorSubtaskState state;
  state.managed_keyed.push_back(
      testing::registered(testing::store(backend.state->snapshot(CheckpointId{1}), kAll, "chk-7", storage)));
  for (const auto& [path, bytes] : storage.files) files.put(path, bytes);
  const SnapshotContent content = read(one_operator(state), files);
  CHECK(content.form() == "changelog");
  CHECK(content.problems.empty());
  REQUIRE(content.operators[0].pieces.size() == 3);
  CHECK(content.operators[0].pieces[1].file == PieceFile::Materialized);
  CHECK(content.operators[0].pieces[2].file == PieceFile::Log);
  REQUIRE(state_of(content, "count").entries.size() == 1);
  CHECK(state_of(content, "count").entries[0].value == serialize(2));
  files.files.erase("shared/m");
  CHECK(read(one_operator(state), files).problems.at(0).reason == "shared/m is missing");
}

TEST_CASE("a missing, cut or altered file is named with what is wrong, and the others are read", "[inspect]") {
  MemoryFiles files;
  OperatorSubtaskState state;
  state.managed_keyed.push_back({kAll, files.put("k", keyed_bytes())});
  OperatorStateStore store;
  store.list("splits") = {"a"};
  EncodedOperatorState encoded = encode_operator_state(store);
  state.managed_operator.push_back({encoded.parts, files.put("o", encoded.bytes)});
  const CompletedCheckpoint checkpoint = one_operator(state);
  const Bytes whole = files.files["k"];
  for (std::size_t i = 0; i < whole.size(); ++i) {
    files.files["k"] = whole;
    files.files["k"][i] = static_cast<char>(files.files["k"][i] ^ 0x10);
    const SnapshotContent content = read(checkpoint, files);
    REQUIRE(content.problems.size() == 1);
    CHECK(content.problems[0].path == "k");
    CHECK(content.operators[0].states.size() == 1);
  }
  files.files["k"] = whole.substr(1);
  CHECK(read(checkpoint, files).problems.at(0).reason.find("the metadata says") != std::string::npos);
  files.files.erase("k");
  CHECK(read(checkpoint, files).problems.at(0).reason == "is not there");
  testing::MemoryDisk scratch;
  CHECK(read_checkpoint("no metadata", files, scratch).status().code() == StatusCode::Corrupt);
}
