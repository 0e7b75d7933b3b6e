#pragma once

// Timers as raw keyed state, the timers of a key group together (TM-2, TM-5):
//
//   varint version | per domain, event time first: varint count | per timer: fixed64 time, key sized, namespace sized

#include <vector>

#include "weir/engine/operator_state.h"
#include "weir/engine/timer_queue.h"

namespace weir::engine {

// Of every key group that has a timer, ascending.
std::vector<RawState::Group> write_timers(const TimerQueue& event, const TimerQueue& processing);
// Adds the timers of one group. False when the bytes are not exactly what `write_timers` wrote.
bool read_timers(const RawState::Group& group, TimerQueue& event, TimerQueue& processing);

}  // namespace weir::engine
