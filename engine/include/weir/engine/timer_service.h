#pragma once

// The timers of one keyed operator: those of event time fire on watermarks, those of processing time on the operator's
// alarm. Kept in memory beside any backend, and written as raw keyed state, so that they follow their key groups
// (TM-5).

#include <algorithm>
#include <optional>

#include "weir/engine/operator.h"
#include "weir/engine/timer_queue.h"

namespace weir::engine {

enum class TimeDomain : std::uint8_t { Event, Processing };

// Whose timer it is. The views are copied.
struct TimerOwner {
  BytesView key;  // serialized
  KeyGroup group;
  BytesView name_space = {};
};

// A restored timer whose key or window does not decode as the type of today: timers carry no schema, so that only shows
// when one fires. Throws OperatorFailure.
[[noreturn]] void fail_timer_type(const char* what);

class TimerService {
 public:
  // Takes over what is restored; overdue processing timers fire right afterwards, once, with their own time (TM-6).
  void open(OperatorContext& context);
  // To be called in the operator's `snapshot_state`: what has fired is gone, the rest is in the snapshot (TM-7).
  void snapshot() const;

  EventTime current_watermark() const { return watermark_; }  // not restored (TM-11)
  Time current_processing_time() const { return context_->environment.clock.now(); }

  // Registering what is registered changes nothing, nor does deleting what is not (TM-1).
  void register_timer(TimeDomain domain, std::int64_t time, const TimerOwner& owner);
  void delete_timer(TimeDomain domain, std::int64_t time, const TimerOwner& owner);
  std::size_t count(TimeDomain domain) const { return queue(domain).timers().size(); }

  // Calls fire(timer) for every event timer up to the watermark, also for those that the calls register (TM-3).
  template <class Fire>
  void advance(EventTime watermark, Fire fire) {
    watermark_ = std::max(watermark_, watermark);
    while (const auto timer = event_.pop(watermark_.value)) fire(*timer);
  }
  // The same for processing timers that are due now; then the alarm is set to the next one (TM-4).
  template <class Fire>
  void ring(Fire fire) {
    const std::int64_t now = to_ns(current_processing_time());
    while (const auto timer = processing_.pop(now)) fire(*timer);
    set_alarm();
  }

 private:
  TimerQueue& queue(TimeDomain domain) { return domain == TimeDomain::Event ? event_ : processing_; }
  const TimerQueue& queue(TimeDomain domain) const { return domain == TimeDomain::Event ? event_ : processing_; }
  void set_alarm();

  OperatorContext* context_ = nullptr;
  TimerQueue event_;       // milliseconds of event time
  TimerQueue processing_;  // nanoseconds of virtual time
  EventTime watermark_ = kMinWatermark;
};

}  // namespace weir::engine
