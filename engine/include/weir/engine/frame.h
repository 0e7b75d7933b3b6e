#pragma once

// A record on a channel: <varint payload size><8-byte origin><payload> (BA-28, BP-8); on a stream with event time the
// payload begins with the record's timestamp. A frame of a watermark, or of its status, has an
// origin that no record has.

#include <cstddef>
#include <cstdint>

#include "weir/engine/assert.h"
#include "weir/engine/bytes.h"
#include "weir/engine/event_time.h"
#include "weir/engine/types.h"

namespace weir::engine {

struct Frame {
  static constexpr std::size_t kOriginSize = 8;
  static constexpr std::size_t kMaxVarint = 5;
  static constexpr std::size_t kMaxHeader = kMaxVarint + kOriginSize;
  // A payload below this has a header of one byte and the origin, which is the rule.
  static constexpr std::size_t kShort = 0x80;
  static constexpr std::size_t kShortHeader = 1 + kOriginSize;

  std::size_t header = 0;  // bytes of size and origin; 0: the header itself is incomplete
  std::size_t payload = 0;
  Origin origin{};

  bool complete_in(std::size_t available) const { return header != 0 && available - header >= payload; }
};

// Of a payload of any size. Asserts that the size is no longer than any that is written.
Frame parse_long_frame(const char* at, std::size_t available);

// What the bytes begin with. REQUIRES: available > 0.
inline Frame parse_frame(const char* at, std::size_t available) {
  const auto size = static_cast<unsigned char>(*at);
  if (available >= Frame::kShortHeader && size < Frame::kShort) [[likely]] {
    return {Frame::kShortHeader, size, Origin{load_little<std::uint64_t>(at + 1)}};
  }
  return parse_long_frame(at, available);
}

// Returns how long the header is; `out` has room for kMaxHeader bytes.
inline std::uint32_t write_frame_header(char* out, Origin origin, std::size_t payload_size) {
  std::uint32_t n = 0;
  for (; payload_size >= 0x80; payload_size >>= 7) out[n++] = static_cast<char>(payload_size | 0x80);
  out[n++] = static_cast<char>(payload_size);
  store_little(out + n, origin.value);
  return n + static_cast<std::uint32_t>(Frame::kOriginSize);
}

inline constexpr Origin kWatermarkFrame{~std::uint64_t{0}};
inline constexpr Origin kStatusFrame{~std::uint64_t{0} - 1};  // of a WatermarkStatus
inline bool is_record(Origin origin) { return origin < kStatusFrame; }

inline EventTime read_watermark(BytesView payload) {
  WEIR_ASSERT(payload.size() == sizeof(std::int64_t), "a watermark does not decode");
  return {load_little<std::int64_t>(payload.data())};
}

inline WatermarkStatus read_status(BytesView payload) {
  WEIR_ASSERT(payload.size() == 1, "a watermark status does not decode");
  return static_cast<WatermarkStatus>(payload.front());
}

}  // namespace weir::engine
