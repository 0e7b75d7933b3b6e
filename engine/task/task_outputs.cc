#include "task/task_outputs.h"

#include <algorithm>

namespace weir::engine {

TaskOutputs::TaskOutputs(const TaskSite& site) : site_(site) {
  const NetworkOptions& network = site.options().network;
  for (const std::uint32_t edge : site.vertex.outputs) {
    std::vector<ConnectionId> connections;
    for (const ChannelId channel : site.subtask.outputs) {
      if (site.setup.graph->channel(channel).edge == edge) connections.push_back(site.connection(channel));
    }
    outputs_.push_back(
        std::make_unique<RecordOutput>(site.env, site.subtask.id, std::move(connections),
                                       RecordOutput::Limits{network.records_per_segment, network.queued_segments}));
  }
}

void TaskOutputs::attach() {
  for (const ChannelId channel : site_.subtask.outputs) {
    site_.env.data.attach_producer(site_.connection(channel), site_.process);
  }
}

void TaskOutputs::detach() {
  for (const ChannelId channel : site_.subtask.outputs) site_.env.data.detach_producer(site_.connection(channel));
}

bool TaskOutputs::drained() const {
  return std::all_of(outputs_.begin(), outputs_.end(), [](const auto& output) { return output->drained(); });
}

void TaskOutputs::broadcast_barrier(CheckpointId checkpoint, Time timestamp, CheckpointType type) {
  for (const auto& output : outputs_) output->broadcast_barrier(checkpoint, timestamp, type);
}

void TaskOutputs::broadcast_cancel_marker(CheckpointId checkpoint) {
  for (const auto& output : outputs_) output->broadcast_cancel_marker(checkpoint);
}

void TaskOutputs::broadcast_end(SegmentKind end_kind) {
  for (const auto& output : outputs_) output->broadcast_end(end_kind);
}

}  // namespace weir::engine
