#pragma once

// Ready part: lets the first element of every key pass and holds back the others, as long as it remembers the key.
//
//   payments.key_by(id_of_payment).process<Deduplicate<Id, Payment>>("once", StateTtlConfig{10min})

#include <optional>

#include "weir/engine/functions.h"

namespace weir::engine {

// With a time to live, a key is forgotten so long after its first element, in processing time (ST-13): a duplicate that
// comes later passes again, and after a failure it may, though it did not before (ST-17). Choose it longer than
// duplicates are ever apart.
template <class K, class T>
class Deduplicate : public KeyedProcessFunction<K, T, T> {
 public:
  using typename KeyedProcessFunction<K, T, T>::Context;
  explicit Deduplicate(std::optional<StateTtlConfig> ttl = std::nullopt) : ttl_(ttl) {}

  void open(RuntimeContext& context) override {
    seen_ = context.get_state(ValueStateDescriptor<bool>{"seen", std::nullopt, ttl_});
  }
  void process_element(const T& value, Context&, Collector<T>& out) override {
    if (seen_.get() != nullptr) return;
    seen_.update(true);
    out.collect(value);
  }

 private:
  std::optional<StateTtlConfig> ttl_;
  ValueState<bool> seen_;
};

}  // namespace weir::engine
