#pragma once

// The network end of an operator chain: one per (edge, producing subtask). Splits records into segments, keeps to the
// credit of each channel and the length of its queue (BP-1), and keeps the cut of what was sent.

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "weir/engine/bytes.h"
#include "weir/engine/environment.h"
#include "weir/engine/events.h"
#include "weir/engine/frame.h"
#include "weir/engine/segment.h"

namespace weir::engine {

class RecordOutput {
 public:
  struct Limits {
    std::uint32_t records_per_segment = 32;  // a segment is sent when it holds this many, or is full
    std::uint32_t queued_segments = 10;      // per channel, before the producer counts as back-pressured
    bool overtaking = true;                  // barriers may overtake on this edge (BA-1)
    std::uint32_t overdraft_segments = 5;    // of all channels together; see `overdrawn`
  };
  struct Barrier {
    CheckpointId checkpoint;
    Time timestamp{};
    CheckpointType type{};
    Alignment alignment = Alignment::Aligned;
  };

  // `connections` in the order of the consumers' subtask indices.
  RecordOutput(Environment& environment, SubtaskId producer, std::vector<ConnectionId> connections, Limits limits);
  ~RecordOutput();
  RecordOutput(const RecordOutput&) = delete;
  RecordOutput& operator=(const RecordOutput&) = delete;

  std::uint32_t channel_count() const { return static_cast<std::uint32_t>(channels_.size()); }

  // Appends one record to the channel's open segment; sends what is full. `write_payload` is given a ByteWriter, and
  // called again with another one when the record turns out to be long or to span segments.
  template <class WritePayload>
  void write(std::uint32_t channel, Origin origin, WritePayload write_payload) {
    Channel& c = channels_[channel];
    append(c, origin, write_payload);
    c.cut.add(origin);
    if (++c.open->records >= limits_.records_per_segment) close_segment(c);
  }
  // Goes behind the records written so far; not counted among them.
  void write_watermark(std::uint32_t channel, EventTime watermark) {
    append(channels_[channel], kWatermarkFrame, [&](ByteWriter& w) { w.fixed(watermark.value); });
  }

  void write_status(std::uint32_t channel, WatermarkStatus status) {
    append(channels_[channel], kStatusFrame, [&](ByteWriter& w) { w.fixed(static_cast<std::uint8_t>(status)); });
  }

  // Sends partly filled segments: before events, and when the subtask goes idle or the buffer timeout is over (BP-7).
  void flush();
  // Also reports BarrierSent with the cut. One that overtakes leaves behind what it overtook: see `take_overtaken`.
  void broadcast_barrier(const Barrier& barrier);
  // A barrier that may time out and is still in line overtakes what is before it (BA-19 step 3).
  void time_out(CheckpointId checkpoint);
  bool barrier_in_line() const { return timeoutable_in_line_ != 0; }  // one that may still time out
  // By channel: the data that the last barrier overtook, which is sent all the same (BA-29); empty: none.
  std::vector<Bytes> take_overtaken() { return std::exchange(overtaken_, {}); }
  void broadcast_cancel_marker(CheckpointId checkpoint);
  void broadcast_end(SegmentKind end_kind);

  // Room on every channel, so that one more input segment may be processed.
  bool available() const { return blocked_channels_ == 0; }
  // Writing never waits, so that what is at hand (a segment of input, a poll, a burst of timers) is processed to its
  // end. A channel's own are `queued_segments` and the one being filled; what is written beyond them is overdraft
  // (BP-1). While there is more of that than allowed, the producer counts as standing in the middle of its work: it
  // does nothing, and takes no snapshot, until segments were sent.
  bool overdrawn() const { return overdraft_ > limits_.overdraft_segments; }
  // Everything written so far was sent, but for open segments.
  bool drained() const;
  bool any_open() const;  // a segment is partly filled
  void on_credit(ConnectionId connection, std::uint32_t credits);
  // Segments that are opened from now on take no more bytes than this (BP-6).
  void on_segment_size(ConnectionId connection, std::uint32_t bytes);
  bool owns(ConnectionId connection) const;

 private:
  struct Channel {
    ConnectionId connection;
    Segment* open = nullptr;
    SegmentQueue queue;             // waiting for credit, or for the consumer to attach
    std::uint32_t queued_data = 0;  // data segments among them
    std::uint32_t credits = 0;
    std::uint32_t next_sequence = 0;
    std::uint32_t segment_size;  // of those to come
    bool requested = false;      // the consumer granted for the first time
    bool data_ended = false;     // EndOfData is written
    ChannelCut cut;              // of what is written
    std::uint64_t sent_cut = 0;  // of what was sent, packed
  };

  template <class WritePayload>
  void append(Channel& c, Origin origin, WritePayload write_payload) {
    if (write_short(c, origin, write_payload)) [[likely]]
      return;
    scratch_.clear();
    write_to(scratch_, write_payload);
    write_spanning(c, origin);
  }
  // Straight into the segment, when the frame is short and ends in it.
  template <class WritePayload>
  bool write_short(Channel& c, Origin origin, WritePayload& write_payload) {
    if (c.open == nullptr) open_segment(c);
    Segment& s = *c.open;
    const std::uint32_t room = s.capacity - s.size;
    if (room <= Frame::kShortHeader) return false;
    char* const frame = s.bytes + s.size;
    ByteWriter payload(frame + Frame::kShortHeader,
                       std::min<std::size_t>(room - Frame::kShortHeader, Frame::kShort - 1));
    write_payload(payload);
    if (payload.overflowed()) return false;
    s.size += write_frame_header(frame, origin, payload.size()) + static_cast<std::uint32_t>(payload.size());
    return true;
  }
  template <class WritePayload>
  static void write_to(ByteBuffer& buffer, WritePayload& write_payload) {
    ByteWriter writer(buffer);
    write_payload(writer);
  }
  void write_spanning(Channel& c, Origin origin);  // the payload is in `scratch_`
  void append_spanning(Channel& c, BytesView bytes);
  void open_segment(Channel& c);
  void close_segment(Channel& c);
  void enqueue(Channel& c, Segment* segment);
  void send_credited(Channel& c);
  void count_sent(Channel& c);
  void send(Channel& c, Segment* segment);
  void enqueue_event(Channel& c, SegmentKind kind, CheckpointId checkpoint = {});
  void forget_older_barriers();
  Alignment alignment_on(const Channel& c, Alignment asked) const;
  void send_barrier(std::size_t channel, const Barrier& barrier);
  void overtake(Channel& c, Segment* barrier);
  void save_overtaken(std::size_t channel, CheckpointId checkpoint, const Segment* end);
  std::size_t find(ConnectionId connection) const;  // channels_.size(): not one of this output
  Channel& at(ConnectionId connection);

  Environment& env_;
  SubtaskId producer_;
  Limits limits_;
  std::vector<Channel> channels_;
  ByteBuffer scratch_;  // a payload that does not go straight into a segment
  std::uint32_t blocked_channels_ = 0;
  std::uint32_t overdraft_ = 0;
  std::uint32_t timeoutable_in_line_ = 0;
  std::vector<Bytes> overtaken_;  // by channel
};

}  // namespace weir::engine
