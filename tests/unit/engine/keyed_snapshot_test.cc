#include "state/keyed_snapshot.h"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <tuple>

#include "state/heap_backend.h"
#include "weir/engine/bytes.h"
#include "weir/engine/hash.h"

using namespace weir::engine;

namespace {

constexpr std::uint32_t kMaxParallelism = 128;
constexpr KeyGroupRange kAll{KeyGroup{0}, KeyGroup{127}};

// state, key, value
using Cell = std::tuple<std::string, std::string, std::string>;
using Cells = std::map<std::pair<std::string, std::string>, std::string>;

KeyGroup group_of(BytesView key) { return key_group_of(java_hash(key), kMaxParallelism); }

StateMeta state_named(const std::string& name) { return {name, StateKind::Value, false, {}, "string"}; }

Bytes encode(const Cells& cells, KeyGroupRange range = kAll) {
  KeyedCells out(range);
  std::string state;
  bool begun = false;
  for (const auto& [where, value] : cells) {
    if (!begun || where.first != state) out.begin_state(state_named(state = where.first));
    begun = true;
    out.add(group_of(where.second), {}, where.second, value);
  }
  return out.encode("string");
}

struct Collect final : KeyedCellVisitor {
  Status cell(const StateMeta& state, const SnapshotCell& c) override {
    groups.push_back(c.group);
    const bool fresh = cells.insert({{state.name, Bytes(c.key)}, Bytes(c.cell)}).second;
    return fresh && c.group == group_of(c.key) ? Status() : Status(StatusCode::Unknown, "twice, or in the wrong group");
  }
  Cells cells;
  std::vector<KeyGroup> groups;
};

Cells from(const std::vector<Cell>& list) {
  Cells cells;
  for (const auto& [state, key, value] : list) cells[{state, key}] = value;
  return cells;
}

Cells example() {
  Cells cells;
  for (int i = 0; i < 40; ++i)
    cells[{i % 3 == 0 ? "last-seen" : "count", "key-" + std::to_string(i)}] = std::to_string(i);
  return cells;
}

void reseal(Bytes& bytes) {
  bytes.resize(bytes.size() - 8);
  const std::uint64_t checksum = hash_bytes(bytes);
  bytes += serialize(checksum);
}

}  // namespace

TEST_CASE("keyed cells come back as they were written, in key-group order (SN-10)") {
  REQUIRE(rc::check([](const std::vector<Cell>& list) {
    const Cells cells = from(list);
    Collect back;
    RC_ASSERT(read_keyed_snapshot(encode(cells), kAll, back).ok());
    RC_ASSERT(back.cells == cells);
    RC_ASSERT(std::is_sorted(back.groups.begin(), back.groups.end()));
  }));
}

TEST_CASE("the order in which cells and states arrive leaves no mark in a keyed snapshot") {
  KeyedCells one(kAll);
  one.begin_state(state_named("a"));
  one.add(group_of("x"), {}, "x", "1");
  one.add(group_of("y"), {}, "y", "2");
  one.begin_state(state_named("b"));
  one.add(group_of("x"), {}, "x", "3");
  KeyedCells other(kAll);
  other.begin_state(state_named("nothing in it"));
  other.begin_state(state_named("b"));
  other.add(group_of("x"), {}, "x", "3");
  other.begin_state(state_named("a"));
  other.add(group_of("y"), {}, "y", "2");
  other.add(group_of("x"), {}, "x", "1");
  CHECK(one.encode({}) == other.encode({}));
}

TEST_CASE("cut for any parallelism, the parts of a keyed snapshot are the whole, each cell once (RS-4, RS-5)") {
  REQUIRE(rc::check([](const std::vector<Cell>& list) {
    const Cells cells = from(list);
    const Bytes bytes = encode(cells);
    for (std::uint32_t parallelism = 1; parallelism <= 8; ++parallelism) {
      Cells whole;
      for (std::uint32_t index = 0; index < parallelism; ++index) {
        const KeyGroupRange range = key_group_range(kMaxParallelism, parallelism, index);
        Collect part;
        RC_ASSERT(read_keyed_snapshot(bytes, range, part).ok());
        for (const KeyGroup group : part.groups) RC_ASSERT(range.contains(group));
        for (const auto& cell : part.cells) RC_ASSERT(whole.insert(cell).second);
      }
      RC_ASSERT(whole == cells);
    }
  }));
}

