#pragma once

// One connection of a channel: two ends, and what is between them.

#include <cstdint>

#include "weir/engine/segment.h"
#include "weir/engine/types.h"

namespace weir::sim {

enum class EndState : std::uint8_t {
  Absent,  // not yet announced: what is sent to it waits
  Attached,
  Detached,  // gone in an orderly way
  Dead,      // its process died
};
constexpr bool is_gone(EndState s) { return s == EndState::Detached || s == EndState::Dead; }

struct ConnectionEnd {
  EndState state = EndState::Absent;
  engine::ProcessId process;
};

inline constexpr std::uint32_t kNoConnection = 0xFFFF'FFFF;

struct Connection {
  engine::ConnectionId id;
  ConnectionEnd producer;
  ConnectionEnd consumer;
  // In flight, in order: the n-th arrival event of the connection is that of the n-th segment, and what is dropped is
  // always a tail, so that arrival events of dropped segments find nothing.
  engine::SegmentQueue in_flight;
  engine::SegmentQueue waiting;       // for the consumer
  std::uint32_t waiting_credits = 0;  // for the producer
  std::uint32_t waiting_size = 0;     // likewise; 0: none was announced
  std::int64_t last_segment_arrival = -1;
  std::int64_t last_credit_arrival = -1;
  std::uint32_t next = kNoConnection;  // of the same channel, older
};

}  // namespace weir::sim
