#include "task/sync_snapshot.h"

#include <utility>

namespace weir::engine {
namespace {

class Placement {
 public:
  Placement(const CheckpointOptions& options, const std::string& directory)
      : options_(options), directory_(directory) {}

  void add(OperatorSyncSnapshot& op) {
    OperatorSubtaskState& state = placed_.state.operators.emplace_back(SubtaskState::Operator{op.id, {}}).state;
    const std::string prefix = directory_ + "/" + std::to_string(op.position) + "-";
    if (op.keyed != nullptr) state.managed_keyed.push_back({op.range, put(op.keyed->write(), prefix + "keyed")});
    if (!op.raw_keyed.empty())
      state.raw_keyed.push_back({op.range, put(std::move(op.raw_keyed), prefix + "raw-keyed")});
    add(op.managed_operator, prefix + "operator", state.managed_operator);
    add(op.raw_operator, prefix + "raw-operator", state.raw_operator);
  }
  Result<PlacedSnapshot> take() {
    if (!problem_.ok()) return problem_;
    return std::move(placed_);
  }

 private:
  void add(EncodedOperatorState& encoded, const std::string& path, std::vector<OperatorStateHandle>& handles) {
    if (encoded.parts.empty()) return;
    handles.push_back({std::move(encoded.parts), put(std::move(encoded.bytes), path)});
  }

  StateHandle put(Bytes bytes, const std::string& path) {
    const std::uint64_t size = bytes.size();
    if (inlined(path, size)) return {{}, std::move(bytes), size};
    placed_.files.push_back({path, std::move(bytes)});
    return {path, {}, size};
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
  PlacedSnapshot placed_;
  Status problem_;
};

}  // namespace

Result<PlacedSnapshot> place_snapshot(SyncSnapshot snapshot, const CheckpointOptions& options,
                                      const std::string& directory) {
  Placement placement(options, directory);
  for (OperatorSyncSnapshot& op : snapshot.operators) placement.add(op);
  return placement.take();
}

}  // namespace weir::engine
