#pragma once

// The network end of an operator chain: one per (edge, producing subtask). Splits records into segments, keeps to the
// credit of each channel and the length of its queue (BP-1), and keeps the cut of what was sent.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "weir/engine/bytes.h"
#include "weir/engine/environment.h"
#include "weir/engine/events.h"
#include "weir/engine/segment.h"

namespace weir::engine {

class RecordOutput {
 public:
  struct Limits {
    std::uint32_t records_per_segment = 32;  // a segment is sent when it holds this many, or is full
    std::uint32_t queued_segments = 10;      // per channel, before the producer counts as back-pressured
  };

  // `connections` in the order of the consumers' subtask indices.
  RecordOutput(Environment& environment, SubtaskId producer, std::vector<ConnectionId> connections, Limits limits);
  ~RecordOutput();
  RecordOutput(const RecordOutput&) = delete;
  RecordOutput& operator=(const RecordOutput&) = delete;

  std::uint32_t channel_count() const { return static_cast<std::uint32_t>(channels_.size()); }

  // Appends one record to the channel's open segment; sends what is full.
  void write(std::uint32_t channel, Origin origin, BytesView payload) {
    Channel& c = channels_[channel];
    c.cut.add(origin);
    Segment* s = c.open;
    if (s == nullptr || s->capacity - s->size < kMaxHeader + payload.size()) [[unlikely]] {
      char header[kMaxHeader];
      write_spanning(c, {header, frame_header(header, origin, payload.size())}, payload);
      return;
    }
    char* const frame = s->bytes + s->size;
    const std::uint32_t header = frame_header(frame, origin, payload.size());
    copy_bytes(frame + header, payload.data(), payload.size());
    s->size += header + static_cast<std::uint32_t>(payload.size());
    if (++s->records >= limits_.records_per_segment) close_segment(c);
  }
  void write_to_all(Origin origin, BytesView payload) {
    for (std::uint32_t i = 0; i < channel_count(); ++i) write(i, origin, payload);
  }

  // Sends partly filled segments; called when the chain goes idle and before events.
  void flush();
  void broadcast_barrier(CheckpointId checkpoint, Time timestamp);  // also reports BarrierSent with the cut
  void broadcast_cancel_marker(CheckpointId checkpoint);
  void broadcast_end(SegmentKind end_kind);

  // Room on every channel, so that one more input segment may be processed.
  bool available() const { return blocked_channels_ == 0; }
  // Everything written so far was sent, but for open segments.
  bool drained() const;
  void on_credit(ConnectionId connection, std::uint32_t credits);
  bool owns(ConnectionId connection) const;

 private:
  static constexpr std::uint32_t kMaxHeader = 5 + 8;
  struct Channel {
    ConnectionId connection;
    Segment* open = nullptr;
    SegmentQueue queue;             // waiting for credit, or for the consumer to attach
    std::uint32_t queued_data = 0;  // data segments among them
    std::uint32_t credits = 0;
    std::uint32_t next_sequence = 0;
    bool requested = false;  // the consumer granted for the first time
    ChannelCut cut;
  };

  static std::uint32_t frame_header(char* out, Origin origin, std::size_t payload_size) {
    std::uint32_t n = 0;
    for (; payload_size >= 0x80; payload_size >>= 7) out[n++] = static_cast<char>(payload_size | 0x80);
    out[n++] = static_cast<char>(payload_size);
    store_little(out + n, origin.value);
    return n + 8;
  }
  void write_spanning(Channel& c, BytesView header, BytesView payload);
  void append_spanning(Channel& c, BytesView bytes);
  void close_segment(Channel& c);
  void enqueue(Channel& c, Segment* segment);
  void send_credited(Channel& c);
  void enqueue_event(Channel& c, SegmentKind kind, CheckpointId checkpoint, Time timestamp);
  std::size_t find(ConnectionId connection) const;  // channels_.size(): not one of this output

  Environment& env_;
  SubtaskId producer_;
  Limits limits_;
  std::vector<Channel> channels_;
  std::uint32_t blocked_channels_ = 0;
};

}  // namespace weir::engine
