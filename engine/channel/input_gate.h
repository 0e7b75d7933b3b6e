#pragma once

// The input side of one subtask: its channels in order, the channels that have data in order of arrival, which of them
// are blocked (BA-10), and the credit that goes back to the producers (BP-1). Barriers that overtake come before all
// data, on blocked channels too (BA-2, BA-33), and what they overtook is saved while it also stays in line.

#include <cstdint>
#include <optional>
#include <vector>

#include "channel/frame_decoder.h"
#include "channel/input_capture.h"
#include "channel/input_credits.h"
#include "weir/engine/environment.h"
#include "weir/engine/options.h"
#include "weir/engine/segment.h"

namespace weir::engine {

class InputGate {
 public:
  struct Input {
    Segment* segment;  // owned by the caller until `done`
    std::uint32_t channel;
    bool announced = false;  // a barrier that is still in line and stays the gate's (BA-13)
  };

  // `connections` in the order of SubtaskInfo::inputs.
  InputGate(Environment& environment, std::vector<ConnectionId> connections, const NetworkOptions& options);
  ~InputGate();
  InputGate(const InputGate&) = delete;
  InputGate& operator=(const InputGate&) = delete;

  std::uint32_t channel_count() const { return static_cast<std::uint32_t>(channels_.size()); }
  ConnectionId connection(std::uint32_t channel) const { return channels_[channel].connection; }

  void request_all();                                        // the first grant of every channel
  void on_segment(std::uint32_t channel, Segment* segment);  // takes ownership; asserts that no segment is missing

  // One segment of the channel whose turn it is; a channel with more goes to the end of the line. Blocked channels have
  // no turn.
  bool has_input() const { return ready_count_ != 0; }
  Input next();
  // Before all of that: barriers that overtook, and announcements of those that may yet.
  bool has_priority() const { return !priority_.empty(); }
  Input next_priority();
  // Barriers of the checkpoint that wait in line overtake.
  void prioritise(CheckpointId checkpoint);
  // Decodes a data segment; the records count as processed in the channel's cut.
  std::uint32_t decode(const Input& input, EdgeReader& reader, ChainContext& chain);
  // The same of whole frames that were in flight at the restored checkpoint, which are of no connection: `taken` counts
  // their records, and watermarks are the channel's.
  void decode_recovered(BytesView frames, std::uint32_t channel, EdgeReader& reader, ChainContext& chain,
                        ChannelCut& taken);
  // Releases the segment; a data segment gives its credit back.
  void done(const Input& input);

  void block(std::uint32_t channel);
  void resume(std::uint32_t channel);
  bool blocked(std::uint32_t channel) const { return channels_[channel].blocked; }

  void end(std::uint32_t channel);  // EndOfPartition was taken from it (BA-8)
  bool ended(std::uint32_t channel) const { return channels_[channel].ended; }
  bool all_ended() const { return open_channels_ == 0; }

  // The data of a channel has ended, and holds back the subtask's watermark no more (TM-13).
  void end_of_data(std::uint32_t channel, WatermarkTarget& target) { valve_.advance(channel, kMaxWatermark, target); }

  // Of the records processed from the connection so far.
  std::uint64_t cut(std::uint32_t channel) const { return channels_[channel].cut.packed(); }

  // From here on data before the checkpoint's barriers is saved: what was read of a record that is not whole (BA-28),
  // what is in line, and what comes until the barrier does (BA-23 to BA-27). One checkpoint at a time: a newer one ends
  // an older (BA-31).
  void begin_capture(CheckpointId checkpoint);
  void abort_capture(CheckpointId checkpoint);
  // By channel; nothing when it was not begun, or was aborted.
  std::optional<std::vector<Bytes>> end_capture(CheckpointId checkpoint) { return capture_.end(checkpoint); }

  // Those that wait here, and at the producers as far as they said so; at least one for each channel (BP-6).
  std::uint64_t segments_in_use() const;
  // Tells the producers of all channels that have not ended.
  void announce_size(std::uint32_t bytes);

  // Throws away the data that waits on blocked channels, giving its credit back; events stay.
  void drop_blocked_data();

 private:
  struct Channel {
    ConnectionId connection;
    SegmentQueue queue;
    FrameDecoder decoder;
    ChannelCut cut;
    std::uint32_t next_sequence = 0;
    CheckpointId barrier_arrived{};  // the newest that is here, and its place among what came
    std::uint32_t barrier_sequence = 0;
    CheckpointId barrier_taken{};  // the newest that was taken in line, so that nothing is left before it
    bool blocked = false;
    bool ended = false;
    bool in_line = false;
  };

  void barrier_arrived(std::uint32_t channel, const Segment* barrier);
  void send(CreditGrant grant) {
    if (grant.credits != 0) env_.data.grant(channels_[grant.channel].connection, grant.credits);
  }
  void line_up(std::uint32_t channel);
  void leave_line(std::uint32_t channel);
  void drop_data(std::uint32_t channel);

  Environment& env_;
  InputCredits credits_;
  std::vector<Channel> channels_;
  WatermarkValve valve_;
  std::vector<std::uint32_t> line_;  // ring of channels with data, at most one place each
  std::uint32_t line_head_ = 0;
  std::uint32_t ready_count_ = 0;
  std::uint32_t open_channels_;
  std::vector<Input> priority_;  // rarely more than one
  InputCapture capture_;
};

}  // namespace weir::engine
