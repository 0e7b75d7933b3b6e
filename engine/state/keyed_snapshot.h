#pragma once

// The one form keyed state takes outside a backend, whatever the backend: equal cells give equal bytes. A full snapshot
// in key-group order whose header says where each key group starts, so that a reader takes its range and nothing else
// (SN-10, RS-4, RS-5), and what each state is (flink-semantics 5.4). Numbers of states are local to one snapshot.
//
//   fixed32 magic | varint version | varint first group | varint last group | schema of the keys, sized
//   varint states, then each: name sized, kind, flags (1: stamped), of maps schema of user keys sized, schema of values
//     sized; ascending by name, only states that have cells
//   per key group of the range: varint size of its section
//   the sections back to back; a section is its cells ascending by (state, namespace, key): varint state, namespace
//     sized, key sized, cell sized (cells.h)
//   fixed64 checksum of everything before
//
// Version 1 had neither schemas nor namespaces; it is refused, as what its cells are could only be guessed.

#include <cstdint>
#include <vector>

#include "weir/engine/bytes.h"
#include "weir/engine/state_descriptor.h"
#include "weir/engine/status.h"
#include "weir/engine/types.h"

namespace weir::engine {

// Sorts cells and writes them. Reusable: buffers keep their memory from snapshot to snapshot.
class KeyedSnapshotEncoder {
 public:
  struct Cell {
    BytesView name_space;
    BytesView key;
    std::uint32_t number;  // of the caller's, for `Values`
    std::uint16_t state;
    KeyGroup group;
  };
  // Where the content of cells comes from.
  struct Values {
    virtual ~Values() = default;
    // Appends the cell to `out`, which is empty. False: it is left out after all.
    virtual bool write(const Cell& cell, ByteBuffer& out) = 0;
  };

  // `cells` is how many there will be, or a guess.
  void begin(KeyGroupRange range, std::size_t cells);
  // Cells added from here on belong to this state, whose number is returned. `meta` must live until `encode` is done. A
  // state is begun once.
  std::uint16_t begin_state(const StateMeta& meta);
  // The views must live until `encode` is done.
  void add(KeyGroup group, BytesView name_space, BytesView key, std::uint32_t number);
  Bytes encode(BytesView key_schema, Values& values);

 private:
  struct State {
    const StateMeta* meta;
    std::size_t cells;
    std::uint16_t rank;  // its number in the snapshot
  };
  std::size_t index(KeyGroup group) const { return group.value - range_.first.value; }
  void rank_states();
  void sort_cells();
  void write_sections(Values& values);
  void write_header(BytesView key_schema, ByteWriter& writer) const;

  KeyGroupRange range_{};
  std::vector<State> states_;
  std::vector<std::uint16_t> order_;  // of the states that have cells, by name
  std::vector<Cell> cells_;
  std::vector<Cell> sorted_;
  std::vector<std::uint32_t> ends_;  // per key group, of its part of `sorted_`
  std::vector<std::size_t> sizes_;   // per key group, of its section
  ByteBuffer value_;
  ByteBuffer sections_;
  ByteBuffer out_;
};

// A copy of cells that come one by one, and their encoding.
class KeyedCells final : private KeyedSnapshotEncoder::Values {
 public:
  explicit KeyedCells(KeyGroupRange range) : range_(range) {}

  void begin_state(const StateMeta& meta);
  void add(KeyGroup group, BytesView name_space, BytesView key, BytesView cell);
  // One entry of a map; the entries of a cell may come in any order.
  void add_entry(KeyGroup group, BytesView name_space, BytesView key, BytesView user_key, BytesView value);
  // Snapshots leave out what this state's time to live says is over; set after begin_state.
  struct Expired {
    StateTtl ttl;
    bool (*unexpired)(const StateTtl& ttl, Time now, BytesView cell, ByteBuffer& out);
    Time now;
  };
  void leave_out(const Expired& expired) { states_.back().expired = expired; }
  Bytes encode(BytesView key_schema);

 private:
  struct State {
    StateMeta meta;
    std::optional<Expired> expired{};
  };
  struct Piece {  // of the arena: namespace, key, user key, value, back to back
    std::size_t at;
    std::uint32_t name_space, key, user_key, value;
    std::uint16_t state;
    KeyGroup group;
  };
  BytesView part(const Piece& p, std::size_t skip, std::size_t size) const {
    return BytesView(arena_).substr(p.at + skip, size);
  }
  BytesView name_space(const Piece& p) const { return part(p, 0, p.name_space); }
  BytesView key(const Piece& p) const { return part(p, p.name_space, p.key); }
  BytesView user_key(const Piece& p) const { return part(p, p.name_space + p.key, p.user_key); }
  BytesView value(const Piece& p) const { return part(p, p.name_space + p.key + p.user_key, p.value); }
  bool same_cell(const Piece& a, const Piece& b) const;
  void sort_pieces();
  void gather(std::size_t first, ByteBuffer& out) const;
  bool write(const KeyedSnapshotEncoder::Cell& cell, ByteBuffer& out) override;

  KeyGroupRange range_;
  std::vector<State> states_;
  std::vector<Piece> pieces_;
  Bytes arena_;
};

// One cell of a snapshot; the views are into its bytes.
struct SnapshotCell {
  std::uint16_t state;
  KeyGroup group;
  BytesView name_space;
  BytesView key;
  BytesView cell;
};

struct KeyedSnapshotContent {
  KeyGroupRange range{};
  BytesView key_schema;
  std::vector<StateMeta> states;
  std::vector<SnapshotCell> cells;  // in snapshot order
};

// Reads the cells of `snapshot` whose key group lies in `wanted`. Corrupt, with what is wrong in the message, when the
// bytes are not one whole and intact snapshot, whatever part of it is wanted.
Status parse_keyed_snapshot(BytesView snapshot, KeyGroupRange wanted, KeyedSnapshotContent& out);

struct KeyedCellVisitor {
  virtual ~KeyedCellVisitor() = default;
  // Anything but Ok ends the reading with that status.
  virtual Status cell(const StateMeta& state, const SnapshotCell& cell) = 0;
};
// The same, handing the cells out one by one, none of them when the bytes are refused.
Status read_keyed_snapshot(BytesView snapshot, KeyGroupRange wanted, KeyedCellVisitor& visitor);

}  // namespace weir::engine
