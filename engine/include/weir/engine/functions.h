#pragma once

// What a job author writes: functions, and the context they run in. Names and meaning follow Flink's DataStream API.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "weir/engine/checkpointed_function.h"
#include "weir/engine/operator.h"
#include "weir/engine/state.h"
#include "weir/engine/timer_service.h"

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

// Registers and deletes timers for the key being processed; they come back in `on_timer` (TM-1).
class KeyTimers {
 public:
  KeyTimers(TimerService& service, TimerOwner owner) : service_(&service), owner_(owner) {}
  EventTime current_watermark() const { return service_->current_watermark(); }
  Time current_processing_time() const { return service_->current_processing_time(); }
  void register_event_time_timer(EventTime at) { service_->register_timer(TimeDomain::Event, at.value, owner_); }
  void register_processing_time_timer(Time at) { service_->register_timer(TimeDomain::Processing, to_ns(at), owner_); }
  void delete_event_time_timer(EventTime at) { service_->delete_timer(TimeDomain::Event, at.value, owner_); }
  void delete_processing_time_timer(Time at) { service_->delete_timer(TimeDomain::Processing, to_ns(at), owner_); }

 private:
  TimerService* service_;
  TimerOwner owner_;
};

// What a function may ask about the element at hand.
template <class K>
struct KeyContext {
  const K& current_key;
  EventTime timestamp;  // of the element or of the timer; kMinWatermark without event time
  KeyTimers timers;     // of the current key
};
template <class K>
struct TimerContext : KeyContext<K> {
  TimeDomain time_domain;
};

// Sees one key at a time; state handles refer to the key of the element being processed.
template <class K, class In, class Out>
class KeyedProcessFunction {
 public:
  using Output = Out;
  virtual ~KeyedProcessFunction() = default;
  using Context = KeyContext<K>;
  using OnTimerContext = TimerContext<K>;
  virtual void open(RuntimeContext&) {}
  virtual void process_element(const In& value, Context& context, Collector<Out>& out) = 0;
  // `time` is what the timer was registered for: milliseconds of event time, nanoseconds of processing time.
  virtual void on_timer(std::int64_t /*time*/, OnTimerContext&, Collector<Out>&) {}
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

// What operators of keyed streams share: the key of the element or timer at hand, and their timers. `Base` has one
// input or two.
template <class K, class Base>
class KeyedOperatorOn : public Base {
 public:
  void open(OperatorContext& context) override {
    Base::open(context);
    WEIR_ASSERT(context.keyed != nullptr, "a keyed operator was deployed without a keyed backend");
    context.keyed->use_key_schema(schema_of<K>());
    timers_.open(context);
  }
  void snapshot_state(CheckpointId) override { timers_.snapshot(); }
  void on_processing_time() final {
    timers_.ring([this](const Timer& timer) { on_timer(timer, TimeDomain::Processing); });
  }

 protected:
  virtual void on_timer(const Timer& timer, TimeDomain domain) = 0;
  void on_watermark(EventTime watermark) final {
    timers_.advance(watermark, [this](const Timer& timer) { on_timer(timer, TimeDomain::Event); });
  }
  // The key is the current one until the next call; so is that of a timer.
  [[gnu::always_inline]] void use_key(const K& key) {
    key_bytes_.clear();
    serialize_into(key, key_bytes_);
    use_key(key_bytes_, key_group_of(KeyHash<K>::code(key), this->context().max_parallelism));
  }
  K use_key_of(const Timer& timer) {
    K key{};
    if (!deserialize(BytesView(timer.key), key)) fail_timer_type("key");
    use_key(timer.key, timer.group);
    return key;
  }
  KeyContext<K> key_context(const K& key) { return {key, this->context().chain.timestamp, KeyTimers(timers_, owner_)}; }
  // What a timer of event time emits has its time.
  TimerContext<K> timer_context(const K& key, const Timer& timer, TimeDomain domain) {
    this->context().chain.timestamp = domain == TimeDomain::Event ? EventTime{timer.time} : kMinWatermark;
    return {key_context(key), domain};
  }
  const TimerOwner& owner() const { return owner_; }  // of timers of the current key; without a namespace
  TimerService& timers() { return timers_; }
  const TimerService& timers() const { return timers_; }

 private:
  [[gnu::always_inline]] void use_key(BytesView key, KeyGroup group) {
    this->context().keyed->set_current_key(key, group);
    owner_ = {key, group};
  }

  TimerService timers_;
  ByteBuffer key_bytes_;
  TimerOwner owner_;  // in `key_bytes_`, or of the timer that fires
};
template <class K, class In, class Out>
using KeyedOperator = KeyedOperatorOn<K, OneInputOperator<In, Out>>;

// The life of a function in a keyed operator of whatever inputs: opened, snapshot, called for its timers, closed.
template <class K, class Base, class Function>
class KeyedFunctionOperator : public KeyedOperatorOn<K, Base> {
 public:
  void open(OperatorContext& context) override {
    KeyedOperatorOn<K, Base>::open(context);
    RuntimeContext runtime(context);
    checkpointed_.initialize(*function_, context);
    function_->open(runtime);
  }
  void snapshot_state(CheckpointId checkpoint) override {
    KeyedOperatorOn<K, Base>::snapshot_state(checkpoint);
    checkpointed_.snapshot(checkpoint);
  }
  void close() override { function_->close(); }

 protected:
  explicit KeyedFunctionOperator(std::unique_ptr<Function> function) : function_(std::move(function)) {}

  Function& function() { return *function_; }
  KeyContext<K> enter(const K& key) {
    this->use_key(key);
    return this->key_context(key);
  }
  void on_timer(const Timer& timer, TimeDomain domain) override {
    const K key = this->use_key_of(timer);
    TimerContext<K> context = this->timer_context(key, timer, domain);
    function_->on_timer(timer.time, context, this->out());
  }

 private:
  std::unique_ptr<Function> function_;
  CheckpointedHook checkpointed_;
};

// Sets the current key, then calls the function.
template <class K, class In, class Out, class Selector>
class KeyedProcessOperator final
    : public KeyedFunctionOperator<K, OneInputOperator<In, Out>, KeyedProcessFunction<K, In, Out>> {
 public:
  using Function = KeyedProcessFunction<K, In, Out>;
  KeyedProcessOperator(Selector select, std::unique_ptr<Function> function)
      : KeyedFunctionOperator<K, OneInputOperator<In, Out>, Function>(std::move(function)),
        select_(std::move(select)) {}

  void collect(const In& value) override {
    const K& key = select_(value);
    KeyContext<K> context = this->enter(key);
    this->function().process_element(value, context, this->out());
  }

 private:
  Selector select_;
};

}  // namespace detail
}  // namespace weir::engine
