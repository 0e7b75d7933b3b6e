#include "coordination/source_coordinator.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace weir::engine {

void SourceCoordinator::reset(std::vector<SourceSplit> unassigned) {
  tracker_.clear();
  unassigned_.clear();
  add(std::move(unassigned));
}

void SourceCoordinator::reset_subtask(std::uint32_t index, AttemptId attempt, CheckpointId restored) {
  add(tracker_.take_back(index, restored));
  gateways_[index].reset(attempt);
}

void SourceCoordinator::add(std::vector<SourceSplit> splits) {
  std::move(splits.begin(), splits.end(), std::back_inserter(unassigned_));
  std::sort(unassigned_.begin(), unassigned_.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
}

std::optional<SourceSplit> SourceCoordinator::on_request(std::uint32_t index) {
  OperatorEvent answer;
  answer.no_more_splits = unassigned_.empty();
  std::optional<SourceSplit> split;
  if (!unassigned_.empty()) {
    split = unassigned_.front();
    unassigned_.erase(unassigned_.begin());
    tracker_.assigned(index, *split);
    answer.splits.push_back(*split);
  }
  gateways_[index].send(std::move(answer));
  return split;
}

Bytes SourceCoordinator::snapshot(CheckpointId checkpoint) {
  tracker_.snapshot(checkpoint);
  if (!defects_.has(Defect::KeepGatewaysOpen)) {
    for (SubtaskGateway& gateway : gateways_) gateway.close(checkpoint);
  }
  return encode_unassigned(unassigned_);
}

void SourceCoordinator::on_completed(CheckpointId checkpoint) {
  tracker_.completed(checkpoint);
  for (SubtaskGateway& gateway : gateways_) gateway.reopen(checkpoint);
}

// What was assigned before it stays noted: the readers may be restored from an older one (SO-4).
void SourceCoordinator::on_aborted(CheckpointId checkpoint) {
  if (defects_.has(Defect::ForgetAssignmentsOnAbort)) tracker_.forget(checkpoint);
  if (defects_.has(Defect::LeaveGatewaysClosed)) return;
  for (SubtaskGateway& gateway : gateways_) gateway.reopen(checkpoint);
}

bool SourceCoordinator::settled_before(CheckpointId checkpoint) const {
  return std::all_of(gateways_.begin(), gateways_.end(),
                     [&](const SubtaskGateway& gateway) { return gateway.settled_before(checkpoint); });
}

Bytes encode_unassigned(const std::vector<SourceSplit>& splits) {
  ByteBuffer out;
  ByteWriter writer(out);
  writer.varint(splits.size());
  for (const SourceSplit& split : splits) {
    writer.varint(split.id);
    writer.varint(split.position);
  }
  return writer.bytes();
}

Result<std::vector<SourceSplit>> decode_unassigned(BytesView bytes) {
  ByteReader reader(bytes);
  std::vector<SourceSplit> splits;
  for (std::uint64_t left = reader.varint(); left > 0 && !reader.failed(); --left) {
    SourceSplit split;
    split.id = static_cast<std::uint32_t>(reader.varint());
    split.position = reader.varint();
    splits.push_back(split);
  }
  if (reader.failed() || !reader.at_end())
    return Status(StatusCode::Corrupt, "the splits of a coordinator do not decode");
  return splits;
}

}  // namespace weir::engine
