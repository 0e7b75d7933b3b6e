#pragma once

// Where event time comes from: an operator that reads a record's timestamp and emits watermarks behind it.

#include <algorithm>
#include <chrono>
#include <utility>

#include "weir/engine/operator.h"

namespace weir::engine {

// Records come at most `lateness` out of order; later ones are late. Watermarks are emitted when the time since the
// last one is `interval` (processing time), and only when they say something new.
struct BoundedOutOfOrderness {
  std::chrono::milliseconds lateness{0};
  Duration interval = std::chrono::milliseconds(200);
};

namespace detail {

template <class T, class Timestamp>
class TimestampsOperator final : public OneInputOperator<T, T> {
 public:
  TimestampsOperator(Timestamp timestamp, BoundedOutOfOrderness bound)
      : timestamp_(std::move(timestamp)), bound_(bound) {}

  void open(OperatorContext& context) override {
    OneInputOperator<T, T>::open(context);
    set_alarm();
  }
  void collect(const T& value) override {
    const EventTime at = timestamp_(value);
    this->context().chain.timestamp = at;
    newest_ = std::max(newest_, at);
    this->out().collect(value);
  }
  // Timestamps begin here, so a watermark from before means nothing, but for the last: no record comes any more.
  void watermark(EventTime watermark) override {
    if (watermark == kMaxWatermark) this->out().watermark(watermark);
  }
  void on_processing_time() override {
    emit();
    set_alarm();
  }

 private:
  void set_alarm() { this->context().alarm.set(this->context().environment.clock.now() + bound_.interval); }
  // A record as old as the watermark is late, so the watermark stays one behind.
  void emit() {
    if (newest_ == kMinWatermark) return;
    const EventTime reached{newest_.value - bound_.lateness.count() - 1};
    if (reached <= emitted_) return;
    emitted_ = reached;
    this->out().watermark(reached);
  }

  Timestamp timestamp_;
  BoundedOutOfOrderness bound_;
  EventTime newest_ = kMinWatermark;  // not in the snapshot (TM-11)
  EventTime emitted_ = kMinWatermark;
};

}  // namespace detail
}  // namespace weir::engine
