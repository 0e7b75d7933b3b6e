#include <algorithm>

#include "state/keyed_snapshot.h"

namespace weir::engine {

void KeyedCells::begin_state(const StateMeta& meta) { states_.push_back({meta}); }

void KeyedCells::add(KeyGroup group, BytesView name_space, BytesView key, BytesView cell) {
  add_entry(group, name_space, key, {}, cell);
}

void KeyedCells::add_entry(KeyGroup group, BytesView name_space, BytesView key, BytesView user_key, BytesView value) {
  const auto size = [](BytesView bytes) { return static_cast<std::uint32_t>(bytes.size()); };
  pieces_.push_back({arena_.size(), size(name_space), size(key), size(user_key), size(value),
                     static_cast<std::uint16_t>(states_.size() - 1), group});
  arena_.append(name_space).append(key).append(user_key).append(value);
}

bool KeyedCells::same_cell(const Piece& a, const Piece& b) const {
  return a.state == b.state && a.group == b.group && name_space(a) == name_space(b) && key(a) == key(b);
}

// So that the entries of a map's cell are neighbours, ascending by user key.
void KeyedCells::sort_pieces() {
  std::sort(pieces_.begin(), pieces_.end(), [this](const Piece& a, const Piece& b) {
    if (a.state != b.state) return a.state < b.state;
    if (a.group != b.group) return a.group < b.group;
    if (const int order = name_space(a).compare(name_space(b)); order != 0) return order < 0;
    if (const int order = key(a).compare(key(b)); order != 0) return order < 0;
    return user_key(a) < user_key(b);
  });
}

Bytes KeyedCells::encode(BytesView key_schema) {
  sort_pieces();
  KeyedSnapshotEncoder encoder;
  encoder.begin(range_, pieces_.size());
  std::size_t i = 0;
  for (std::size_t state = 0; state < states_.size(); ++state) {
    encoder.begin_state(states_[state].meta);
    for (; i < pieces_.size() && pieces_[i].state == state; ++i) {
      if (i > 0 && same_cell(pieces_[i - 1], pieces_[i])) continue;
      encoder.add(pieces_[i].group, name_space(pieces_[i]), key(pieces_[i]), static_cast<std::uint32_t>(i));
    }
  }
  return encoder.encode(key_schema, *this);
}

// The bytes of the cell whose first piece that is.
void KeyedCells::gather(std::size_t first, ByteBuffer& out) const {
  const State& state = states_[pieces_[first].state];
  if (state.meta.kind != StateKind::Map) return out.append(value(pieces_[first]));
  ByteWriter writer(out);
  for (std::size_t i = first; i < pieces_.size() && same_cell(pieces_[first], pieces_[i]); ++i) {
    writer.sized(user_key(pieces_[i]));
    writer.sized(value(pieces_[i]));
  }
}

bool KeyedCells::write(const KeyedSnapshotEncoder::Cell& cell, ByteBuffer& out) {
  const State& state = states_[pieces_[cell.number].state];
  if (!state.expired) {
    gather(cell.number, out);
    return true;
  }
  ByteBuffer whole;
  gather(cell.number, whole);
  return state.expired->unexpired(state.expired->ttl, state.expired->now, whole, out);
}

}  // namespace weir::engine