TEST_CASE("restored from any old into any new parallelism, keyed state is the same (RS-4)") {
  const Cells cells = example();
  for (std::uint32_t before = 1; before <= 8; ++before) {
    std::vector<Bytes> handles;
    for (std::uint32_t i = 0; i < before; ++i) {
      const KeyGroupRange range = key_group_range(kMaxParallelism, before, i);
      Cells part;
      for (const auto& cell : cells) {
        if (range.contains(group_of(cell.first.second))) part.insert(cell);
      }
      handles.push_back(encode(part, range));
    }
    const auto reference = make_heap_backend(kAll);
    REQUIRE(reference->restore(encode(cells)).ok());
    for (std::uint32_t after = 1; after <= 8; ++after) {
      std::uint64_t digest = 0;
      for (std::uint32_t i = 0; i < after; ++i) {
        const KeyGroupRange range = key_group_range(kMaxParallelism, after, i);
        const auto backend = make_heap_backend(range);
        for (const Bytes& handle : handles) REQUIRE(backend->restore(handle).ok());
        digest += backend->digest(kAll);
        CHECK(backend->digest(kAll) == reference->digest(range));
      }
      CHECK(digest == reference->digest(kAll));
    }
  }
}

TEST_CASE("a range outside a keyed snapshot's own takes nothing from it") {
  const KeyGroupRange low{KeyGroup{0}, KeyGroup{63}};
  Cells cells;
  for (const auto& cell : example()) {
    if (low.contains(group_of(cell.first.second))) cells.insert(cell);
  }
  REQUIRE_FALSE(cells.empty());
  Collect none;
  CHECK(read_keyed_snapshot(encode(cells, low), {KeyGroup{64}, KeyGroup{127}}, none).ok());
  CHECK(none.cells.empty());
  Collect all;
  CHECK(read_keyed_snapshot(encode(cells, low), kAll, all).ok());
  CHECK(all.cells == cells);
}

TEST_CASE("a truncated keyed snapshot is refused at every length, before any cell is handed out") {
  const Bytes whole = encode(example());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Collect none;
    const Status status = read_keyed_snapshot(BytesView(whole).substr(0, size), kAll, none);
    CHECK(status.code() == StatusCode::Corrupt);
    CHECK(status.message().find("keyed snapshot: ") == 0);
    CHECK(none.cells.empty());
  }
}

TEST_CASE("a flipped byte in a keyed snapshot is refused wherever it is") {
  Bytes bytes = encode(example());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    bytes[at] = static_cast<char>(bytes[at] ^ 0x81);
    Collect none;
    CHECK(read_keyed_snapshot(bytes, kAll, none).code() == StatusCode::Corrupt);
    CHECK(none.cells.empty());
    bytes[at] = static_cast<char>(bytes[at] ^ 0x81);
  }
  Collect all;
  CHECK(read_keyed_snapshot(bytes, kAll, all).ok());
}

TEST_CASE("a keyed snapshot whose checksum is right and whose structure is not is still refused") {
  const Bytes whole = encode(example());
  std::size_t refused = 0;
  for (std::size_t at = 5; at + 8 < whole.size(); ++at) {
    Bytes bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x7F);
    reseal(bytes);
    Collect cells;  // another key or value is a valid snapshot; what may not happen is a read outside of the bytes
    if (!read_keyed_snapshot(bytes, {KeyGroup{0}, KeyGroup{0xFFFF}}, cells).ok()) ++refused;
  }
  CHECK(refused > 100);
  Bytes reversed = whole;
  std::swap(reversed[5], reversed[6]);  // first and last key group
  reseal(reversed);
  Collect none;
  CHECK(read_keyed_snapshot(reversed, kAll, none).message() == "keyed snapshot: impossible key-group range");
}

