#pragma once

// What lies in a completed checkpoint, read from its bytes alone: no job, no C++ types. Values are told by the schemas
// in the snapshot (flink-semantics 5.4). For inspection; a running job restores in its own way.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/engine/environment.h"
#include "weir/engine/events.h"
#include "weir/engine/schema.h"
#include "weir/engine/state_descriptor.h"
#include "weir/engine/status.h"
#include "weir/engine/types.h"

namespace weir::engine {

// Checkpoint storage as a reader sees it. Paths are those that handles carry: "chk-3/2-1/0-keyed", or the part of a
// merged file (SH-15).
class SnapshotFiles {
 public:
  virtual ~SnapshotFiles() = default;
  virtual Result<Bytes> read(const std::string& path) = 0;
};

enum class PieceKind : std::uint8_t { ManagedKeyed, RawKeyed, ManagedOperator, RawOperator, InFlight };
std::string_view name(PieceKind kind);  // "managed keyed"

// The bytes of a handle; RocksDB's own files; files of a changelog.
enum class PieceFile : std::uint8_t { Own, Shared, Private, Materialized, Log };

// One string of bytes of one subtask.
struct SnapshotPiece {
  std::uint32_t subtask = 0;
  PieceKind kind{};
  PieceFile file{};
  std::string path;  // empty: inlined in `_metadata` (SH-12)
  std::uint64_t size = 0;
  KeyGroupRange range{};  // keyed pieces
};

enum class StateForm : std::uint8_t {
  Keyed,         // managed keyed
  Timers,        // raw keyed state that reads as timers (TM-5): a raw state does not say what it is
  RawKeyed,      // an entry for each key group
  SplitList,     // an entry for each element, in order of subtasks
  UnionList,     //
  Broadcast,     // an entry for each key; copies that agree count once
  RawPartitions  // an entry for each partition
};
std::string_view name(StateForm form);

// What one key of a state holds. `name_space` is empty outside of windows. Keys are empty where there are none.
struct SnapshotEntry {
  std::uint32_t subtask = 0;
  KeyGroup group{};  // keyed forms
  Bytes name_space;
  Bytes key;
  Bytes value;  // a whole cell (cells.h), an element, or the time of a timer
};

// One named state of one operator over all its subtasks. Schemas are empty where the snapshot has none: namespaces
// never have one, operator state and raw state have none at all.
struct SnapshotState {
  StateForm form{};
  StateMeta meta;          // of forms other than Keyed the name and, of timers, the schema of the value
  std::string key_schema;  // of the operator's keys
  std::vector<SnapshotEntry> entries;
  std::uint64_t bytes = 0;  // of its entries
};

struct SnapshotOperator {
  OperatorId id;
  std::string uid;
  std::uint32_t parallelism = 0;
  std::uint32_t max_parallelism = 0;
  std::uint32_t finished = 0;         // subtasks that had ended (CO-51)
  std::vector<SnapshotPiece> pieces;  // by subtask
  std::vector<SnapshotState> states;  // keyed ones first, by name; then timers, raw and operator state
};

// A piece that cannot be read; the others still are.
struct SnapshotProblem {
  std::string path;  // empty: inlined
  std::string reason;
};

struct SnapshotContent {
  CheckpointId id;
  CheckpointKind kind{};
  std::uint64_t size = 0;  // that a restore reads, shared files included
  std::vector<SnapshotOperator> operators;
  std::vector<SnapshotProblem> problems;
  bool native() const;  // keyed state lies in RocksDB's own files (SN-12)
  bool changelog() const;
  std::string_view form() const;  // "full", "incremental", "native" (a savepoint) or "changelog"
};

// Corrupt when `metadata` is no whole and intact `_metadata`. What is wrong with the files it names is in `problems`.
// Native snapshots are opened on `scratch`, an empty disk, one after another; nothing of them stays there.
Result<SnapshotContent> read_checkpoint(BytesView metadata, SnapshotFiles& files, LocalDisk& scratch);

// The entries of one state as text, and keys from text. Refers to the state.
class EntryText {
 public:
  explicit EntryText(const SnapshotState& state);
  std::string key(const SnapshotEntry& entry) const;
  std::string name_space(const SnapshotEntry& entry) const;  // hex digits; empty: none
  // A list as [a, b], a map as {key: value, …}. Of state with a time to live each value with "(accessed at …ns)".
  std::string value(const SnapshotEntry& entry) const;
  // A key as it is shown, or written by its schema. Invalid when the text is no such key.
  Result<Bytes> parse_key(std::string_view text) const;
  // What is in an entry of a list or map; 1 of all others.
  std::uint64_t elements(const SnapshotEntry& entry) const;

 private:
  bool describe_cell(ByteReader& reader, std::string& out, std::uint64_t& elements) const;
  bool describe_map(ByteReader& reader, std::string& out, std::uint64_t& elements) const;
  bool describe_list(ByteReader& reader, std::string& out, std::uint64_t& elements) const;
  bool describe_value(ByteReader& reader, std::string& out) const;

  const SnapshotState& state_;
  std::optional<SchemaNode> key_;
  std::optional<SchemaNode> user_key_;
  std::optional<SchemaNode> value_;
};

}  // namespace weir::engine
