#include "task/task_outputs.h"

#include <algorithm>
#include <iterator>

namespace weir::engine {

TaskOutputs::TaskOutputs(const TaskSite& site) : site_(site) {
  const NetworkOptions& network = site.options().network;
  for (const std::uint32_t edge : site.vertex.outputs) {
    std::vector<ConnectionId> connections;
    for (const ChannelId channel : site.subtask.outputs) {
      if (site.setup.graph->channel(channel).edge == edge) connections.push_back(site.connection(channel));
    }
    const JobGraph& job = site.setup.graph->job();
    const bool any_edge = site.env.defects.has(Defect::OvertakeOnBroadcast);
    const bool overtaking = any_edge || allows_overtaking(job, job.vertices[job.edges[edge].to.value]);
    outputs_.push_back(
        std::make_unique<RecordOutput>(site.env, site.subtask.id, std::move(connections),
                                       RecordOutput::Limits{network.records_per_segment, network.queued_segments,
                                                            overtaking, network.overdraft_segments_per_output}));
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

bool TaskOutputs::any_open() const {
  return std::any_of(outputs_.begin(), outputs_.end(), [](const auto& output) { return output->any_open(); });
}

void TaskOutputs::broadcast_barrier(const RecordOutput::Barrier& barrier) {
  for (const auto& output : outputs_) output->broadcast_barrier(barrier);
}

void TaskOutputs::time_out(CheckpointId checkpoint) {
  for (const auto& output : outputs_) output->time_out(checkpoint);
}

bool TaskOutputs::barrier_in_line() const {
  return std::any_of(outputs_.begin(), outputs_.end(), [](const auto& output) { return output->barrier_in_line(); });
}

std::vector<Bytes> TaskOutputs::take_overtaken() {
  std::vector<Bytes> all;
  for (const auto& output : outputs_) {
    std::vector<Bytes> overtaken = output->take_overtaken();
    overtaken.resize(output->channel_count());
    std::move(overtaken.begin(), overtaken.end(), std::back_inserter(all));
  }
  return all;
}

void TaskOutputs::broadcast_cancel_marker(CheckpointId checkpoint) {
  for (const auto& output : outputs_) output->broadcast_cancel_marker(checkpoint);
}

void TaskOutputs::broadcast_end(SegmentKind end_kind) {
  for (const auto& output : outputs_) output->broadcast_end(end_kind);
}

}  // namespace weir::engine
