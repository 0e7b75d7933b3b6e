#pragma once

// The watermark of a subtask with several input channels: the least of what its active channels said (TM-13). Decides
// only.

#include <cstdint>
#include <optional>
#include <vector>

#include "weir/engine/defects.h"
#include "weir/engine/event_time.h"

namespace weir::engine {

class WatermarkValve {
 public:
  explicit WatermarkValve(std::uint32_t channels, const DefectSet& defects = {})
      : channels_(channels), follows_furthest_(defects.has(Defect::FollowFurthestWatermark)) {}

  // The channel's newest watermark; an older one changes nothing. The subtask's watermark when it has moved on.
  std::optional<EventTime> advance(std::uint32_t channel, EventTime watermark);
  // A channel whose data has ended holds nothing back any more.
  std::optional<EventTime> end(std::uint32_t channel) { return advance(channel, kMaxWatermark); }
  // An idle channel holds nothing back either. Active again, it has a say once it has caught up with the rest.
  std::optional<EventTime> set_status(std::uint32_t channel, WatermarkStatus status);

  EventTime current() const { return current_; }
  // Every channel that may still bring something is idle.
  bool idle() const { return idle_; }

  // The same, and tells `target` what has changed, in the order in which it has to be known.
  void advance(std::uint32_t channel, EventTime watermark, WatermarkTarget& target) {
    tell(target, [&] { return advance(channel, watermark); });
  }
  void set_status(std::uint32_t channel, WatermarkStatus status, WatermarkTarget& target) {
    tell(target, [&] { return set_status(channel, status); });
  }

 private:
  struct Channel {
    EventTime watermark = kMinWatermark;
    WatermarkStatus status = WatermarkStatus::Active;
    bool aligned = true;  // not behind the subtask's watermark since it was idle
    bool ended() const { return watermark == kMaxWatermark; }
  };
  template <class Change>
  void tell(WatermarkTarget& target, Change change) {
    const bool was_idle = idle_;
    const std::optional<EventTime> moved_on = change();
    if (was_idle && !idle_) target.status(WatermarkStatus::Active);
    if (moved_on) target.watermark(*moved_on);
    if (!was_idle && idle_) target.status(WatermarkStatus::Idle);
  }
  std::optional<EventTime> recompute();

  std::vector<Channel> channels_;
  bool follows_furthest_;
  EventTime current_ = kMinWatermark;  // not restored (TM-11)
  bool idle_ = false;
};

}  // namespace weir::engine
