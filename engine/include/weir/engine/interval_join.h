#pragma once

// Ready part: joins elements of two keyed streams that have the same key and are close in event time: Flink's interval
// join.
//
//   interval_join<Match>(orders.key_by(account_of_order), payments.key_by(account_of_payment), {-5s, 10min}, match)

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "weir/engine/connected_streams.h"

namespace weir::engine {

// How much later than the left element the right one is, both ends included.
struct JoinInterval {
  std::chrono::milliseconds lower;
  std::chrono::milliseconds upper;
};

template <class Left, class Right, class Out>
using JoinFunction = std::function<void(const Left&, const Right&, Collector<Out>&)>;

namespace detail {

// One side's elements by time, until the watermark says that no partner comes any more.
template <class T>
class JoinBuffer {
 public:
  void open(RuntimeContext& context, std::string name) {
    elements_ = context.get_map_state(MapStateDescriptor<std::int64_t, std::vector<T>>{std::move(name)});
  }
  void add(std::int64_t time, const T& value) {
    const std::vector<T>* there = elements_.get(time);
    std::vector<T> all = there != nullptr ? *there : std::vector<T>{};
    all.push_back(value);
    elements_.put(time, all);
  }
  // f(time, element) for those from `first` to `last`.
  template <class F>
  void each_between(std::int64_t first, std::int64_t last, F f) {
    for (const auto& [time, elements] : elements_.entries()) {
      if (time < first || time > last) continue;
      for (const T& element : *elements) f(time, element);
    }
  }
  void remove(std::int64_t time) { elements_.remove(time); }

 private:
  MapState<std::int64_t, std::vector<T>> elements_;
};

// A pair is emitted when its later element arrives, with the later time of the two. An element older than the watermark
// is late and joins nothing. Everything is forgotten by timers of event time.
template <class K, class Left, class Right, class Out, class LeftSelector, class RightSelector>
class IntervalJoinOperator final : public KeyedOperatorOn<K, TwoInputOperator<Left, Right, Out>> {
 public:
  using Base = KeyedOperatorOn<K, TwoInputOperator<Left, Right, Out>>;
  IntervalJoinOperator(LeftSelector left, RightSelector right, JoinInterval interval, JoinFunction<Left, Right, Out> f)
      : left_selector_(std::move(left)),
        right_selector_(std::move(right)),
        lower_(interval.lower.count()),
        upper_(interval.upper.count()),
        join_(std::move(f)) {}

  void open(OperatorContext& context) override {
    Base::open(context);
    RuntimeContext runtime(context);
    left_.open(runtime, "left-buffer");
    right_.open(runtime, "right-buffer");
  }
  void collect_first(const Left& left) override {
    this->use_key(left_selector_(left));
    const std::int64_t at = time();
    if (late(at)) return count_late();
    left_.add(at, left);
    right_.each_between(at + lower_, at + upper_,
                        [&](std::int64_t other, const Right& right) { emit(std::max(at, other), left, right); });
    forget_at(at + left_wait());
  }
  void collect_second(const Right& right) override {
    this->use_key(right_selector_(right));
    const std::int64_t at = time();
    if (late(at)) return count_late();
    right_.add(at, right);
    left_.each_between(at - upper_, at - lower_,
                       [&](std::int64_t other, const Left& left) { emit(std::max(at, other), left, right); });
    forget_at(at + right_wait());
  }
  std::uint64_t late_dropped() const { return late_dropped_; }

 protected:
  // Of either side, what was to be forgotten at that time is known from the time alone.
  void on_timer(const Timer& timer, TimeDomain) override {
    this->use_key_of(timer);
    left_.remove(timer.time - left_wait());
    right_.remove(timer.time - right_wait());
  }

 private:
  std::int64_t time() { return this->context().chain.timestamp.value; }
  bool late(std::int64_t at) const { return at < this->timers().current_watermark().value; }
  void count_late() { ++late_dropped_; }
  // How long after an element the last partner may come.
  std::int64_t left_wait() const { return std::max<std::int64_t>(upper_, 0); }
  std::int64_t right_wait() const { return std::max<std::int64_t>(-lower_, 0); }
  void forget_at(std::int64_t time) { this->timers().register_timer(TimeDomain::Event, time, this->owner()); }
  void emit(std::int64_t at, const Left& left, const Right& right) {
    this->context().chain.timestamp = EventTime{at};
    join_(left, right, this->out());
  }

  LeftSelector left_selector_;
  RightSelector right_selector_;
  std::int64_t lower_, upper_;
  JoinFunction<Left, Right, Out> join_;
  JoinBuffer<Left> left_;
  JoinBuffer<Right> right_;
  std::uint64_t late_dropped_ = 0;
};

}  // namespace detail

// Both streams have event time. `join` is called as join(left, right, collector) for every pair, in no certain order.
template <class Out, class Left, class Right, class K, class LeftSelector, class RightSelector, class Join>
DataStream<Out> interval_join(const KeyedStream<Left, K, LeftSelector>& left,
                              const KeyedStream<Right, K, RightSelector>& right, JoinInterval interval, Join join,
                              std::string name = "interval-join") {
  using Op = detail::IntervalJoinOperator<K, Left, Right, Out, LeftSelector, RightSelector>;
  return left.connect(right).template transform<Out>(
      std::move(name), [interval, join](const LeftSelector& of_left, const RightSelector& of_right) {
        return std::make_unique<Op>(of_left, of_right, interval, join);
      });
}

}  // namespace weir::engine
