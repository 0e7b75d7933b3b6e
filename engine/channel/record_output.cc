#include "weir/engine/record_output.h"

#include "weir/engine/assert.h"

namespace weir::engine {

RecordOutput::RecordOutput(Environment& environment, SubtaskId producer, std::vector<ConnectionId> connections,
                           Limits limits)
    : env_(environment), producer_(producer), limits_(limits), channels_(connections.size()) {
  WEIR_ASSERT(limits.records_per_segment > 0 && limits.queued_segments > 0, "an output needs room for a record");
  for (std::size_t i = 0; i < connections.size(); ++i) {
    channels_[i].connection = connections[i];
    channels_[i].segment_size = env_.segments.capacity();
  }
}

RecordOutput::~RecordOutput() {
  for (Channel& c : channels_) {
    if (c.open != nullptr) env_.segments.release(c.open);
    while (!c.queue.empty()) env_.segments.release(c.queue.pop());
  }
}

// Fills the open segment to its end and goes on in the next: a frame may span any number of segments (BA-28, BP-8).
void RecordOutput::write_spanning(Channel& c, Origin origin) {
  char header[Frame::kMaxHeader];
  append_spanning(c, {header, write_frame_header(header, origin, scratch_.size())});
  append_spanning(c, scratch_);
}

void RecordOutput::append_spanning(Channel& c, BytesView bytes) {
  while (!bytes.empty()) {
    if (c.open != nullptr && c.open->size == c.open->capacity) close_segment(c);
    if (c.open == nullptr) open_segment(c);
    Segment& s = *c.open;
    const std::size_t n = std::min<std::size_t>(s.capacity - s.size, bytes.size());
    copy_bytes(s.bytes + s.size, bytes.data(), n);
    s.size += static_cast<std::uint32_t>(n);
    bytes.remove_prefix(n);
  }
}

void RecordOutput::open_segment(Channel& c) {
  c.open = env_.segments.acquire(SegmentKind::Data);
  c.open->capacity = c.segment_size;
  if (c.queued_data > limits_.queued_segments) ++overdraft_;
}

void RecordOutput::close_segment(Channel& c) {
  Segment* const s = c.open;
  c.open = nullptr;
  s->cut = c.cut.packed();
  if (++c.queued_data == limits_.queued_segments) ++blocked_channels_;
  enqueue(c, s);
}

void RecordOutput::enqueue(Channel& c, Segment* segment) {
  c.queue.push(segment);
  send_credited(c);
}

// Data goes only with credit, events need none but never overtake data; nothing goes before the first grant (BP-1).
void RecordOutput::send_credited(Channel& c) {
  while (c.requested && !c.queue.empty()) {
    Segment& s = *c.queue.front();
    if (s.kind == SegmentKind::Data) {
      if (c.credits == 0) return;
      --c.credits;
      count_sent(c);
      s.backlog = c.queued_data;
      c.sent_cut = s.cut;
      env_.events.emit({EventKind::SegmentSent, actor_of(producer_), c.connection.channel.value, s.records, s.size});
    }
    if (s.alignment == Alignment::Timeoutable) --timeoutable_in_line_;
    send(c, c.queue.pop());
  }
}

void RecordOutput::count_sent(Channel& c) {
  if (c.queued_data >= limits_.queued_segments) [[unlikely]] {
    const std::uint32_t held = c.queued_data + (c.open != nullptr ? 1 : 0);
    if (held > limits_.queued_segments + 1) --overdraft_;
    if (c.queued_data == limits_.queued_segments) --blocked_channels_;
  }
  --c.queued_data;
}

void RecordOutput::send(Channel& c, Segment* segment) {
  segment->sequence = c.next_sequence++;
  env_.data.send(c.connection, segment);
}

void RecordOutput::flush() {
  for (Channel& c : channels_) {
    if (c.open != nullptr) close_segment(c);
  }
}

void RecordOutput::broadcast_barrier(const Barrier& barrier) {
  forget_older_barriers();
  for (std::size_t channel = 0; channel < channels_.size(); ++channel) {
    Channel& c = channels_[channel];
    env_.events.emit({EventKind::BarrierSent, actor_of(producer_), c.connection.channel.value, barrier.checkpoint.value,
                      c.cut.packed()});
    send_barrier(channel, barrier);
  }
}

// BA-31: an older checkpoint whose barrier is still in line does not become unaligned any more.
void RecordOutput::forget_older_barriers() {
  overtaken_.clear();
  if (timeoutable_in_line_ == 0) return;
  timeoutable_in_line_ = 0;
  for (Channel& c : channels_) {
    for (Segment* s = c.queue.front(); s != nullptr; s = s->next) {
      if (s->alignment == Alignment::Timeoutable) s->alignment = Alignment::ForcedAligned;
    }
  }
}

// BA-1. Behind the end of its data a barrier stays in line on any edge: so a checkpoint that makes the end final was
// also taken after everything was read (CO-55).
Alignment RecordOutput::alignment_on(const Channel& c, Alignment asked) const {
  return asked == Alignment::Aligned || (limits_.overtaking && !c.data_ended) ? asked : Alignment::ForcedAligned;
}

void RecordOutput::send_barrier(std::size_t channel, const Barrier& barrier) {
  Channel& c = channels_[channel];
  Segment* const s = env_.segments.acquire(SegmentKind::Barrier);
  s->checkpoint = barrier.checkpoint;
  s->timestamp = barrier.timestamp;
  s->type = barrier.type;
  s->alignment = alignment_on(c, barrier.alignment);
  if (s->alignment == Alignment::Unaligned) {
    save_overtaken(channel, barrier.checkpoint, nullptr);
    return overtake(c, s);
  }
  if (c.open != nullptr) close_segment(c);
  if (s->alignment == Alignment::Timeoutable) ++timeoutable_in_line_;
  enqueue(c, s);
}

// BA-29: ahead of everything that is not sent but barriers like it. It needs no credit, so that a channel without any
// lets it through as well (BA-33).
void RecordOutput::overtake(Channel& c, Segment* barrier) {
  if (c.requested) return send(c, barrier);
  c.queue.push_behind([](const Segment& s) { return s.alignment == Alignment::Unaligned; }, barrier);
}

// What waits in the channel up to `end` (null: all of it, and the open segment) is before the barrier.
void RecordOutput::save_overtaken(std::size_t channel, CheckpointId checkpoint, const Segment* end) {
  Channel& c = channels_[channel];
  if (env_.defects.has(Defect::ForgetOvertakenOutput)) return;
  overtaken_.resize(channels_.size());
  Bytes& saved = overtaken_[channel];
  std::uint64_t before = c.sent_cut;
  std::uint64_t cut = 0;
  const auto save = [&](const Segment& s, std::uint64_t cut_at_end) {
    saved.append(s.view());
    cut = ChannelCut::sum(cut, ChannelCut::difference(cut_at_end, before));
    before = cut_at_end;
  };
  for (const Segment* s = c.queue.front(); s != end; s = s->next) {
    if (s->kind == SegmentKind::Data) save(*s, s->cut);
  }
  if (end == nullptr && c.open != nullptr) save(*c.open, c.cut.packed());
  if (saved.empty()) return;
  env_.events.emit(
      {EventKind::InFlightCaptured, actor_of(producer_), c.connection.channel.value, checkpoint.value, cut});
}

void RecordOutput::time_out(CheckpointId checkpoint) {
  const auto is = [&](const Segment& s) { return s.alignment == Alignment::Timeoutable && s.checkpoint == checkpoint; };
  for (std::size_t channel = 0; channel < channels_.size() && timeoutable_in_line_ > 0; ++channel) {
    SegmentQueue& line = channels_[channel].queue;
    const Segment* found = line.front();
    while (found != nullptr && !is(*found)) found = found->next;
    if (found == nullptr) continue;
    save_overtaken(channel, checkpoint, found);
    Segment* const barrier = line.extract(is);
    --timeoutable_in_line_;
    barrier->alignment = Alignment::Unaligned;
    overtake(channels_[channel], barrier);
  }
}

void RecordOutput::broadcast_cancel_marker(CheckpointId checkpoint) {
  flush();
  for (Channel& c : channels_) {
    env_.events.emit(
        {EventKind::CancelMarkerSent, actor_of(producer_), c.connection.channel.value, checkpoint.value, 0});
    enqueue_event(c, SegmentKind::CancelMarker, checkpoint);
  }
}

void RecordOutput::broadcast_end(SegmentKind end_kind) {
  WEIR_ASSERT(end_kind == SegmentKind::EndOfData || end_kind == SegmentKind::EndOfPartition, "not an end");
  flush();
  for (Channel& c : channels_) {
    c.data_ended = true;
    enqueue_event(c, end_kind);
  }
}

void RecordOutput::enqueue_event(Channel& c, SegmentKind kind, CheckpointId checkpoint) {
  Segment* const s = env_.segments.acquire(kind);
  s->checkpoint = checkpoint;
  enqueue(c, s);
}

bool RecordOutput::drained() const {
  return std::all_of(channels_.begin(), channels_.end(), [](const Channel& c) { return c.queue.empty(); });
}

bool RecordOutput::any_open() const {
  return std::any_of(channels_.begin(), channels_.end(), [](const Channel& c) { return c.open != nullptr; });
}

void RecordOutput::on_segment_size(ConnectionId connection, std::uint32_t bytes) {
  at(connection).segment_size = std::clamp(bytes, 1u, env_.segments.capacity());
}

RecordOutput::Channel& RecordOutput::at(ConnectionId connection) {
  const std::size_t place = find(connection);
  WEIR_ASSERT(place < channels_.size(), "this is a connection of another output");
  return channels_[place];
}

void RecordOutput::on_credit(ConnectionId connection, std::uint32_t credits) {
  Channel& c = at(connection);
  c.requested = true;
  c.credits += credits;
  send_credited(c);
}

bool RecordOutput::owns(ConnectionId connection) const { return find(connection) < channels_.size(); }

// The channels of one output follow each other in the numbering of the job, so that the first guess is right.
std::size_t RecordOutput::find(ConnectionId connection) const {
  if (channels_.empty()) return 0;
  const std::size_t guess = connection.channel.value - channels_.front().connection.channel.value;
  if (guess < channels_.size() && channels_[guess].connection == connection) return guess;
  const auto found =
      std::find_if(channels_.begin(), channels_.end(), [&](const Channel& c) { return c.connection == connection; });
  return static_cast<std::size_t>(found - channels_.begin());
}

}  // namespace weir::engine
