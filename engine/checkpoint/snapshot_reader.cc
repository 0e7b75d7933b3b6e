#include "weir/engine/snapshot_reader.h"

#include <algorithm>
#include <utility>

#include "checkpoint/metadata.h"
#include "state/changelog/replay.h"
#include "state/in_flight_bytes.h"
#include "state/keyed_snapshot.h"
#include "state/operator_state_bytes.h"
#include "state/raw_keyed_bytes.h"
#include "state/rocksdb/native_restore.h"
#include "time/timer_bytes.h"

namespace weir::engine {
namespace {

constexpr char kEventTimers[] = "event-timers";
constexpr char kProcessingTimers[] = "processing-timers";
constexpr char kRawKeyed[] = "raw-keyed";

StateForm form_of(OperatorStateMode mode) {
  return mode == OperatorStateMode::Union       ? StateForm::UnionList
         : mode == OperatorStateMode::Broadcast ? StateForm::Broadcast
                                                : StateForm::SplitList;
}

bool same_entry(const SnapshotEntry& a, const SnapshotEntry& b) { return a.key == b.key && a.value == b.value; }

// One operator of a checkpoint, put together from the pieces of its subtasks.
class OperatorReader {
 public:
  OperatorReader(const OperatorPart& part, SnapshotFiles& files, LocalDisk& scratch,
                 std::vector<SnapshotProblem>& problems)
      : part_(part), files_(files), scratch_(scratch), problems_(problems) {}

  SnapshotOperator read() {
    op_ = {part_.id, part_.uid, part_.parallelism, part_.max_parallelism, 0, {}, {}};
    for (subtask_ = 0; subtask_ < part_.subtasks.size(); ++subtask_) {
      if (part_.subtasks[subtask_].finished) ++op_.finished;
      read(part_.subtasks[subtask_].state);
    }
    read_raw_keyed();
    for (SnapshotState& state : op_.states) finish(state);
    std::stable_sort(op_.states.begin(), op_.states.end(), [](const SnapshotState& a, const SnapshotState& b) {
      return a.form != b.form ? a.form < b.form : a.meta.name < b.meta.name;
    });
    return std::move(op_);
  }

 private:
  void read(const OperatorSubtaskState& state) {
    for (const KeyedStateHandle& handle : state.managed_keyed) read_managed_keyed(handle);
    for (const KeyedStateHandle& handle : state.raw_keyed) read_raw_keyed(handle);
    for (const OperatorStateHandle& handle : state.managed_operator) read_operator_state(handle);
    for (const OperatorStateHandle& handle : state.raw_operator) read_raw_operator(handle);
    for (const InFlightHandle& handle : state.in_flight) read_in_flight_data(handle);
  }

  // What was in flight says nothing of its types; it is looked at whether it could be restored.
  void read_in_flight_data(const InFlightHandle& handle) {
    note(PieceKind::InFlight, PieceFile::Own, handle.state.path, handle.state.size);
    for (const InFlightPart& part : handle.parts) {
      with_bytes(handle.state, [&](BytesView bytes) { return read_in_flight(bytes, part.offset, part.size).status(); });
    }
  }

  void note(PieceKind kind, PieceFile file, const std::string& path, std::uint64_t size, KeyGroupRange range = {}) {
    op_.pieces.push_back({subtask_, kind, file, path, size, range});
  }
  void problem(const StateHandle& handle, const std::string& reason) { problems_.push_back({handle.path, reason}); }

  // Calls use(bytes) when the file can be read; what that refuses is a problem of the file.
  template <class Use>
  void with_bytes(const StateHandle& handle, Use use) {
    const Result<Bytes> read = handle.in_file() ? files_.read(handle.path) : Result<Bytes>(handle.inlined);
    if (!read.ok()) return problem(handle, read.status().message());
    if (read.value().size() != handle.size) {
      return problem(handle, "has " + std::to_string(read.value().size()) + " bytes, the metadata says " +
                                 std::to_string(handle.size));
    }
    if (const Status status = use(BytesView(read.value())); !status.ok()) problem(handle, status.message());
  }

  // Valid until the next one comes.
  SnapshotState& state_named(StateForm form, const StateMeta& meta, BytesView key_schema = {}) {
    for (SnapshotState& state : op_.states) {
      if (state.form == form && state.meta == meta && state.key_schema == key_schema) return state;
    }
    return op_.states.emplace_back(SnapshotState{form, meta, std::string(key_schema), {}, 0});
  }

