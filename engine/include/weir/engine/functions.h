#pragma once

// What a job author writes: functions, and the context they run in. Names and meaning follow Flink's DataStream API.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "weir/engine/operator.h"
#include "weir/engine/state.h"

namespace weir::engine {

// The face of the runtime towards a rich function, valid from `open` to `close`.
class RuntimeContext {
 public:
  explicit RuntimeContext(OperatorContext& context) : context_(&context) {}
  std::uint32_t index_of_this_subtask() const { return context_->index; }
  std::uint32_t parallelism() const { return context_->parallelism; }
  std::uint32_t max_parallelism() const { return context_->max_parallelism; }
  bool is_restored() const { return context_->restored != kNoCheckpoint; }
  // One name, one kind and one type per operator (flink-semantics 5.1). Keyed functions only; call them in `open`.
  template <class T>
  ValueState<T> get_state(ValueStateDescriptor<T> descriptor) {
    return make<ValueState<T>>(std::move(descriptor));
  }
  template <class T>
  ListState<T> get_list_state(ListStateDescriptor<T> descriptor) {
    return make<ListState<T>>(std::move(descriptor));
  }
  template <class K, class V>
  MapState<K, V> get_map_state(MapStateDescriptor<K, V> descriptor) {
    return make<MapState<K, V>>(std::move(descriptor));
  }
  template <class T>
  ReducingState<T> get_reducing_state(ReducingStateDescriptor<T> descriptor) {
    return make<ReducingState<T>>(std::move(descriptor));
  }
  template <class In, class Acc, class Result>
  AggregatingState<In, Acc, Result> get_aggregating_state(AggregatingStateDescriptor<In, Acc, Result> descriptor) {
    return make<AggregatingState<In, Acc, Result>>(std::move(descriptor));
  }
  // Models work: adds virtual processor time to the current step.
  void spend(Duration processor_time) { context_->chain.busy += processor_time; }

 private:
  template <class State, class Descriptor>
  State make(Descriptor descriptor) {
    if (context_->keyed == nullptr) {
      throw OperatorFailure{FailureCause::UserFunction, "state '" + descriptor.name + "' needs a keyed stream"};
    }
    return State(*context_->keyed, std::move(descriptor));
  }

  OperatorContext* context_;
};

// Sees one key at a time; state handles refer to the key of the element being processed.
template <class K, class In, class Out>
class KeyedProcessFunction {
 public:
  using Output = Out;
  virtual ~KeyedProcessFunction() = default;
  struct Context {
    const K& current_key;
  };
  virtual void open(RuntimeContext&) {}
  virtual void process_element(const In& value, Context& context, Collector<Out>& out) = 0;
  virtual void close() {}
};

namespace detail {

template <class In, class Out, class F>
class MapOperator final : public OneInputOperator<In, Out> {
 public:
  explicit MapOperator(F f) : f_(std::move(f)) {}
  void collect(const In& value) override { this->out().collect(f_(value)); }

 private:
  F f_;
};

template <class In, class Out, class F>
class FlatMapOperator final : public OneInputOperator<In, Out> {
 public:
  explicit FlatMapOperator(F f) : f_(std::move(f)) {}
  void collect(const In& value) override { f_(value, this->out()); }

 private:
  F f_;
};

template <class T, class F>
class FilterOperator final : public OneInputOperator<T, T> {
 public:
  explicit FilterOperator(F f) : f_(std::move(f)) {}
  void collect(const T& value) override {
    if (f_(value)) this->out().collect(value);
  }

 private:
  F f_;
};

// Sets the current key, then calls the function.
template <class K, class In, class Out, class Selector>
class KeyedProcessOperator final : public OneInputOperator<In, Out> {
 public:
  using Function = KeyedProcessFunction<K, In, Out>;
  KeyedProcessOperator(Selector select, std::unique_ptr<Function> function)
      : select_(std::move(select)), function_(std::move(function)) {}

  void open(OperatorContext& context) override {
    OneInputOperator<In, Out>::open(context);
    WEIR_ASSERT(context.keyed != nullptr, "a keyed operator was deployed without a keyed backend");
    context.keyed->use_key_schema(schema_of<K>());
    RuntimeContext runtime(context);
    function_->open(runtime);
  }
  void collect(const In& value) override {
    const K& key = select_(value);
    key_bytes_.clear();
    serialize_into(key, key_bytes_);
    OperatorContext& c = this->context();
    c.keyed->set_current_key(key_bytes_, key_group_of(KeyHash<K>::code(key), c.max_parallelism));
    typename Function::Context context{key};
    function_->process_element(value, context, this->out());
  }
  void close() override { function_->close(); }

 private:
  Selector select_;
  std::unique_ptr<Function> function_;
  ByteBuffer key_bytes_;
};

}  // namespace detail
}  // namespace weir::engine
