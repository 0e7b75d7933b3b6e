#include "channel/input_gate.h"

#include <algorithm>

#include "weir/engine/assert.h"

namespace weir::engine {
namespace {

struct Discard final : EdgeReader {
  BytesView read_frames(BytesView bytes, FrameProgress& progress) override {
    return for_each_frame(
        bytes, progress, [](BytesView) {}, nobody);
  }
  WatermarkTarget nobody;
};

}  // namespace

InputGate::InputGate(Environment& environment, std::vector<ConnectionId> connections, const NetworkOptions& options)
    : env_(environment),
      credits_(static_cast<std::uint32_t>(connections.size()), options.credits_per_channel,
               options.floating_credits_per_gate),
      channels_(connections.size()),
      valve_(static_cast<std::uint32_t>(connections.size()), environment.defects),
      line_(connections.size()),
      open_channels_(static_cast<std::uint32_t>(connections.size())) {
  for (std::size_t i = 0; i < connections.size(); ++i) channels_[i].connection = connections[i];
}

InputGate::~InputGate() {
  for (Channel& c : channels_) {
    while (!c.queue.empty()) env_.segments.release(c.queue.pop());
  }
  for (const Input& input : priority_) {
    if (!input.announced) env_.segments.release(input.segment);
  }
}

void InputGate::request_all() {
  for (const Channel& c : channels_) env_.data.grant(c.connection, credits_.exclusive());
}

void InputGate::on_segment(std::uint32_t channel, Segment* segment) {
  Channel& c = channels_[channel];
  WEIR_ASSERT(segment->sequence == c.next_sequence, "the transport lost, doubled or reordered a segment");
  ++c.next_sequence;
  if (segment->kind == SegmentKind::Data) [[likely]] {
    capture_.arrived(channel, segment->view());  // BA-24
    send(credits_.arrived(channel, segment->backlog));
  } else if (segment->kind == SegmentKind::Barrier) {
    barrier_arrived(channel, segment);
    if (segment->alignment == Alignment::Unaligned) return priority_.push_back({segment, channel});
    if (segment->alignment == Alignment::Timeoutable) priority_.push_back({segment, channel, true});
  }
  c.queue.push(segment);
  line_up(channel);
}

// One that an overtaking barrier left behind comes after it, and says nothing any more (BA-26).
void InputGate::barrier_arrived(std::uint32_t channel, const Segment* barrier) {
  Channel& c = channels_[channel];
  const bool obsolete = barrier->checkpoint < c.barrier_arrived;
  if (obsolete && !env_.defects.has(Defect::DecideFromObsoleteBarrier)) return;
  c.barrier_arrived = barrier->checkpoint;
  c.barrier_sequence = barrier->sequence;
  capture_.barrier_arrived(channel, barrier->checkpoint);
}

InputGate::Input InputGate::next_priority() {
  const Input input = priority_.front();
  priority_.erase(priority_.begin());
  return input;
}

void InputGate::prioritise(CheckpointId checkpoint) {
  const auto is = [&](const Segment& s) { return s.alignment == Alignment::Timeoutable && s.checkpoint == checkpoint; };
  for (std::uint32_t channel = 0; channel < channel_count(); ++channel) {
    Channel& c = channels_[channel];
    Segment* const barrier = c.queue.extract(is);
    if (barrier == nullptr) continue;
    barrier->alignment = Alignment::Unaligned;
    std::erase_if(priority_, [&](const Input& input) { return input.segment == barrier; });
    priority_.push_back({barrier, channel});
    if (c.queue.empty()) leave_line(channel);
  }
}

// BA-26: what is before the barrier is told by its place among what came, and only if it is the barrier of this very
// checkpoint.
void InputGate::begin_capture(CheckpointId checkpoint) {
  capture_.begin(checkpoint, channel_count(), env_.defects.has(Defect::AppendKnownLast));
  for (std::uint32_t channel = 0; channel < channel_count(); ++channel) {
    const Channel& c = channels_[channel];
    if (c.ended || c.barrier_taken >= checkpoint) continue;
    const bool arrived = c.barrier_arrived >= checkpoint;
    if (!env_.defects.has(Defect::ForgetPartialRecord)) capture_.add(channel, c.decoder.partial());
    for (const Segment* s = c.queue.front(); s != nullptr; s = s->next) {
      if (arrived && s->sequence > c.barrier_sequence) break;
      if (s->kind == SegmentKind::Data) capture_.add(channel, s->view());
    }
    if (!arrived) capture_.expect_barrier(channel);
  }
}

void InputGate::abort_capture(CheckpointId checkpoint) { capture_.abort(checkpoint); }

InputGate::Input InputGate::next() {
  WEIR_ASSERT(ready_count_ > 0, "no channel has input");
  const std::uint32_t channel = line_[line_head_];
  if (++line_head_ == line_.size()) line_head_ = 0;
  --ready_count_;
  Channel& c = channels_[channel];
  c.in_line = false;
  Segment* const segment = c.queue.pop();
  if (segment->kind == SegmentKind::Barrier) c.barrier_taken = segment->checkpoint;
  line_up(channel);
  return {segment, channel};
}

std::uint32_t InputGate::decode(const Input& input, EdgeReader& reader, ChainContext& chain) {
  Channel& c = channels_[input.channel];
  FrameProgress progress{chain, c.cut, valve_, input.channel};
  c.decoder.decode(input.segment->view(), reader, progress);
  WEIR_ASSERT(progress.records == input.segment->records, "a segment does not hold the records it says");
  return progress.records;
}

void InputGate::decode_recovered(BytesView frames, std::uint32_t channel, EdgeReader& reader, ChainContext& chain,
                                 ChannelCut& taken) {
  FrameProgress progress{chain, taken, valve_, channel};
  reader.read_frames(frames, progress);
}

void InputGate::done(const Input& input) {
  const bool data = input.segment->kind == SegmentKind::Data;
  env_.segments.release(input.segment);
  if (data) send(credits_.consumed(input.channel));
}

std::uint64_t InputGate::segments_in_use() const {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < channel_count(); ++i) {
    sum += std::max<std::uint64_t>(1, channels_[i].queue.size() + credits_.backlog(i));
  }
  return sum;
}

