#include "task/state_reader.h"

#include <algorithm>

#include "state/operator_state_bytes.h"
#include "state/raw_keyed_bytes.h"

namespace weir::engine {
namespace {

std::string place_of(const StateHandle& handle) { return handle.in_file() ? handle.path : "an inlined state"; }

// Calls read(bytes, handle); bytes live as long as that call.
template <class Handle, class Read>
Status read_each(const RestoreFiles& files, const std::vector<Handle>& handles, Read read) {
  for (const Handle& handle : handles) {
    const StateHandle& state = handle.state;
    const Result<BytesView> bytes = state.in_file() ? files.read(state.path) : Result<BytesView>(state.inlined);
    if (!bytes.ok()) return bytes.status();
    const Status status = read(bytes.value(), handle);
    if (!status.ok()) return Status(status.code(), place_of(state) + ": " + status.message());
  }
  return {};
}

// Whole snapshots one by one, native ones and changelogs together.
Status read_keyed(const RestoreFiles& files, const std::vector<KeyedStateHandle>& handles, const RestoredInto& into) {
  if (handles.empty()) return {};
  if (into.keyed == nullptr) {
    return Status(StatusCode::Invalid, "keyed state for an operator that is not keyed any more");
  }
  std::vector<KeyedStateHandle> whole, native, logs;
  for (const KeyedStateHandle& handle : handles) {
    (handle.native() ? native : handle.changelog() ? logs : whole).push_back(handle);
  }
  if (!native.empty()) {
    if (Status s = into.keyed->restore_native(native, files, into.base); !s.ok()) return s;
  }
  const Status status =
      read_each(files, whole, [&](BytesView bytes, const KeyedStateHandle&) { return into.keyed->restore(bytes); });
  if (!status.ok()) return status;
  return into.keyed->restore_changelog(logs, files, handles.size() == 1 ? into.base : kNoCheckpoint);
}

}  // namespace

Status read_operator(const RestoreFiles& files, const OperatorSubtaskState& state, const RestoredInto& into) {
  Status status = read_each(files, state.managed_operator, [&](BytesView bytes, const OperatorStateHandle& handle) {
    return read_operator_state(bytes, handle.parts, into.lists);
  });
  if (!status.ok()) return status;
  status = read_each(files, state.raw_operator, [&](BytesView bytes, const OperatorStateHandle& handle) {
    return read_raw_partitions(bytes, handle.parts, into.raw.partitions);
  });
  if (!status.ok()) return status;
  status = read_each(files, state.raw_keyed, [&](BytesView bytes, const KeyedStateHandle& handle) {
    return read_raw_groups(bytes, handle.range, into.raw.groups);
  });
  if (!status.ok()) return status;
  std::sort(into.raw.groups.begin(), into.raw.groups.end(),
            [](const RawState::Group& a, const RawState::Group& b) { return a.group < b.group; });
  return read_keyed(files, state.managed_keyed, into);
}

}  // namespace weir::engine
