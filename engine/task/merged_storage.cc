#include "task/merged_storage.h"

#include <map>
#include <set>
#include <utility>

namespace weir::engine {
namespace {

// Calls use(location, scope) for each that the state names.
template <class Use>
void each_location(OperatorSubtaskState& state, Use use) {
  const auto each = [&](StateHandle& handle) {
    if (handle.in_file()) use(handle.path, SegmentScope::Private);
  };
  for (KeyedStateHandle& handle : state.managed_keyed) {
    each(handle.state);
    for (PrivateFile& file : handle.private_files) each(file.state);
    if (!handle.native()) continue;
    for (SharedFile& file : handle.shared) use(file.path, SegmentScope::Shared);
  }
  for (KeyedStateHandle& handle : state.raw_keyed) each(handle.state);
  for (OperatorStateHandle& handle : state.managed_operator) each(handle.state);
  for (OperatorStateHandle& handle : state.raw_operator) each(handle.state);
  for (InFlightHandle& handle : state.in_flight) each(handle.state);
}

}  // namespace

void MergedStorage::place(PlacedSnapshot& snapshot, SubtaskId subtask, CheckpointId checkpoint) {
  std::map<std::string, SegmentScope> scopes;
  for (SubtaskState::Operator& op : snapshot.state.operators) {
    each_location(op.state, [&](std::string& location, SegmentScope scope) {
      scopes.emplace(location, scope);
      files_.use(location, checkpoint);
    });
  }
  std::map<std::string, std::string> moved;
  for (StateFile& file : snapshot.files) {
    const auto scope = scopes.find(file.path);
    if (scope == scopes.end()) continue;
    std::string place = location_of(files_.add(subtask, checkpoint, scope->second, file.content.size()));
    moved.emplace(std::exchange(file.path, place), place);
  }
  for (SubtaskState::Operator& op : snapshot.state.operators) {
    each_location(op.state, [&](std::string& location, SegmentScope) {
      if (const auto to = moved.find(location); to != moved.end()) location = to->second;
    });
  }
}

void MergedStorage::write(WriteId id, const FileSegment& at, Bytes content) {
  storage_.append(process_, id, at.file, std::move(content));
}

void MergedStorage::stored(const FileSegment& at, const Status& status) {
  files_.stored(at.file, status.ok());
  remove_unused();
}

void MergedStorage::discard(SubtaskId subtask, CheckpointId checkpoint) {
  files_.discard(subtask, checkpoint);
  remove_unused();
}

void MergedStorage::retained(CheckpointId lowest) {
  files_.retained(lowest);
  remove_unused();
}

void MergedStorage::remove_unused() {
  for (const std::string& file : files_.take_unused()) storage_.remove(file);
}

}  // namespace weir::engine
