#include <algorithm>
#include <optional>

#include "state/keyed_snapshot_format.h"

namespace weir::engine {
namespace {

struct Sections {
  std::vector<std::size_t> sizes;  // per key group of the range
  BytesView bytes;
};

Status read_range(ByteReader& reader, KeyGroupRange& range) {
  const std::uint64_t first = reader.varint();
  const std::uint64_t last = reader.varint();
  if (reader.failed() || first > last || last > 0xFFFF) return corrupt(kKeyedFormat, "impossible key-group range");
  range = {KeyGroup{static_cast<std::uint16_t>(first)}, KeyGroup{static_cast<std::uint16_t>(last)}};
  return {};
}

Status read_states(ByteReader& reader, std::vector<StateMeta>& states) {
  const std::uint64_t count = reader.varint();
  if (reader.failed() || count > kMaxStates) return corrupt(kKeyedFormat, "impossible number of states");
  for (std::uint64_t i = 0; i < count && !reader.failed(); ++i) states.push_back(read_meta(reader));
  if (reader.failed()) return corrupt(kKeyedFormat, "malformed or truncated in what its states are");
  const auto out_of_order = [](const StateMeta& a, const StateMeta& b) { return a.name >= b.name; };
  if (std::adjacent_find(states.begin(), states.end(), out_of_order) == states.end()) return {};
  return corrupt(kKeyedFormat, "its states are not in the order of their names");
}

Status read_sizes(ByteReader& reader, KeyGroupRange range, Sections& sections) {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < range.size(); ++i) {
    const std::uint64_t size = reader.varint();
    if (reader.failed() || size > 0xFFFF'FFFF) return corrupt(kKeyedFormat, "impossible size of a key group");
    sections.sizes.push_back(size);
    sum += size;
  }
  sections.bytes = reader.rest();
  if (sections.bytes.size() == sum) return {};
  return corrupt(kKeyedFormat, "key groups take " + std::to_string(sections.bytes.size()) + " bytes, the header says " +
                                   std::to_string(sum));
}

// By state, namespace and key: so each cell is there once.
bool ascend(const SnapshotCell& a, const SnapshotCell& b) {
  if (a.state != b.state) return a.state < b.state;
  const int order = a.name_space.compare(b.name_space);
  return order != 0 ? order < 0 : a.key < b.key;
}

Status read_section(BytesView section, KeyGroup group, bool wanted, KeyedSnapshotContent& out) {
  ByteReader reader(section);
  std::optional<SnapshotCell> before;
  while (!reader.at_end()) {
    const std::uint64_t state = reader.varint();
    const BytesView name_space = reader.sized();
    const BytesView key = reader.sized();
    const BytesView content = reader.sized();
    if (reader.failed() || state >= out.states.size()) {
      return corrupt(kKeyedFormat, "malformed cell in key group " + std::to_string(group.value));
    }
    const SnapshotCell cell{static_cast<std::uint16_t>(state), group, name_space, key, content};
    if (before && !ascend(*before, cell)) {
      return corrupt(kKeyedFormat, "cells of key group " + std::to_string(group.value) + " are not in order");
    }
    if (wanted) out.cells.push_back(cell);
    before = cell;
  }
  return {};
}

Status read_cells(const Sections& sections, KeyGroupRange wanted, KeyedSnapshotContent& out) {
  std::size_t at = 0;
  for (std::uint32_t i = 0; i < out.range.size(); ++i) {
    const KeyGroup group{static_cast<std::uint16_t>(out.range.first.value + i)};
    const BytesView section = sections.bytes.substr(at, sections.sizes[i]);
    if (Status s = read_section(section, group, wanted.contains(group), out); !s.ok()) return s;
    at += sections.sizes[i];
  }
  return {};
}

}  // namespace

Status parse_keyed_snapshot(BytesView snapshot, KeyGroupRange wanted, KeyedSnapshotContent& out) {
  const Result<BytesView> body = break_seal(kKeyedFormat, snapshot);
  if (!body.ok()) return body.status();
  ByteReader reader(body.value());
  if (Status s = read_range(reader, out.range); !s.ok()) return s;
  out.key_schema = reader.sized();
  if (Status s = read_states(reader, out.states); !s.ok()) return s;
  Sections sections;
  if (Status s = read_sizes(reader, out.range, sections); !s.ok()) return s;
  return read_cells(sections, wanted, out);
}

Status read_keyed_snapshot(BytesView snapshot, KeyGroupRange wanted, KeyedCellVisitor& visitor) {
  KeyedSnapshotContent content;
  if (Status s = parse_keyed_snapshot(snapshot, wanted, content); !s.ok()) return s;
  for (const SnapshotCell& cell : content.cells) {
    if (Status s = visitor.cell(content.states[cell.state], cell); !s.ok()) return s;
  }
  return {};
}

}  // namespace weir::engine
