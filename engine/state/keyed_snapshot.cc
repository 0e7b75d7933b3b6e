#include "state/keyed_snapshot.h"

#include <algorithm>
#include <utility>

#include "state/keyed_snapshot_format.h"
#include "weir/engine/assert.h"

namespace weir::engine {

void KeyedSnapshotEncoder::begin(KeyGroupRange range, std::size_t cells) {
  constexpr std::size_t kCellBytes = 32;  // of a small one in its section
  range_ = range;
  states_.clear();
  cells_.clear();
  cells_.reserve(cells);
  sections_.reserve(cells * kCellBytes);
}

std::uint16_t KeyedSnapshotEncoder::begin_state(const StateMeta& meta) {
  WEIR_ASSERT(states_.size() < kMaxStates, "too many states in one operator");
  states_.push_back({&meta, 0, 0});
  return static_cast<std::uint16_t>(states_.size() - 1);
}

void KeyedSnapshotEncoder::add(KeyGroup group, BytesView name_space, BytesView key, std::uint32_t number) {
  WEIR_ASSERT(range_.contains(group), "a cell lies outside the key-group range of its backend");
  ++states_.back().cells;
  cells_.push_back({name_space, key, number, static_cast<std::uint16_t>(states_.size() - 1), group});
}

// The names that are in use, ascending: the order of registration leaves no mark.
void KeyedSnapshotEncoder::rank_states() {
  order_.clear();
  for (std::uint16_t i = 0; i < states_.size(); ++i) {
    if (states_[i].cells > 0) order_.push_back(i);
  }
  std::sort(order_.begin(), order_.end(),
            [&](auto a, auto b) { return states_[a].meta->name < states_[b].meta->name; });
  for (std::uint16_t rank = 0; rank < order_.size(); ++rank) states_[order_[rank]].rank = rank;
}

// By group, state, namespace, key. Groups are few and dense, so they are counted out; what is left to compare is mostly
// a cell or two.
void KeyedSnapshotEncoder::sort_cells() {
  ends_.assign(range_.size() + 1, 0);
  for (const Cell& cell : cells_) ++ends_[index(cell.group) + 1];
  for (std::size_t i = 1; i < ends_.size(); ++i) ends_[i] += ends_[i - 1];
  sorted_.resize(cells_.size());
  for (const Cell& cell : cells_) sorted_[ends_[index(cell.group)]++] = cell;
  auto first = sorted_.begin();
  for (std::size_t i = 0; i < range_.size(); ++i) {
    const auto last = sorted_.begin() + ends_[i];
    if (last - first > 1) {
      std::sort(first, last, [this](const Cell& a, const Cell& b) {
        if (a.state != b.state) return states_[a.state].rank < states_[b.state].rank;
        if (a.name_space.empty() && b.name_space.empty()) return a.key < b.key;
        const int order = a.name_space.compare(b.name_space);
        return order != 0 ? order < 0 : a.key < b.key;
      });
    }
    first = last;
  }
}

void KeyedSnapshotEncoder::write_sections(Values& values) {
  sizes_.assign(range_.size(), 0);
  sections_.clear();
  ByteWriter section(sections_);
  for (const Cell& cell : sorted_) {
    value_.clear();
    if (!values.write(cell, value_)) continue;
    const std::size_t before = section.size();
    section.varint(states_[cell.state].rank);
    section.sized(cell.name_space);
    section.sized(cell.key);
    section.sized(value_);
    sizes_[index(cell.group)] += section.size() - before;
  }
}

void KeyedSnapshotEncoder::write_header(BytesView key_schema, ByteWriter& writer) const {
  open_seal(kKeyedFormat, writer);
  writer.varint(range_.first.value);
  writer.varint(range_.last.value);
  writer.sized(key_schema);
  writer.varint(order_.size());
  for (const std::uint16_t state : order_) write_meta(*states_[state].meta, writer);
  for (const std::size_t size : sizes_) writer.varint(size);
}

Bytes KeyedSnapshotEncoder::encode(BytesView key_schema, Values& values) {
  rank_states();
  sort_cells();
  write_sections(values);
  out_.clear();
  out_.reserve(sections_.size() + 2 * sizes_.size() + 64);
  ByteWriter writer(out_);
  write_header(key_schema, writer);
  writer.raw(sections_);
  close_seal(writer);
  return writer.bytes();
}

}  // namespace weir::engine
