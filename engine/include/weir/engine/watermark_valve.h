#pragma once

// The watermark of a subtask with several input channels: the least of what its channels said (TM-13). Decides only.

#include <cstdint>
#include <optional>
#include <vector>

#include "weir/engine/event_time.h"

namespace weir::engine {

class WatermarkValve {
 public:
  explicit WatermarkValve(std::uint32_t channels) : channels_(channels, kMinWatermark) {}

  // The channel's newest watermark; an older one changes nothing. The subtask's watermark when it has moved on.
  std::optional<EventTime> advance(std::uint32_t channel, EventTime watermark);
  // A channel whose data has ended holds nothing back any more.
  std::optional<EventTime> end(std::uint32_t channel) { return advance(channel, kMaxWatermark); }
  EventTime current() const { return current_; }

 private:
  std::vector<EventTime> channels_;
  EventTime current_ = kMinWatermark;  // not restored (TM-11)
};

}  // namespace weir::engine
