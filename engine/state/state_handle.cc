#include "weir/engine/state_handle.h"

namespace weir::engine {
namespace {

std::uint64_t size_of(const KeyedStateHandle& handle) {
  std::uint64_t bytes = handle.state.size;
  for (const SharedFile& file : handle.shared) bytes += file.size;
  for (const PrivateFile& file : handle.private_files) bytes += file.state.size;
  return bytes;
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
  each_private_file(state, [&](const std::string& path) { paths.push_back(path); });
}

void append_private_files(const SubtaskState& state, std::vector<std::string>& paths) {
  each_private_file(state, [&](const std::string& path) { paths.push_back(path); });
}

std::vector<std::string> private_files(const SubtaskState& state) {
  std::vector<std::string> paths;
  append_private_files(state, paths);
  return paths;
}

void append_shared_files(const OperatorSubtaskState& state, std::vector<std::string>& paths) {
  each_shared_file(state, [&](const SharedFile& file) { paths.push_back(file.path); });
}

void append_shared_files(const SubtaskState& state, std::vector<std::string>& paths) {
  each_shared_file(state, [&](const SharedFile& file) { paths.push_back(file.path); });
}

std::vector<std::string> uploaded_shared_files(const SubtaskState& state) {
  std::vector<std::string> paths;
  each_shared_file(state, [&](const SharedFile& file) {
    if (!file.placeholder) paths.push_back(file.path);
  });
  return paths;
}

}  // namespace weir::engine
