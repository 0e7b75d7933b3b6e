#pragma once

// One segment of the changelog: what changed in keyed state between two cuts, cell by cell, whatever the backend.
// Within a segment the last value of a cell wins, so that a cell that is written over and over is logged once; the
// order of the segments is the order of the log (SN-20, SN-23). On heap a map is one cell; RocksDB logs its entries one
// by one.
//
//   fixed32 magic | varint version | varint first group | varint last group | schema of the keys, sized
//   varint states, then each as in the keyed snapshot
//   varint changes, then each: what (2 bits) and 4: of a map's entry, varint state, fixed16 group, namespace sized,
//     key sized, of an entry its user key sized, unless removed the bytes sized
//   fixed64 checksum of everything before

#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "weir/engine/bytes.h"
#include "weir/engine/state_descriptor.h"
#include "weir/engine/status.h"
#include "weir/engine/types.h"

namespace weir::engine {

struct ChangedPlace {
  std::uint16_t state;
  KeyGroup group;
  BytesView name_space;
  BytesView key;
  std::optional<BytesView> user_key = std::nullopt;  // the entry of a map; none: the whole cell
};

enum class ChangeKind : std::uint8_t { Put, Append, Remove };

// The changes since the last cut.
class ChangeSet {
 public:
  void put(const ChangedPlace& place, BytesView value);
  void append(const ChangedPlace& place, BytesView value);  // lists
  void remove(const ChangedPlace& place);
  bool empty() const { return changes_.empty(); }
  // `states` by their number.
  Bytes encode(KeyGroupRange range, BytesView key_schema, const std::vector<StateMeta>& states) const;
  void clear() { changes_.clear(); }

 private:
  using Place = std::tuple<std::uint16_t, KeyGroup, Bytes, Bytes, std::optional<Bytes>>;
  struct Pending {
    ChangeKind kind;
    Bytes value;
  };
  static Place owned(const ChangedPlace& place);
  std::map<Place, Pending> changes_;
};

struct LogChange {
  ChangeKind kind;
  ChangedPlace place;
  BytesView value;
};
struct LogSegment {
  KeyGroupRange range{};
  BytesView key_schema;
  std::vector<StateMeta> states;
  std::vector<LogChange> changes;  // views into the bytes
};
// The changes whose key group lies in `wanted`. Corrupt, with what is wrong, when the bytes are not one whole and
// intact segment.
Status parse_log_segment(BytesView bytes, KeyGroupRange wanted, LogSegment& out);

}  // namespace weir::engine
