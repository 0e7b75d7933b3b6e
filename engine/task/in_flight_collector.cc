#include "task/in_flight_collector.h"

#include <algorithm>
#include <utility>

namespace weir::engine {

void InFlightCollector::begin(CheckpointId checkpoint, bool inputs) {
  checkpoint_ = checkpoint;
  inputs_open_ = inputs;
  inputs_.clear();
  if (inputs) gate_.begin_capture(checkpoint);
}

void InFlightCollector::inputs_ended(CheckpointId checkpoint) {
  if (checkpoint != checkpoint_) return;
  inputs_ = gate_.end_capture(checkpoint).value_or(std::vector<Bytes>{});
  inputs_open_ = false;
}

void InFlightCollector::abort(CheckpointId checkpoint) {
  const bool any = site_.env.defects.has(Defect::EndNewerCapture);
  if (any && checkpoint_ > checkpoint) inputs_ended(checkpoint_);
  if (checkpoint != checkpoint_) return;
  gate_.abort_capture(checkpoint);
  checkpoint_ = kNoCheckpoint;
}

std::optional<InFlightCollector::Collected> InFlightCollector::take_if_complete() {
  if (checkpoint_ == kNoCheckpoint || inputs_open_ || outputs_.barrier_in_line()) return std::nullopt;
  std::vector<CapturedChannel> channels;
  add_inputs(channels);
  add_outputs(channels);
  return Collected{std::exchange(checkpoint_, kNoCheckpoint), encode_in_flight(channels)};
}

void InFlightCollector::add_inputs(std::vector<CapturedChannel>& channels) {
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    if (inputs_[i].empty()) continue;
    const ChannelId channel = site_.subtask.inputs[i];
    site_.emit_detail(EventKind::InFlightCaptured, channel.value, checkpoint_.value, records_in(inputs_[i]).packed());
    channels.push_back({part(channel, false), std::move(inputs_[i])});
  }
  inputs_.clear();
}

void InFlightCollector::add_outputs(std::vector<CapturedChannel>& channels) {
  std::vector<Bytes> overtaken = outputs_.take_overtaken();
  for (std::size_t i = 0; i < overtaken.size(); ++i) {
    channels.push_back({part(site_.subtask.outputs[i], true), std::move(overtaken[i])});
  }
}

InFlightPart InFlightCollector::part(ChannelId id, bool sent) const {
  const ExecutionGraph& graph = *site_.setup.graph;
  const ChannelInfo& channel = graph.channel(id);
  const JobEdge& edge = graph.job().edges[channel.edge];
  const JobVertex& consumer = graph.vertex(edge.to);
  const auto input = std::find(consumer.inputs.begin(), consumer.inputs.end(), channel.edge) - consumer.inputs.begin();
  const bool mixed_up = site_.env.defects.has(Defect::MixUpInputs);
  return {graph.vertex(edge.from).chain[edge.from_operator].id,
          consumer.chain.front().id,
          mixed_up ? 0 : static_cast<std::uint32_t>(input),
          graph.subtask(channel.producer).index,
          graph.subtask(channel.consumer).index,
          sent};
}

}  // namespace weir::engine
