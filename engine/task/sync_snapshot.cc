#include "task/sync_snapshot.h"

#include <algorithm>
#include <utility>

namespace weir::engine {
namespace {

class Placement {
 public:
  Placement(const CheckpointOptions& options, const std::string& directory, const DefectSet& defects,
            std::size_t operators)
      : options_(options), directory_(directory), defects_(defects) {
    placed_.state.operators.reserve(operators);
    placed_.files.reserve(operators);
  }

  void add(OperatorSyncSnapshot& op) {
    OperatorSubtaskState& state = placed_.state.operators.emplace_back(SubtaskState::Operator{op.id, {}}).state;
    const std::string prefix = directory_ + "/" + std::to_string(op.position) + "-";
    if (op.keyed != nullptr) state.managed_keyed.push_back(keyed(op, prefix));
    if (op.keyed != nullptr && op.keyed->native() != nullptr) {
      placed_.natives.push_back({std::move(op.keyed), placed_.state.operators.size() - 1});
    }
    if (!op.raw_keyed.empty())
      state.raw_keyed.push_back({op.range, put(std::move(op.raw_keyed), prefix + "raw-keyed")});
    add(op.managed_operator, prefix, "operator", state.managed_operator);
    add(op.raw_operator, prefix, "raw-operator", state.raw_operator);
  }
  void add_in_flight(OperatorId head, EncodedInFlight in_flight) {
    if (in_flight.parts.empty()) return;
    auto& operators = placed_.state.operators;
    auto at = std::find_if(operators.begin(), operators.end(), [&](const auto& op) { return op.id == head; });
    if (at == operators.end()) at = operators.insert(at, SubtaskState::Operator{head, {}});
    at->state.in_flight.push_back(
        {std::move(in_flight.parts), put(std::move(in_flight.bytes), directory_ + "/in-flight")});
  }
  Result<PlacedSnapshot> take() {
    if (!problem_.ok()) return problem_;
    return std::move(placed_);
  }

 private:
  KeyedStateHandle keyed(OperatorSyncSnapshot& op, const std::string& prefix) {
    if (op.keyed->native() == nullptr) return {op.range, put(op.keyed->write(), prefix + "keyed")};
    NativeSnapshot::Content content = op.keyed->native()->read();
    KeyedStateHandle handle{op.range, put(std::move(content.joint), prefix + "keyed"), std::move(content.reused)};
    for (NativeSnapshot::File& file : content.shared) {
      std::string path = shared_path(content.backend, op.position, file.name);
      handle.shared.push_back({file.name, path, file.content.size()});
      placed_.files.push_back({std::move(path), std::move(file.content)});
    }
    for (NativeSnapshot::File& file : content.exclusive) {
      handle.private_files.push_back({file.name, put(std::move(file.content), prefix + file.name)});
    }
    return handle;
  }
  // The physical identity of a file (SH-1): the names of a backend repeat after a second recovery (SN-18).
  std::string shared_path(const std::string& backend, std::size_t position, const std::string& name) const {
    if (defects_.has(Defect::NameSharedFilesByBackend)) return "shared/" + backend + "-" + name;
    return "shared/" + directory_ + "/" + std::to_string(position) + "-" + name;
  }

  void add(EncodedOperatorState& encoded, const std::string& prefix, const char* name,
           std::vector<OperatorStateHandle>& handles) {
    if (encoded.parts.empty()) return;
    handles.push_back({std::move(encoded.parts), put(std::move(encoded.bytes), prefix + name)});
  }

  StateHandle put(Bytes bytes, std::string path) {
    const std::uint64_t size = bytes.size();
    if (inlined(path, size)) return {{}, std::move(bytes), size};
    placed_.files.push_back({path, std::move(bytes)});
    return {std::move(path), {}, size};
  }

  bool inlined(const std::string& path, std::uint64_t size) {
    if (options_.storage == CheckpointStorageKind::FileSystem) return size < options_.data_inline_threshold;
    if (size > kMaxJobManagerState && problem_.ok()) {
      problem_ =
          Status(StatusCode::Invalid,
                 path + " has " + std::to_string(size) + " bytes, more than the JobManager keeps of one state, " +
                     std::to_string(kMaxJobManagerState) + ": set checkpoint.storage to filesystem");
    }
    return true;
  }

  const CheckpointOptions& options_;
  const std::string& directory_;
  const DefectSet& defects_;
  PlacedSnapshot placed_;
  Status problem_;
};

}  // namespace

void tell_uploaded(const std::vector<PlacedSnapshot::Native>& natives, const SubtaskState& state) {
  for (const PlacedSnapshot::Native& native : natives) {
    native.snapshot->native()->uploaded(state.operators[native.op].state.managed_keyed.front().shared);
  }
}

Result<PlacedSnapshot> place_snapshot(SyncSnapshot snapshot, const CheckpointOptions& options,
                                      const std::string& directory, const DefectSet& defects) {
  Placement placement(options, directory, defects, snapshot.operators.size());
  for (OperatorSyncSnapshot& op : snapshot.operators) placement.add(op);
  placement.add_in_flight(snapshot.head, std::move(snapshot.in_flight));
  return placement.take();
}

}  // namespace weir::engine
