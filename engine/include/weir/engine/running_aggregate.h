#pragma once

// Ready part: the aggregate of everything seen of a key, emitted anew with every element.
//
//   orders.key_by(customer).process<RunningAggregate<Id, Order, Sum, Total>>("totals", std::make_shared<SumOrders>())

#include <memory>
#include <utility>

#include "weir/engine/functions.h"

namespace weir::engine {

// Emits {key, result}. What comes out depends on the order of the elements unless each of them adds the same.
template <class K, class In, class Acc, class Result>
class RunningAggregate : public KeyedProcessFunction<K, In, std::pair<K, Result>> {
 public:
  using Aggregate = std::shared_ptr<const AggregateFunction<In, Acc, Result>>;
  using typename KeyedProcessFunction<K, In, std::pair<K, Result>>::Context;
  explicit RunningAggregate(Aggregate aggregate) : aggregate_(std::move(aggregate)) {}

  void open(RuntimeContext& context) override {
    state_ = context.get_aggregating_state(AggregatingStateDescriptor<In, Acc, Result>{"aggregate", aggregate_});
  }
  void process_element(const In& value, Context& context, Collector<std::pair<K, Result>>& out) override {
    state_.add(value);
    out.collect({context.current_key, *state_.get()});
  }

 private:
  Aggregate aggregate_;
  AggregatingState<In, Acc, Result> state_;
};

}  // namespace weir::engine
