#include "state/keyed_snapshot.h"

#include <algorithm>
#include <utility>

#include "state/sealed_bytes.h"
#include "weir/engine/assert.h"
#include "weir/engine/bytes.h"

namespace weir::engine {
namespace {

constexpr SealedFormat kFormat{0x534B5257u, 1, "keyed snapshot"};
constexpr std::size_t kMaxStates = 0xFFFF;

struct Header {
  KeyGroupRange range{};
  std::vector<BytesView> states;
  std::vector<std::size_t> starts;  // per key group of the range, and one past the last
  BytesView sections;
};

Status read_range(ByteReader& reader, KeyGroupRange& range) {
  const std::uint64_t first = reader.varint();
  const std::uint64_t last = reader.varint();
  if (reader.failed() || first > last || last > 0xFFFF) return corrupt(kFormat, "impossible key-group range");
  range = {KeyGroup{static_cast<std::uint16_t>(first)}, KeyGroup{static_cast<std::uint16_t>(last)}};
  return {};
}

Status read_states(ByteReader& reader, std::vector<BytesView>& states) {
  const std::uint64_t count = reader.varint();
  if (reader.failed() || count > kMaxStates) return corrupt(kFormat, "impossible number of states");
  for (std::uint64_t i = 0; i < count && !reader.failed(); ++i) states.push_back(reader.sized());
  return reader.failed() ? corrupt(kFormat, "truncated in the names of states") : Status{};
}

Status read_offsets(ByteReader& reader, Header& header) {
  std::uint64_t at = 0;
  header.starts.reserve(header.range.size() + 1);
  for (std::uint32_t i = 0; i < header.range.size(); ++i) {
    header.starts.push_back(at);
    const std::uint64_t size = reader.varint();
    if (reader.failed() || size > 0xFFFF'FFFF) return corrupt(kFormat, "impossible size of a key group");
    at += size;
  }
  header.starts.push_back(at);
  header.sections = reader.rest();
  if (header.sections.size() == at) return {};
  return corrupt(kFormat, "key groups take " + std::to_string(header.sections.size()) + " bytes, the header says " +
                              std::to_string(at));
}

Result<Header> read_header(BytesView body) {
  ByteReader reader(body);
  Header header;
  if (Status s = read_range(reader, header.range); !s.ok()) return s;
  if (Status s = read_states(reader, header.states); !s.ok()) return s;
  if (Status s = read_offsets(reader, header); !s.ok()) return s;
  return header;
}

Status read_section(const Header& header, KeyGroup group, KeyedCellVisitor& visitor) {
  const std::size_t i = group.value - header.range.first.value;
  ByteReader reader(header.sections.substr(header.starts[i], header.starts[i + 1] - header.starts[i]));
  while (!reader.at_end()) {
    const std::uint64_t state = reader.varint();
    const BytesView key = reader.sized();
    const BytesView value = reader.sized();
    if (reader.failed() || state >= header.states.size()) {
      return corrupt(kFormat, "malformed cell in key group " + std::to_string(group.value));
    }
    if (Status s = visitor.cell(header.states[state], group, key, value); !s.ok()) return s;
  }
  return {};
}

// Walks every section before the first cell is handed out.
struct IgnoreCells final : KeyedCellVisitor {
  Status cell(BytesView, KeyGroup, BytesView, BytesView) override { return {}; }
};

Status read_sections(const Header& header, KeyGroupRange wanted, KeyedCellVisitor& visitor) {
  const std::uint32_t first = std::max(wanted.first.value, header.range.first.value);
  const std::uint32_t last = std::min(wanted.last.value, header.range.last.value);
  for (std::uint32_t group = first; group <= last; ++group) {
    if (Status s = read_section(header, KeyGroup{static_cast<std::uint16_t>(group)}, visitor); !s.ok()) return s;
  }
  return {};
}

}  // namespace

void KeyedCells::reserve(std::size_t cells, std::size_t bytes) {
  cells_.reserve(cells);
  arena_.reserve(bytes);
}

void KeyedCells::begin_state(BytesView name) {
  WEIR_ASSERT(states_.size() < kMaxStates, "too many states in one operator");
  states_.emplace_back(name);
}

void KeyedCells::add(KeyGroup group, BytesView key, BytesView value) {
  WEIR_ASSERT(range_.contains(group), "a cell lies outside the key-group range of its backend");
  cells_.push_back({group, static_cast<std::uint16_t>(states_.size() - 1), static_cast<std::uint32_t>(key.size()),
                    static_cast<std::uint32_t>(value.size()), arena_.size()});
  arena_.append(key);
  arena_.append(value);
}

// Keeps the names that are in use, ascending, and renumbers the cells: the order of registration leaves no mark.
void KeyedCells::number_states_by_name() {
  std::vector<bool> used(states_.size());
  for (const Cell& cell : cells_) used[cell.state] = true;
  std::vector<std::uint16_t> order;
  for (std::uint16_t i = 0; i < states_.size(); ++i) {
    if (used[i]) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return states_[a] < states_[b]; });
  std::vector<std::uint16_t> number(states_.size());
  std::vector<Bytes> names;
  for (const std::uint16_t i : order) {
    number[i] = static_cast<std::uint16_t>(names.size());
    names.push_back(states_[i]);
  }
  for (Cell& cell : cells_) cell.state = number[cell.state];
  states_ = std::move(names);
}

// By group, state, key. Groups are few and dense, so they are counted out; what is left to compare is a cell or two.
void KeyedCells::sort_cells() {
  std::vector<std::uint32_t> ends(range_.size() + 1);
  for (const Cell& cell : cells_) ++ends[index(cell.group) + 1];
  for (std::size_t i = 1; i < ends.size(); ++i) ends[i] += ends[i - 1];
  std::vector<Cell> sorted(cells_.size());
  for (const Cell& cell : cells_) sorted[ends[index(cell.group)]++] = cell;
  auto first = sorted.begin();
  for (std::size_t i = 0; i < range_.size(); ++i) {
    const auto last = sorted.begin() + ends[i];
    std::sort(first, last, [this](const Cell& a, const Cell& b) {
      return a.state != b.state ? a.state < b.state : key(a) < key(b);
    });
    first = last;
  }
  cells_ = std::move(sorted);
}

Bytes KeyedCells::encode() {
  number_states_by_name();
  sort_cells();
  ByteBuffer sections;
  sections.reserve(arena_.size() + 8 * cells_.size());
  ByteWriter section(sections);
  std::vector<std::size_t> sizes(range_.size());
  for (const Cell& cell : cells_) {
    const std::size_t before = section.size();
    section.varint(cell.state);
    section.sized(key(cell));
    section.sized(value(cell));
    sizes[index(cell.group)] += section.size() - before;
  }
  ByteBuffer out;
  out.reserve(section.size() + 2 * sizes.size() + 64);
  ByteWriter writer(out);
  open_seal(kFormat, writer);
  writer.varint(range_.first.value);
  writer.varint(range_.last.value);
  writer.varint(states_.size());
  for (const Bytes& name : states_) writer.sized(name);
  for (const std::size_t size : sizes) writer.varint(size);
  writer.raw(section.written());
  close_seal(writer);
  return writer.bytes();
}

Status read_keyed_snapshot(BytesView snapshot, KeyGroupRange wanted, KeyedCellVisitor& visitor) {
  const Result<BytesView> body = break_seal(kFormat, snapshot);
  if (!body.ok()) return body.status();
  const Result<Header> header = read_header(body.value());
  if (!header.ok()) return header.status();
  IgnoreCells check;
  if (Status s = read_sections(header.value(), header.value().range, check); !s.ok()) return s;
  return read_sections(header.value(), wanted, visitor);
}

}  // namespace weir::engine