TEST_CASE("a keyed snapshot of a version before schemas is refused with what to do about it") {
  Bytes old = encode(example());
  old[4] = 1;
  reseal(old);
  Collect none;
  CHECK(read_keyed_snapshot(old, kAll, none).message() ==
        "keyed snapshot: version 1 is older than the oldest that is still read, 2; read it with the program that "
        "wrote it");
  CHECK(none.cells.empty());
}

TEST_CASE("the entries of a map become one cell, sorted, whatever order they come in; namespaces stay apart") {
  const auto written = [](bool backwards) {
    KeyedCells out(kAll);
    out.begin_state({"map", StateKind::Map, false, "string", "i32"});
    const std::vector<std::pair<std::string, std::string>> entries{{"", "x"}, {"u", "a"}, {"u", "b"}, {"w", "a"}};
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const auto& [name_space, user_key] = entries[backwards ? entries.size() - 1 - i : i];
      out.add_entry(group_of("key"), name_space, "key", user_key, "value of " + user_key);
    }
    return out.encode("string");
  };
  CHECK(written(true) == written(false));
  KeyedSnapshotContent content;
  const Bytes bytes = written(false);
  REQUIRE(parse_keyed_snapshot(bytes, kAll, content).ok());
  REQUIRE(content.cells.size() == 3);
  CHECK(content.states.front() == StateMeta{"map", StateKind::Map, false, "string", "i32"});
  CHECK(content.key_schema == "string");
  CHECK(content.cells[0].name_space.empty());
  CHECK(content.cells[1].name_space == "u");
  CHECK(content.cells[1].cell == Bytes("\x01"
                                       "a\x0A"
                                       "value of a\x01"
                                       "b\x0A"
                                       "value of b"));
}

TEST_CASE("what a visitor refuses ends the reading with its status") {
  struct Refuse final : KeyedCellVisitor {
    Status cell(const StateMeta&, const SnapshotCell&) override {
      ++calls;
      return Status(StatusCode::Fenced, "no more");
    }
    int calls = 0;
  } refuse;
  CHECK(read_keyed_snapshot(encode(example()), kAll, refuse).message() == "no more");
  CHECK(refuse.calls == 1);
}

namespace {

// A snapshot of key groups 0 to 0 by hand: what its states are called, and its one section.
Bytes by_hand(const std::vector<std::string>& names, BytesView section) {
  ByteBuffer out;
  ByteWriter w(out);
  w.raw(encode({}).substr(0, 5));  // magic and version
  w.varint(0);
  w.varint(0);
  w.sized("string");
  w.varint(names.size());
  for (const std::string& name : names) {
    w.sized(name);
    w.fixed(std::uint8_t{1});
    w.fixed(std::uint8_t{0});
    w.sized("i8");
  }
  w.varint(section.size());
  w.raw(section);
  w.fixed(hash_bytes(w.written()));
  return w.bytes();
}

Bytes cell(char state, const std::string& name_space, const std::string& key) {
  return Bytes(1, state) + serialize(name_space) + serialize(key) + serialize(std::string("v"));
}

Status parse(BytesView bytes) {
  KeyedSnapshotContent content;
  return parse_keyed_snapshot(bytes, kAll, content);
}

}  // namespace

TEST_CASE("states and cells that are there twice or out of order are refused: which of them counts is a guess") {
  CHECK(parse(by_hand({"a", "b"}, cell(0, "", "k") + cell(0, "n", "a") + cell(1, "", "k"))).ok());
  for (const std::vector<std::string>& names : {std::vector<std::string>{"a", "a"}, {"b", "a"}}) {
    CHECK(parse(by_hand(names, "")).message() == "keyed snapshot: its states are not in the order of their names");
  }
  for (const Bytes& section : {cell(0, "", "k") + cell(0, "", "k"), cell(0, "", "k") + cell(0, "", "a"),
                               cell(0, "n", "a") + cell(0, "", "k"), cell(1, "", "a") + cell(0, "", "k")}) {
    CHECK(parse(by_hand({"a", "b"}, section)).message() == "keyed snapshot: cells of key group 0 are not in order");
  }
}
