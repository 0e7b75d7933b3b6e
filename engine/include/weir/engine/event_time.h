#pragma once

// Event time: when something happened, as records and watermarks carry it. Milliseconds, unrelated to virtual time.

#include <cstdint>
#include <limits>

#include "weir/engine/types.h"

namespace weir::engine {

using EventTime = Id<struct EventTimeTag, std::int64_t>;

// Of a record without a timestamp, and the watermark before the first one (TM-11).
inline constexpr EventTime kMinWatermark{std::numeric_limits<std::int64_t>::min()};
// No record comes any more.
inline constexpr EventTime kMaxWatermark{std::numeric_limits<std::int64_t>::max()};

// Whether a stream has a say in the watermark of those that read it. Not restored: every stream begins active.
enum class WatermarkStatus : std::uint8_t { Active, Idle };

// Takes watermarks: "from here on no record is older than this". They ascend. A stream is told to be idle when it is
// expected to bring nothing for a while, and to be active again before anything more of it.
class WatermarkTarget {
 public:
  virtual ~WatermarkTarget() = default;
  virtual void watermark(EventTime) {}
  virtual void status(WatermarkStatus) {}
};

}  // namespace weir::engine
