#pragma once

// The input side of one subtask: its channels in order, the channels that have data in order of arrival, which of them
// are blocked (BA-10), and the credit that goes back to the producers (BP-1).

#include <cstdint>
#include <optional>
#include <vector>

#include "channel/frame_decoder.h"
#include "weir/engine/environment.h"
#include "weir/engine/segment.h"

namespace weir::engine {

class InputGate {
 public:
  struct Input {
    Segment* segment;  // owned by the caller until `done`
    std::uint32_t channel;
  };

  // `connections` in the order of SubtaskInfo::inputs.
  InputGate(Environment& environment, std::vector<ConnectionId> connections, std::uint32_t credits_per_channel);
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
  // Decodes a data segment; the records count as processed in the channel's cut.
  std::uint32_t decode(const Input& input, EdgeReader& reader, ChainContext& chain);
  // Releases the segment; a data segment gives its credit back, in batches of half of what the channel has.
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

  // Throws away the data that waits on blocked channels, giving its credit back; events stay.
  void drop_blocked_data();

 private:
  struct Channel {
    ConnectionId connection;
    SegmentQueue queue;
    FrameDecoder decoder;
    ChannelCut cut;
    std::uint32_t next_sequence = 0;
    std::uint32_t credits_due = 0;
    bool blocked = false;
    bool ended = false;
    bool in_line = false;
  };

  void line_up(std::uint32_t channel);
  void leave_line(std::uint32_t channel);
  void drop_data(std::uint32_t channel);

  Environment& env_;
  std::uint32_t credits_per_channel_;
  std::uint32_t credit_batch_;
  std::vector<Channel> channels_;
  WatermarkValve valve_;
  std::vector<std::uint32_t> line_;  // ring of channels with data, at most one place each
  std::uint32_t line_head_ = 0;
  std::uint32_t ready_count_ = 0;
  std::uint32_t open_channels_;
};

}  // namespace weir::engine
