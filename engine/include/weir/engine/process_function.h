#pragma once

// A function without keys that sees every element: Flink's ProcessFunction. With CheckpointedFunction beside it, it
// keeps operator state.

#include <memory>
#include <utility>

#include "weir/engine/functions.h"

namespace weir::engine {

template <class In, class Out>
class ProcessFunction {
 public:
  using Output = Out;
  virtual ~ProcessFunction() = default;
  virtual void open(RuntimeContext&) {}
  virtual void process_element(const In& value, Collector<Out>& out) = 0;
  virtual void close() {}
};

namespace detail {

template <class In, class Out>
class ProcessOperator final : public OneInputOperator<In, Out> {
 public:
  explicit ProcessOperator(std::unique_ptr<ProcessFunction<In, Out>> function) : function_(std::move(function)) {}

  void open(OperatorContext& context) override {
    OneInputOperator<In, Out>::open(context);
    RuntimeContext runtime(context);
    checkpointed_.initialize(*function_, context);
    function_->open(runtime);
  }
  void collect(const In& value) override { function_->process_element(value, this->out()); }
  void snapshot_state(CheckpointId checkpoint) override { checkpointed_.snapshot(checkpoint); }
  void close() override { function_->close(); }

 private:
  std::unique_ptr<ProcessFunction<In, Out>> function_;
  CheckpointedHook checkpointed_;
};

}  // namespace detail
}  // namespace weir::engine