  void read_managed_keyed(const KeyedStateHandle& handle) {
    note(PieceKind::ManagedKeyed, PieceFile::Own, handle.state.path, handle.state.size, handle.range);
    if (handle.changelog()) return read_changelog(handle);
    handle.native() ? read_native(handle) : read_full_snapshot(handle);
  }
  // Every file that is missing or damaged is a problem of its own; with one of them nothing is read.
  void read_native(const KeyedStateHandle& handle) {
    const std::size_t before = problems_.size();
    NativeReading reading(scratch_);
    with_bytes(handle.state, [&](BytesView joint) { return reading.begin(joint, part_.max_parallelism); });
    const auto add = [&](PieceFile file, const std::string& name, const StateHandle& content) {
      note(PieceKind::ManagedKeyed, file, content.path, content.size, handle.range);
      with_bytes(content, [&](BytesView bytes) { return reading.add(name, bytes); });
    };
    for (const SharedFile& file : handle.shared) add(PieceFile::Shared, file.name, {file.path, {}, file.size});
    for (const PrivateFile& file : handle.private_files) add(PieceFile::Private, file.name, file.state);
    if (problems_.size() > before) return;
    const Result<Bytes> cells = reading.cells(handle.range);
    const Status status = cells.ok() ? add_cells(cells.value(), handle.range) : cells.status();
    if (!status.ok()) problem(handle.state, status.message());
  }
  // What it holds is shown as a restore would see it (SN-23).
  void read_changelog(const KeyedStateHandle& handle) {
    for (const SharedFile& file : handle.shared) {
      const bool log = file.name.starts_with("log-");
      note(PieceKind::ManagedKeyed, log ? PieceFile::Log : PieceFile::Materialized, file.path, file.size, handle.range);
    }
    const Result<ReplayedLog> log =
        replay_changelog(handle, [&](const std::string& path) { return files_.read(path); });
    const Status status = log.ok() ? add_cells(log.value().snapshot, handle.range) : log.status();
    if (!status.ok()) problem(handle.state, status.message());
  }
  void read_full_snapshot(const KeyedStateHandle& handle) {
    with_bytes(handle.state, [&](BytesView bytes) { return add_cells(bytes, handle.range); });
  }
  Status add_cells(BytesView snapshot, KeyGroupRange range) {
    KeyedSnapshotContent content;
    if (Status status = parse_keyed_snapshot(snapshot, range, content); !status.ok()) return status;
    key_schema_ = content.key_schema;
    for (std::uint16_t i = 0; i < content.states.size(); ++i) {
      auto& entries = state_named(StateForm::Keyed, content.states[i], content.key_schema).entries;
      for (const SnapshotCell& cell : content.cells) {
        if (cell.state != i) continue;
        entries.push_back({subtask_, cell.group, Bytes(cell.name_space), Bytes(cell.key), Bytes(cell.cell)});
      }
    }
    return {};
  }

  void read_raw_keyed(const KeyedStateHandle& handle) {
    note(PieceKind::RawKeyed, PieceFile::Own, handle.state.path, handle.state.size, handle.range);
    with_bytes(handle.state, [&](BytesView bytes) {
      std::vector<RawState::Group> groups;
      Status status = read_raw_groups(bytes, handle.range, groups);
      for (RawState::Group& group : groups) raw_groups_.push_back({subtask_, std::move(group)});
      return status;
    });
  }
  // All subtasks are looked at before it is said what it is.
  void read_raw_keyed() {
    if (read_timers()) return;
    for (const auto& [subtask, group] : raw_groups_) {
      state_named(StateForm::RawKeyed, {kRawKeyed}).entries.push_back({subtask, group.group, {}, {}, group.bytes});
    }
  }
  bool read_timers() {
    std::vector<std::pair<std::uint32_t, Timer>> event, processing;
    for (const auto& [subtask, group] : raw_groups_) {
      TimerQueue of_event, of_processing;
      if (!engine::read_timers(group, of_event, of_processing)) return false;
      for (const Timer& timer : of_event.timers()) event.push_back({subtask, timer});
      for (const Timer& timer : of_processing.timers()) processing.push_back({subtask, timer});
    }
    add_timers(kEventTimers, event);
    add_timers(kProcessingTimers, processing);
    return true;
  }
  void add_timers(const char* name, const std::vector<std::pair<std::uint32_t, Timer>>& timers) {
    for (const auto& [subtask, timer] : timers) {
      state_named(StateForm::Timers, {name, StateKind::Value, false, {}, "i64"}, key_schema_)
          .entries.push_back({subtask, timer.group, timer.name_space, timer.key, serialize(timer.time)});
    }
  }

