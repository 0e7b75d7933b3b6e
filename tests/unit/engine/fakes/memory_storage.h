#pragma once

// Checkpoint storage in memory in which a write is durable at once, and what a task does with a snapshot.

#include <memory>
#include <string>
#include <utility>

#include "fakes/stored_files.h"
#include "task/state_reader.h"
#include "task/sync_snapshot.h"
#include "weir/engine/environment.h"

namespace weir::engine::testing {

struct MemoryStorage final : CheckpointStorage {
  void write(ProcessId, WriteId, std::string path, Bytes content) override { put(std::move(path), std::move(content)); }
  void append(ProcessId, WriteId, std::string path, Bytes content) override { files[path] += content; }
  Result<BytesView> read(const std::string& path) override { return read_stored(files, path); }
  void remove(const std::string& path) override { files.erase(path); }
  std::vector<std::string> list(const std::string& directory) override { return list_stored(files, directory); }

  void put(std::string path, Bytes content) {
    written += content.size();
    files[std::move(path)] = std::move(content);
  }

  StoredFiles files;
  std::uint64_t written = 0;  // bytes, ever
};

// The async part of a snapshot from its beginning to before its acknowledgement: everything is written, and the backend
// knows.
inline KeyedStateHandle store(std::unique_ptr<PendingStateSnapshot> pending, KeyGroupRange range,
                              const std::string& directory, MemoryStorage& storage) {
  SyncSnapshot snapshot;
  snapshot.operators.push_back({OperatorId{1}, 0, range, std::move(pending)});
  auto placed = std::move(place_snapshot(std::move(snapshot), {}, directory)).value();
  for (StateFile& file : placed.files) storage.put(std::move(file.path), std::move(file.content));
  tell_uploaded(placed.natives, placed.state);
  return placed.state.operators.front().state.managed_keyed.front();
}

// What the registry does to an acknowledged handle (SH-3).
inline KeyedStateHandle registered(KeyedStateHandle handle) {
  for (SharedFile& file : handle.shared) file.placeholder = false;
  return handle;
}

inline Status restore(KeyedStateBackend& backend, std::vector<KeyedStateHandle> handles, MemoryStorage& storage,
                      CheckpointId base = kNoCheckpoint) {
  OperatorStateStore lists;
  RawState raw;
  OperatorSubtaskState state;
  state.managed_keyed = std::move(handles);
  return read_operator(storage, state, {&backend, lists, raw, base});
}

}  // namespace weir::engine::testing
