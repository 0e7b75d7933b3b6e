#include "weir/engine/state_handle.h"

namespace weir::engine {
namespace {

void append_file(const StateHandle& handle, std::vector<std::string>& paths) {
  if (handle.in_file()) paths.push_back(handle.path);
}

std::uint64_t size_of(const KeyedStateHandle& handle) {
  std::uint64_t bytes = handle.state.size;
  for (const SharedFile& file : handle.shared) bytes += file.size;
  for (const PrivateFile& file : handle.private_files) bytes += file.state.size;
  return bytes;
}

void append_files(const std::vector<KeyedStateHandle>& handles, std::vector<std::string>& paths) {
  for (const KeyedStateHandle& handle : handles) {
    append_file(handle.state, paths);
    for (const PrivateFile& file : handle.private_files) append_file(file.state, paths);
  }
}

void append_files(const std::vector<OperatorStateHandle>& handles, std::vector<std::string>& paths) {
  for (const OperatorStateHandle& handle : handles) append_file(handle.state, paths);
}

void append_files(const std::vector<InFlightHandle>& handles, std::vector<std::string>& paths) {
  for (const InFlightHandle& handle : handles) append_file(handle.state, paths);
}

template <class Use>
void each_shared_file(const OperatorSubtaskState& state, Use use) {
  for (const KeyedStateHandle& handle : state.managed_keyed) {
    for (const SharedFile& file : handle.shared) use(file);
  }
}

}  // namespace

std::string_view name(OperatorStateMode mode) {
  switch (mode) {
    case OperatorStateMode::SplitDistribute:
      return "split list";
    case OperatorStateMode::Union:
      return "union list";
    case OperatorStateMode::Broadcast:
      return "broadcast state";
  }
  return "?";
}

std::uint64_t size_of(const OperatorSubtaskState& state) {
  std::uint64_t bytes = 0;
  for (const KeyedStateHandle& handle : state.managed_keyed) bytes += size_of(handle);
  for (const KeyedStateHandle& handle : state.raw_keyed) bytes += size_of(handle);
  for (const OperatorStateHandle& handle : state.managed_operator) bytes += handle.state.size;
  for (const OperatorStateHandle& handle : state.raw_operator) bytes += handle.state.size;
  return bytes + size_of_in_flight(state);
}

std::uint64_t size_of_in_flight(const OperatorSubtaskState& state) {
  std::uint64_t bytes = 0;
  for (const InFlightHandle& handle : state.in_flight) bytes += handle.state.size;
  return bytes;
}

std::uint64_t size_of(const SubtaskState& state) {
  std::uint64_t bytes = 0;
  for (const SubtaskState::Operator& op : state.operators) bytes += size_of(op.state);
  return bytes;
}

void append_private_files(const OperatorSubtaskState& state, std::vector<std::string>& paths) {
  append_files(state.managed_keyed, paths);
  append_files(state.raw_keyed, paths);
  append_files(state.managed_operator, paths);
  append_files(state.raw_operator, paths);
  append_files(state.in_flight, paths);
}

std::vector<std::string> private_files(const SubtaskState& state) {
  std::vector<std::string> paths;
  for (const SubtaskState::Operator& op : state.operators) append_private_files(op.state, paths);
  return paths;
}

void append_shared_files(const OperatorSubtaskState& state, std::vector<std::string>& paths) {
  each_shared_file(state, [&](const SharedFile& file) { paths.push_back(file.path); });
}

void append_shared_files(const SubtaskState& state, std::vector<std::string>& paths) {
  for (const SubtaskState::Operator& op : state.operators) append_shared_files(op.state, paths);
}

std::vector<std::string> uploaded_shared_files(const SubtaskState& state) {
  std::vector<std::string> paths;
  for (const SubtaskState::Operator& op : state.operators) {
    each_shared_file(op.state, [&](const SharedFile& file) {
      if (!file.placeholder) paths.push_back(file.path);
    });
  }
  return paths;
}

}  // namespace weir::engine
