#pragma once

// Functions of two inputs: Flink's CoProcessFunction and KeyedCoProcessFunction.

#include <memory>
#include <utility>

#include "weir/engine/functions.h"
#include "weir/engine/two_input_operator.h"

namespace weir::engine {

// Without keys. With CheckpointedFunction beside it, it keeps operator state.
template <class First, class Second, class Out>
class CoProcessFunction {
 public:
  using Output = Out;
  virtual ~CoProcessFunction() = default;
  virtual void open(RuntimeContext&) {}
  virtual void process_element1(const First& value, Collector<Out>& out) = 0;
  virtual void process_element2(const Second& value, Collector<Out>& out) = 0;
  virtual void end_input1(Collector<Out>&) {}  // no more elements of that input; not restored, but told again
  virtual void end_input2(Collector<Out>&) {}
  virtual void close() {}
};

// Sees one key at a time; both inputs share the state and the timers of the key. In which order elements of different
// inputs come is open.
template <class K, class First, class Second, class Out>
class KeyedCoProcessFunction {
 public:
  using Output = Out;
  virtual ~KeyedCoProcessFunction() = default;
  using Context = KeyContext<K>;
  using OnTimerContext = TimerContext<K>;
  virtual void open(RuntimeContext&) {}
  virtual void process_element1(const First& value, Context& context, Collector<Out>& out) = 0;
  virtual void process_element2(const Second& value, Context& context, Collector<Out>& out) = 0;
  // `time` is what the timer was registered for: milliseconds of event time, nanoseconds of processing time.
  virtual void on_timer(std::int64_t /*time*/, OnTimerContext&, Collector<Out>&) {}
  virtual void close() {}
};

namespace detail {

template <class First, class Second, class Out>
class CoProcessOperator final : public TwoInputOperator<First, Second, Out> {
 public:
  using Function = CoProcessFunction<First, Second, Out>;
  explicit CoProcessOperator(std::unique_ptr<Function> function) : function_(std::move(function)) {}

  void open(OperatorContext& context) override {
    TwoInputOperator<First, Second, Out>::open(context);
    RuntimeContext runtime(context);
    checkpointed_.initialize(*function_, context);
    function_->open(runtime);
  }
  void snapshot_state(CheckpointId checkpoint) override { checkpointed_.snapshot(checkpoint); }
  void collect_first(const First& value) override { function_->process_element1(value, this->out()); }
  void collect_second(const Second& value) override { function_->process_element2(value, this->out()); }
  void end_input(std::uint32_t input) override {
    input == 0 ? function_->end_input1(this->out()) : function_->end_input2(this->out());
  }
  void close() override { function_->close(); }

 private:
  std::unique_ptr<Function> function_;
  CheckpointedHook checkpointed_;
};

template <class K, class First, class Second, class Out, class FirstSelector, class SecondSelector>
class KeyedCoProcessOperator final : public KeyedFunctionOperator<K, TwoInputOperator<First, Second, Out>,
                                                                  KeyedCoProcessFunction<K, First, Second, Out>> {
 public:
  using Function = KeyedCoProcessFunction<K, First, Second, Out>;
  KeyedCoProcessOperator(FirstSelector first, SecondSelector second, std::unique_ptr<Function> function)
      : KeyedFunctionOperator<K, TwoInputOperator<First, Second, Out>, Function>(std::move(function)),
        first_(std::move(first)),
        second_(std::move(second)) {}

  void collect_first(const First& value) override {
    const K& key = first_(value);
    auto context = this->enter(key);
    this->function().process_element1(value, context, this->out());
  }
  void collect_second(const Second& value) override {
    const K& key = second_(value);
    auto context = this->enter(key);
    this->function().process_element2(value, context, this->out());
  }

 private:
  FirstSelector first_;
  SecondSelector second_;
};

}  // namespace detail
}  // namespace weir::engine