  void read_operator_state(const OperatorStateHandle& handle) {
    note(PieceKind::ManagedOperator, PieceFile::Own, handle.state.path, handle.state.size);
    with_bytes(handle.state, [&](BytesView bytes) {
      OperatorStateStore store;
      if (Status status = engine::read_operator_state(bytes, handle.parts, store); !status.ok()) return status;
      for (const auto& entry : store.entries()) add_operator_state(*entry);
      return Status();
    });
  }
  void add_operator_state(const OperatorStateStore::Entry& entry) {
    SnapshotState& state = state_named(form_of(entry.mode), {entry.name});
    for (const Bytes& element : entry.elements) state.entries.push_back({subtask_, {}, {}, {}, element});
    for (const auto& [key, value] : entry.map) state.entries.push_back({subtask_, {}, {}, key, value});
  }
  void read_raw_operator(const OperatorStateHandle& handle) {
    note(PieceKind::RawOperator, PieceFile::Own, handle.state.path, handle.state.size);
    with_bytes(handle.state, [&](BytesView bytes) {
      std::vector<Bytes> partitions;
      Status status = read_raw_partitions(bytes, handle.parts, partitions);
      if (!status.ok()) return status;
      for (Bytes& bytes_of : partitions) {
        state_named(StateForm::RawPartitions, {"raw-operator"})
            .entries.push_back({subtask_, {}, {}, {}, std::move(bytes_of)});
      }
      return status;
    });
  }

  void finish(SnapshotState& state) const {
    auto& entries = state.entries;
    if (state.form == StateForm::Broadcast) {
      std::stable_sort(entries.begin(), entries.end(), [](const SnapshotEntry& a, const SnapshotEntry& b) {
        return a.key != b.key ? a.key < b.key : a.value < b.value;
      });
      entries.erase(std::unique(entries.begin(), entries.end(), same_entry), entries.end());
    }
    for (const SnapshotEntry& e : entries) state.bytes += e.name_space.size() + e.key.size() + e.value.size();
  }

  const OperatorPart& part_;
  SnapshotFiles& files_;
  LocalDisk& scratch_;
  std::vector<SnapshotProblem>& problems_;
  SnapshotOperator op_;
  std::uint32_t subtask_ = 0;
  std::string key_schema_;  // as far as it was seen; that of timers is the same
  std::vector<std::pair<std::uint32_t, RawState::Group>> raw_groups_;
};

template <class Is>
bool any_piece(const SnapshotContent& content, Is is) {
  return std::any_of(content.operators.begin(), content.operators.end(),
                     [&](const SnapshotOperator& op) { return std::any_of(op.pieces.begin(), op.pieces.end(), is); });
}

}  // namespace

std::string_view name(PieceKind kind) {
  switch (kind) {
    case PieceKind::ManagedKeyed:
      return "managed keyed";
    case PieceKind::RawKeyed:
      return "raw keyed";
    case PieceKind::ManagedOperator:
      return "managed operator";
    case PieceKind::RawOperator:
      return "raw operator";
    case PieceKind::InFlight:
      return "in flight";
  }
  return "?";
}

std::string_view name(StateForm form) {
  switch (form) {
    case StateForm::Keyed:
      return "keyed state";
    case StateForm::Timers:
      return "timers";
    case StateForm::RawKeyed:
      return "raw keyed state";
    case StateForm::SplitList:
      return "split list";
    case StateForm::UnionList:
      return "union list";
    case StateForm::Broadcast:
      return "broadcast state";
    case StateForm::RawPartitions:
      return "raw operator state";
  }
  return "?";
}

// A native handle has private files, and nothing else has any.
bool SnapshotContent::native() const {
  return any_piece(*this, [](const SnapshotPiece& p) { return p.file == PieceFile::Private; });
}

bool SnapshotContent::changelog() const {
  return any_piece(*this, [](const SnapshotPiece& p) { return p.file >= PieceFile::Materialized; });
}

std::string_view SnapshotContent::form() const {
  if (native()) return is_savepoint(kind) ? "native" : "incremental";
  return changelog() ? "changelog" : "full";
}

Result<SnapshotContent> read_checkpoint(BytesView metadata, SnapshotFiles& files, LocalDisk& scratch) {
  const Result<CompletedCheckpoint> checkpoint = decode_metadata(metadata);
  if (!checkpoint.ok()) return checkpoint.status();
  SnapshotContent content{checkpoint.value().id, checkpoint.value().kind, total_size(checkpoint.value()), {}, {}};
  for (const OperatorPart& part : checkpoint.value().operators) {
    content.operators.push_back(OperatorReader(part, files, scratch, content.problems).read());
  }
  return content;
}

}  // namespace weir::engine
