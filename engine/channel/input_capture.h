#pragma once

// What the input channels of one subtask have in flight for one unaligned checkpoint, as bytes in order of arrival.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "weir/engine/types.h"

namespace weir::engine {

class InputCapture {
 public:
  // Ends what was under way (BA-31).
  void begin(CheckpointId checkpoint, std::uint32_t channels, bool known_last) {
    known_last_ = known_last;
    checkpoint_ = checkpoint;
    bytes_.assign(channels, {});
    open_.assign(channels, 0);
    capturing_ = false;
  }
  void add(std::uint32_t channel, BytesView bytes) { bytes_[channel].append(bytes); }
  // What arrives on the channel before its barrier is part of it.
  void expect_barrier(std::uint32_t channel) {
    open_[channel] = 1;
    capturing_ = true;
  }
  void arrived(std::uint32_t channel, BytesView bytes) {
    if (!capturing_ || open_[channel] == 0) [[likely]]
      return;
    bytes_[channel].insert(known_last_ ? 0 : bytes_[channel].size(), bytes);
  }
  // An older barrier ends nothing (BA-25).
  void barrier_arrived(std::uint32_t channel, CheckpointId checkpoint) {
    if (capturing_ && checkpoint >= checkpoint_) open_[channel] = 0;
  }
  void abort(CheckpointId checkpoint) {
    if (checkpoint == checkpoint_) end(checkpoint);
  }
  // The bytes by channel; nothing when another checkpoint is captured, or none.
  std::optional<std::vector<Bytes>> end(CheckpointId checkpoint) {
    if (checkpoint != checkpoint_) return std::nullopt;
    checkpoint_ = kNoCheckpoint;
    capturing_ = false;
    return std::exchange(bytes_, {});
  }

 private:
  CheckpointId checkpoint_ = kNoCheckpoint;
  bool known_last_ = false;  // a planted defect
  bool capturing_ = false;   // some channel still waits for its barrier
  std::vector<Bytes> bytes_;
  std::vector<std::uint8_t> open_;
};

}  // namespace weir::engine