void InputGate::announce_size(std::uint32_t bytes) {
  for (const Channel& c : channels_) {
    if (!c.ended) env_.data.announce_size(c.connection, bytes);
  }
}

void InputGate::block(std::uint32_t channel) {
  channels_[channel].blocked = true;
  leave_line(channel);
}

void InputGate::resume(std::uint32_t channel) {
  channels_[channel].blocked = false;
  line_up(channel);
}

void InputGate::end(std::uint32_t channel) {
  Channel& c = channels_[channel];
  WEIR_ASSERT(!c.ended && c.queue.empty() && !c.decoder.mid_frame(), "a channel goes on after its end");
  c.ended = true;
  --open_channels_;
}

void InputGate::line_up(std::uint32_t channel) {
  Channel& c = channels_[channel];
  if (c.in_line || c.blocked || c.queue.empty()) return;
  c.in_line = true;
  std::size_t place = std::size_t{line_head_} + ready_count_;
  if (place >= line_.size()) place -= line_.size();
  line_[place] = channel;
  ++ready_count_;
}

// Keeps the order of the others. Rare: only a barrier takes a channel out of the line.
void InputGate::leave_line(std::uint32_t channel) {
  if (!channels_[channel].in_line) return;
  channels_[channel].in_line = false;
  const std::size_t size = line_.size();
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < ready_count_; ++i) {
    const std::uint32_t other = line_[(line_head_ + i) % size];
    if (other != channel) line_[(line_head_ + kept++) % size] = other;
  }
  ready_count_ = kept;
}

void InputGate::drop_blocked_data() {
  for (std::uint32_t i = 0; i < channel_count(); ++i) {
    if (channels_[i].blocked) drop_data(i);
  }
}

// Whole frames only: one that goes on in a segment still to come is kept, so that the channel stays readable.
void InputGate::drop_data(std::uint32_t channel) {
  Channel& c = channels_[channel];
  SegmentQueue waiting = c.queue;
  c.queue = {};
  Discard discard;
  ChainContext ignored;
  ChannelCut uncounted;
  WatermarkValve unheard(1);
  FrameProgress progress{ignored, uncounted, unheard};
  while (!waiting.empty()) {
    Segment* const segment = waiting.pop();
    if (segment->kind != SegmentKind::Data) {
      c.queue.push(segment);
      continue;
    }
    c.decoder.decode(segment->view(), discard, progress);
    done({segment, channel});
  }
}

}  // namespace weir::engine
