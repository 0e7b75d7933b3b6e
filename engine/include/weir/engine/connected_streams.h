#pragma once

// Two streams of different types in one operator: Flink's ConnectedStreams.
//
//   orders.key_by(account_of_order).connect(payments.key_by(account_of_payment)).process<MatchPayments>("match")
//   orders.key_by(account_of_order).connect(limits.broadcast()).process<ApplyLimits>("apply")

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "weir/engine/broadcast_process_function.h"
#include "weir/engine/co_process_function.h"
#include "weir/engine/stream.h"

namespace weir::engine {

namespace detail {

template <class Out, class Make>
StreamNode two_input_node(std::string name, Make make) {
  StreamNode made;
  made.name = std::move(name);
  made.inputs = 2;
  made.output = std::make_shared<StreamTypeOf<Out>>();
  made.factory = factory_of(std::move(make));
  return made;
}

}  // namespace detail

// Without keys.
template <class First, class Second>
class ConnectedStreams {
 public:
  ConnectedStreams(StreamEnvironment& env, detail::Upstreams first, detail::Upstreams second)
      : env_(&env), first_(std::move(first)), second_(std::move(second)) {}

  // `Function` derives from CoProcessFunction<First, Second, Out>, or, with a broadcast second stream, from
  // BroadcastProcessFunction<First, Second, Out>; a new one is made for every subtask attempt.
  template <class Function, class... Args>
  auto process(std::string name, Args... args) const {
    using Out = typename Function::Output;
    constexpr bool kBroadcast = std::is_base_of_v<BroadcastProcessFunction<First, Second, Out>, Function>;
    using Op = std::conditional_t<kBroadcast, detail::BroadcastOperator<First, Second, Out>,
                                  detail::CoProcessOperator<First, Second, Out>>;
    StreamNode made = detail::two_input_node<Out>(
        std::move(name), [args...] { return std::make_unique<Op>(std::make_unique<Function>(args...)); });
    made.broadcast_state = kBroadcast;
    return attach<Out>(std::move(made));
  }
  // An operator of one's own: `make` returns std::unique_ptr<TwoInputOperator<First, Second, Out>>.
  template <class Out, class Make>
  DataStream<Out> transform(std::string name, Make make) const {
    return attach<Out>(detail::two_input_node<Out>(std::move(name), std::move(make)));
  }
  // Both selectors give keys of the same type.
  template <class FirstSelector, class SecondSelector>
  auto key_by(FirstSelector first, SecondSelector second) const {
    using K = std::decay_t<std::invoke_result_t<FirstSelector, const First&>>;
    return KeyedConnectedStreams<First, Second, K, FirstSelector, SecondSelector>(*env_, first_, second_,
                                                                                  std::move(first), std::move(second));
  }

 private:
  template <class Out>
  DataStream<Out> attach(StreamNode made) const {
    detail::GraphBuilder builder(*env_, std::move(made));
    return DataStream<Out>(*env_, builder.plain<First>(first_, 0).template plain<Second>(second_, 1).node());
  }

  StreamEnvironment* env_;
  detail::Upstreams first_, second_;
};

// Equal keys of both meet in one subtask; or the second one is broadcast.
template <class First, class Second, class K, class FirstSelector, class SecondSelector>
class KeyedConnectedStreams {
 public:
  static constexpr bool kBroadcast = std::is_same_v<SecondSelector, detail::NoSelector>;

  KeyedConnectedStreams(StreamEnvironment& env, detail::Upstreams first, detail::Upstreams second,
                        FirstSelector first_selector, SecondSelector second_selector)
      : env_(&env),
        first_(std::move(first)),
        second_(std::move(second)),
        first_selector_(std::move(first_selector)),
        second_selector_(std::move(second_selector)) {
    if constexpr (!kBroadcast) {
      static_assert(std::is_same_v<K, std::decay_t<std::invoke_result_t<SecondSelector, const Second&>>>,
                    "connected streams need keys of the same type");
    }
  }

  // `Function` derives from KeyedCoProcessFunction<K, First, Second, Out>, or, with a broadcast second stream, from
  // KeyedBroadcastProcessFunction<K, First, Second, Out>; a new one is made for every subtask attempt.
  template <class Function, class... Args>
  auto process(std::string name, Args... args) const {
    using Out = typename Function::Output;
    if constexpr (kBroadcast) {
      using Op = detail::KeyedBroadcastOperator<K, First, Second, Out, FirstSelector>;
      return attach<Out>(detail::two_input_node<Out>(std::move(name), [select = first_selector_, args...] {
        return std::make_unique<Op>(select, std::make_unique<Function>(args...));
      }));
    } else {
      using Op = detail::KeyedCoProcessOperator<K, First, Second, Out, FirstSelector, SecondSelector>;
      return attach<Out>(
          detail::two_input_node<Out>(std::move(name), [first = first_selector_, second = second_selector_, args...] {
            return std::make_unique<Op>(first, second, std::make_unique<Function>(args...));
          }));
    }
  }
  // An operator of one's own: `make` is given both selectors, and returns a
  // std::unique_ptr<KeyedOperatorOn<K, TwoInputOperator<First, Second, Out>>>.
  template <class Out, class Make>
  DataStream<Out> transform(std::string name, Make make) const {
    return attach<Out>(detail::two_input_node<Out>(
        std::move(name), [first = first_selector_, second = second_selector_, make] { return make(first, second); }));
  }

 private:
  template <class Out>
  DataStream<Out> attach(StreamNode made) const {
    made.keyed = true;
    made.broadcast_state = kBroadcast;
    detail::GraphBuilder builder(*env_, std::move(made));
    builder.keyed<First, K>(first_, first_selector_, 0);
    if constexpr (kBroadcast) {
      builder.plain<Second>(second_, 1);
    } else {
      builder.keyed<Second, K>(second_, second_selector_, 1);
    }
    return DataStream<Out>(*env_, builder.node());
  }

  StreamEnvironment* env_;
  detail::Upstreams first_, second_;
  FirstSelector first_selector_;
  SecondSelector second_selector_;
};

}  // namespace weir::engine
