#include "weir/engine/watermark_valve.h"

#include <algorithm>

namespace weir::engine {

std::optional<EventTime> WatermarkValve::advance(std::uint32_t channel, EventTime watermark) {
  if (watermark <= channels_[channel]) return std::nullopt;
  channels_[channel] = watermark;
  const EventTime least = *std::min_element(channels_.begin(), channels_.end());
  if (least <= current_) return std::nullopt;
  current_ = least;
  return current_;
}

}  // namespace weir::engine
