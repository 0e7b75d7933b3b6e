#pragma once

// Where event time comes from: an operator that reads a record's timestamp and emits watermarks behind it.

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "weir/engine/operator.h"

namespace weir::engine {

// Records come at most `lateness` out of order; later ones are late. Right behind a source this is meant of each split,
// and the split that is the furthest behind counts, as with Flink's sources. Watermarks are emitted when the time since
// the last one is `interval` (processing time), and only when they say something new.
struct BoundedOutOfOrderness {
  std::chrono::milliseconds lateness{0};
  Duration interval = std::chrono::milliseconds(200);
  Duration
      idleness{};  // a subtask without a record for so long (processing time) holds back nobody's watermark; 0: never

  BoundedOutOfOrderness with_idleness(Duration timeout) const { return {lateness, interval, timeout}; }
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
    note(at);
    if (idle_) [[unlikely]]
      set_idle(false);
    quiet_ = Duration{};
    this->out().collect(value);
  }
  // Timestamps begin here, so a watermark from before means nothing, but for the last: no record comes any more.
  void watermark(EventTime watermark) override {
    if (watermark == kMaxWatermark) this->out().watermark(watermark);
  }
  void status(WatermarkStatus) override {}  // nor does a status from before
  void on_processing_time() override {
    emit();
    quiet_ += bound_.interval;
    if (!idle_ && bound_.idleness != Duration{} && quiet_ > bound_.idleness) set_idle(true);
    set_alarm();
  }

 private:
  void set_alarm() { this->context().alarm.set(this->context().environment.clock.now() + bound_.interval); }
  void note(EventTime at) {
    newest_ = std::max(newest_, at);
    const ChainContext& chain = this->context().chain;
    if (chain.source == nullptr || chain.source->splits().size() < 2) return;
    const std::uint32_t split = chain.origin.partition();
    if (split >= newest_of_split_.size()) newest_of_split_.resize(split + 1, kMinWatermark);
    newest_of_split_[split] = std::max(newest_of_split_[split], at);
  }
  // A split without a record so far holds back the watermark, one that is at its end does not.
  EventTime newest() const {
    const SourceOperator* source = this->context().chain.source;
    if (source == nullptr || source->splits().size() < 2) return newest_;
    EventTime least = newest_;
    for (const SourceOperator::Split& split : source->splits()) {
      if (split.finished) continue;
      least = std::min(least, split.id < newest_of_split_.size() ? newest_of_split_[split.id] : kMinWatermark);
    }
    return least;
  }
  // A record as old as the watermark is late, so the watermark stays one behind.
  void emit() {
    const EventTime at = newest();
    if (at == kMinWatermark) return;
    const EventTime reached{at.value - bound_.lateness.count() - 1};
    if (reached <= emitted_) return;
    emitted_ = reached;
    this->out().watermark(reached);
  }
  void set_idle(bool idle) {
    idle_ = idle;
    this->out().status(idle ? WatermarkStatus::Idle : WatermarkStatus::Active);
  }

  Timestamp timestamp_;
  BoundedOutOfOrderness bound_;
  EventTime newest_ = kMinWatermark;        // of all splits; not in the snapshot (TM-11)
  std::vector<EventTime> newest_of_split_;  // where there are several
  EventTime emitted_ = kMinWatermark;
  Duration quiet_{};  // whole intervals since the last record, and the one it came in
  bool idle_ = false;
};

}  // namespace detail
}  // namespace weir::engine
