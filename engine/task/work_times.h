#pragma once

// Where the time of a running attempt goes (flink-semantics 14.2): it works, it stands because an output has no room
// (Flink's soft back-pressure), or it waits for something to do. Output without room comes before lack of input, as in
// Flink.

#include <algorithm>

#include "weir/engine/types.h"

namespace weir::engine {

class WorkTimes {
 public:
  void start(Time now) { *this = WorkTimes(now); }
  // Steps do not overlap: none begins before the one before is over.
  void step_begins(Time now) { stand(now, false); }
  void step_ends(Time now, Duration took, bool blocked) {
    busy_ += took;
    since_ = now + took;
    blocked_ = blocked;
  }
  // Room has come or gone; while a step is being taken that counts from its end.
  void output_changed(Time now, bool blocked) {
    if (blocked != blocked_) stand(now, blocked);
  }

  // Of steps that have ended, or are planned to an end by now.
  Duration busy() const { return busy_; }
  Duration back_pressured(Time now) const { return back_pressured_ + standing(now); }

  explicit WorkTimes(Time since = {}) : since_(since) {}

 private:
  Duration standing(Time now) const { return blocked_ && now > since_ ? now - since_ : Duration{}; }
  void stand(Time now, bool blocked) {
    back_pressured_ += standing(now);
    since_ = std::max(since_, now);
    blocked_ = blocked;
  }

  Duration busy_{};
  Duration back_pressured_{};
  Time since_;  // when the last step is over, or room came or went
  bool blocked_ = false;
};

}  // namespace weir::engine
