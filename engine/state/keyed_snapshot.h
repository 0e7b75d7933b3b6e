#pragma once

// The one form keyed state takes outside a backend, whatever the backend: equal cells give equal bytes. A full snapshot
// in key-group order whose header says where each key group starts, so that a reader takes its range and nothing else
// (SN-10, RS-4, RS-5).
//
//   fixed32 magic | varint version | varint first group | varint last group
//   varint states, then each name, sized; ascending, only states that have cells
//   per key group of the range: varint size of its section
//   the sections back to back; a section is its cells ascending by (state, key): varint state, key sized, value sized
//   fixed64 checksum of everything before

#include <cstdint>
#include <vector>

#include "weir/engine/status.h"
#include "weir/engine/types.h"

namespace weir::engine {

// A copy of the content of a keyed backend, in any order, and its encoding.
class KeyedCells {
 public:
  explicit KeyedCells(KeyGroupRange range) : range_(range) {}
  void reserve(std::size_t cells, std::size_t bytes);

  // Cells added from here on belong to this state. A state is begun once.
  void begin_state(BytesView name);
  void add(KeyGroup group, BytesView key, BytesView value);
  std::size_t size() const { return cells_.size(); }
  std::size_t bytes() const { return arena_.size(); }

  Bytes encode();

 private:
  struct Cell {
    KeyGroup group;
    std::uint16_t state;
    std::uint32_t key_size;
    std::uint32_t value_size;
    std::size_t at;  // of the key in the arena; the value follows
  };
  BytesView key(const Cell& cell) const { return BytesView(arena_).substr(cell.at, cell.key_size); }
  BytesView value(const Cell& cell) const { return BytesView(arena_).substr(cell.at + cell.key_size, cell.value_size); }
  std::size_t index(KeyGroup group) const { return group.value - range_.first.value; }
  void number_states_by_name();
  void sort_cells();

  KeyGroupRange range_;
  std::vector<Bytes> states_;
  std::vector<Cell> cells_;
  Bytes arena_;
};

struct KeyedCellVisitor {
  virtual ~KeyedCellVisitor() = default;
  // Anything but Ok ends the reading with that status.
  virtual Status cell(BytesView state, KeyGroup group, BytesView key, BytesView value) = 0;
};

// Visits the cells of `snapshot` whose key group lies in `wanted`, in snapshot order. Corrupt, with what is wrong in
// the message and no cell visited, when the bytes are not one whole and intact snapshot.
Status read_keyed_snapshot(BytesView snapshot, KeyGroupRange wanted, KeyedCellVisitor& visitor);

}  // namespace weir::engine
