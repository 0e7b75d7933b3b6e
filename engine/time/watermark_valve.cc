#include "weir/engine/watermark_valve.h"

#include <algorithm>

namespace weir::engine {

std::optional<EventTime> WatermarkValve::advance(std::uint32_t channel, EventTime watermark) {
  Channel& said = channels_[channel];
  if (watermark <= said.watermark) return std::nullopt;
  said.watermark = watermark;
  said.aligned = said.aligned || watermark >= current_;
  return recompute();
}

std::optional<EventTime> WatermarkValve::set_status(std::uint32_t channel, WatermarkStatus status) {
  Channel& said = channels_[channel];
  said.status = status;
  said.aligned = said.watermark >= current_;
  return recompute();
}

// When nobody is left who could bring anything older, the furthest of the idle channels counts; those that have ended
// say nothing about the idle ones.
std::optional<EventTime> WatermarkValve::recompute() {
  EventTime least = kMaxWatermark;
  EventTime furthest = kMinWatermark;
  bool open = false;
  bool active = false;
  bool heard = false;
  for (const Channel& channel : channels_) {
    if (channel.ended()) continue;
    open = true;
    furthest = std::max(furthest, channel.watermark);
    if (channel.status == WatermarkStatus::Idle) continue;
    active = true;
    if (!channel.aligned) continue;
    heard = true;
    least = std::min(least, channel.watermark);
  }
  idle_ = open && !active;
  if (follows_furthest_ && heard) least = furthest;
  const EventTime reached = !open || heard ? least : idle_ ? furthest : current_;
  if (reached <= current_) return std::nullopt;
  current_ = reached;
  return current_;
}

}  // namespace weir::engine
