#include "weir/engine/record_output.h"

#include "weir/engine/assert.h"

namespace weir::engine {

RecordOutput::RecordOutput(Environment& environment, SubtaskId producer, std::vector<ConnectionId> connections,
                           Limits limits)
    : env_(environment), producer_(producer), limits_(limits), channels_(connections.size()) {
  WEIR_ASSERT(limits.records_per_segment > 0 && limits.queued_segments > 0, "an output needs room for a record");
  for (std::size_t i = 0; i < connections.size(); ++i) channels_[i].connection = connections[i];
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
    if (c.open == nullptr) c.open = env_.segments.acquire(SegmentKind::Data);
    Segment& s = *c.open;
    const std::size_t n = std::min<std::size_t>(s.capacity - s.size, bytes.size());
    copy_bytes(s.bytes + s.size, bytes.data(), n);
    s.size += static_cast<std::uint32_t>(n);
    bytes.remove_prefix(n);
  }
}

void RecordOutput::close_segment(Channel& c) {
  Segment* const s = c.open;
  c.open = nullptr;
  if (++c.queued_data == limits_.queued_segments) ++blocked_channels_;
  enqueue(c, s);
}

void RecordOutput::enqueue(Channel& c, Segment* segment) {
  segment->sequence = c.next_sequence++;
  c.queue.push(segment);
  send_credited(c);
}

// Data goes only with credit, events need none but never overtake data; nothing goes before the first grant (BP-1).
void RecordOutput::send_credited(Channel& c) {
  while (c.requested && !c.queue.empty()) {
    if (c.queue.front()->kind == SegmentKind::Data) {
      if (c.credits == 0) return;
      --c.credits;
      if (c.queued_data-- == limits_.queued_segments) --blocked_channels_;
      const Segment& s = *c.queue.front();
      env_.events.emit({EventKind::SegmentSent, actor_of(producer_), c.connection.channel.value, s.records, s.size});
    }
    env_.data.send(c.connection, c.queue.pop());
  }
}

void RecordOutput::flush() {
  for (Channel& c : channels_) {
    if (c.open != nullptr) close_segment(c);
  }
}

void RecordOutput::broadcast_barrier(CheckpointId checkpoint, Time timestamp, CheckpointType type) {
  flush();
  for (Channel& c : channels_) {
    env_.events.emit(
        {EventKind::BarrierSent, actor_of(producer_), c.connection.channel.value, checkpoint.value, c.cut.packed()});
    enqueue_event(c, SegmentKind::Barrier, checkpoint, timestamp, type);
  }
}

void RecordOutput::broadcast_cancel_marker(CheckpointId checkpoint) {
  flush();
  for (Channel& c : channels_) {
    env_.events.emit(
        {EventKind::CancelMarkerSent, actor_of(producer_), c.connection.channel.value, checkpoint.value, 0});
    enqueue_event(c, SegmentKind::CancelMarker, checkpoint, Time{});
  }
}

void RecordOutput::broadcast_end(SegmentKind end_kind) {
  WEIR_ASSERT(end_kind == SegmentKind::EndOfData || end_kind == SegmentKind::EndOfPartition, "not an end");
  flush();
  for (Channel& c : channels_) enqueue_event(c, end_kind, kNoCheckpoint, Time{});
}

void RecordOutput::enqueue_event(Channel& c, SegmentKind kind, CheckpointId checkpoint, Time timestamp,
                                 CheckpointType type) {
  Segment* const s = env_.segments.acquire(kind);
  s->checkpoint = checkpoint;
  s->timestamp = timestamp;
  s->type = type;
  enqueue(c, s);
}

bool RecordOutput::drained() const {
  return std::all_of(channels_.begin(), channels_.end(), [](const Channel& c) { return c.queue.empty(); });
}

void RecordOutput::on_credit(ConnectionId connection, std::uint32_t credits) {
  const std::size_t at = find(connection);
  WEIR_ASSERT(at < channels_.size(), "credit for a connection of another output");
  Channel& c = channels_[at];
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
