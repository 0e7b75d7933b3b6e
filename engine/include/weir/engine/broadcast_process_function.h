#pragma once

// Functions with a broadcast input: Flink's BroadcastProcessFunction and KeyedBroadcastProcessFunction. Its elements
// reach every subtask and change broadcast state there; the other input reads that state only (ST-10).
//
// Unlike Flink's, the broadcast side emits nothing by itself: it would come out once for every subtask. What follows
// from a broadcast element for the keys is emitted key by key, through `apply_to_keyed_state`.

#include <memory>
#include <string>
#include <utility>

#include "weir/engine/functions.h"
#include "weir/engine/two_input_operator.h"

namespace weir::engine {

// What the elements of the other input see of broadcast state.
template <class K, class V>
class ReadOnlyBroadcastState {
 public:
  explicit ReadOnlyBroadcastState(BroadcastState<K, V> state) : state_(std::move(state)) {}
  std::optional<V> get(const K& key) const { return state_.get(key); }
  bool contains(const K& key) const { return state_.contains(key); }
  std::vector<std::pair<K, V>> entries() const { return state_.entries(); }  // in the order of the serialized keys

 private:
  BroadcastState<K, V> state_;
};

// Reads broadcast state. States are known by name, and are of the types they are asked for.
class BroadcastReader {
 public:
  explicit BroadcastReader(OperatorContext& context) : context_(&context) {}
  template <class K, class V>
  ReadOnlyBroadcastState<K, V> get_broadcast_state(const MapStateDescriptor<K, V>& descriptor) const {
    return ReadOnlyBroadcastState<K, V>({descriptor.name, context_->operator_state.broadcast(descriptor.name)});
  }

 private:
  OperatorContext* context_;
};

// Changes it. What is put must depend on the broadcast elements only, and not on the order of different ones (ST-10).
class BroadcastWriter {
 public:
  explicit BroadcastWriter(OperatorContext& context) : context_(&context) {}
  EventTime timestamp() const { return context_->chain.timestamp; }
  template <class K, class V>
  BroadcastState<K, V> get_broadcast_state(const MapStateDescriptor<K, V>& descriptor) const {
    return {descriptor.name, context_->operator_state.broadcast(descriptor.name)};
  }

 protected:
  OperatorContext& context() { return *context_; }

 private:
  OperatorContext* context_;
};

template <class In, class Rule, class Out>
class BroadcastProcessFunction {
 public:
  using Output = Out;
  virtual ~BroadcastProcessFunction() = default;
  virtual void open(RuntimeContext&) {}
  virtual void process_element(const In& value, const BroadcastReader& rules, Collector<Out>& out) = 0;
  virtual void process_broadcast_element(const Rule& rule, BroadcastWriter& rules) = 0;
  virtual void close() {}
};

template <class K, class In, class Rule, class Out>
class KeyedBroadcastProcessFunction {
 public:
  using Output = Out;
  virtual ~KeyedBroadcastProcessFunction() = default;
  using Context = KeyContext<K>;
  using OnTimerContext = TimerContext<K>;
  class BroadcastContext : public BroadcastWriter {
   public:
    BroadcastContext(OperatorContext& context, Collector<Out>& out) : BroadcastWriter(context), out_(out) {}
    // ST-5: f(key, state, out) for every key that has a cell in `state`, which may be changed through it.
    template <class State, class F>
    void apply_to_keyed_state(State& state, F f) {
      apply_to_all_keys<K>(*this->context().keyed, {}, state, [&](const K& key, State& s) { f(key, s, out_); });
    }

   private:
    Collector<Out>& out_;
  };
  virtual void open(RuntimeContext&) {}
  virtual void process_element(const In& value, Context& context, const BroadcastReader& rules,
                               Collector<Out>& out) = 0;
  virtual void process_broadcast_element(const Rule& rule, BroadcastContext& context) = 0;
  virtual void on_timer(std::int64_t /*time*/, OnTimerContext&, const BroadcastReader&, Collector<Out>&) {}
  virtual void close() {}
};

namespace detail {

template <class In, class Rule, class Out>
class BroadcastOperator final : public TwoInputOperator<In, Rule, Out> {
 public:
  using Function = BroadcastProcessFunction<In, Rule, Out>;
  explicit BroadcastOperator(std::unique_ptr<Function> function) : function_(std::move(function)) {}

  void open(OperatorContext& context) override {
    TwoInputOperator<In, Rule, Out>::open(context);
    RuntimeContext runtime(context);
    function_->open(runtime);
  }
  void collect_first(const In& value) override {
    function_->process_element(value, BroadcastReader(this->context()), this->out());
  }
  void collect_second(const Rule& rule) override {
    BroadcastWriter rules(this->context());
    function_->process_broadcast_element(rule, rules);
  }
  void close() override { function_->close(); }

 private:
  std::unique_ptr<Function> function_;
};

template <class K, class In, class Rule, class Out, class Selector>
class KeyedBroadcastOperator final : public KeyedOperatorOn<K, TwoInputOperator<In, Rule, Out>> {
 public:
  using Base = KeyedOperatorOn<K, TwoInputOperator<In, Rule, Out>>;
  using Function = KeyedBroadcastProcessFunction<K, In, Rule, Out>;
  KeyedBroadcastOperator(Selector select, std::unique_ptr<Function> function)
      : select_(std::move(select)), function_(std::move(function)) {}

  void open(OperatorContext& context) override {
    Base::open(context);
    RuntimeContext runtime(context);
    function_->open(runtime);
  }
  void collect_first(const In& value) override {
    const K& key = select_(value);
    this->use_key(key);
    KeyContext<K> context = this->key_context(key);
    function_->process_element(value, context, BroadcastReader(this->context()), this->out());
  }
  void collect_second(const Rule& rule) override {
    typename Function::BroadcastContext context(this->context(), this->out());
    function_->process_broadcast_element(rule, context);
  }
  void close() override { function_->close(); }

 protected:
  void on_timer(const Timer& timer, TimeDomain domain) override {
    const K key = this->use_key_of(timer);
    TimerContext<K> context = this->timer_context(key, timer, domain);
    function_->on_timer(timer.time, context, BroadcastReader(this->context()), this->out());
  }

 private:
  Selector select_;
  std::unique_ptr<Function> function_;
};

}  // namespace detail
}  // namespace weir::engine
