#pragma once

// Timers of one kind of one operator, of the key groups that its subtask owns (TM-1, TM-2). Decides only.

#include <compare>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "weir/engine/types.h"

namespace weir::engine {

// `time` is in the unit of the queue's domain. Key and namespace are serialized.
struct Timer {
  std::int64_t time = 0;
  KeyGroup group;
  Bytes key;
  Bytes name_space;
  friend auto operator<=>(const Timer&, const Timer&) = default;
};

class TimerQueue {
 public:
  // A timer that is there already collapses with this one (TM-1). True: it is the first to fire now.
  bool add(Timer timer);
  void remove(const Timer& timer) { timers_.erase(timer); }  // one that is not there is no error

  // The time of the first timer to fire.
  std::optional<std::int64_t> next() const;
  // Takes the first timer out when its time is `limit` at the latest: before its callback, which may add more (TM-3).
  std::optional<Timer> pop(std::int64_t limit);

  const std::set<Timer>& timers() const { return timers_; }  // ascending by time, key group, key, namespace

 private:
  std::set<Timer> timers_;
};

}  // namespace weir::engine
