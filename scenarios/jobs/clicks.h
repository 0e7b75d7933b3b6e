#pragma once

// Clicks and their running totals, which several jobs count.

#include <array>
#include <cstdint>
#include <tuple>

#include "weir/engine/process_function.h"
#include "weir/engine/state.h"
#include "weir/engine/stream.h"

namespace weir::scenarios {

struct Click {
  std::int64_t key = 0;
  std::int64_t amount = 0;
  static constexpr auto fields() { return std::tuple{&Click::key, &Click::amount}; }
  static constexpr auto field_names() { return std::array{"key", "amount"}; }
};

// Adds up amounts per key. Where they are all 1 the order of arrival does not show in what comes out.
class RunningTotal : public engine::KeyedProcessFunction<std::int64_t, Click, Click> {
 public:
  void open(engine::RuntimeContext& context) override {
    total_ = context.get_state(engine::ValueStateDescriptor<std::int64_t>{"total"});
  }
  void process_element(const Click& click, Context&, engine::Collector<Click>& out) override {
    const std::int64_t total = total_.value_or(0) + click.amount;
    total_.update(total);
    out.collect({click.key, total});
  }

 private:
  engine::ValueState<std::int64_t> total_;
};

}  // namespace weir::scenarios
