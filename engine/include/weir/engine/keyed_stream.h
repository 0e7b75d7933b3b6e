#pragma once

// A stream by keys; part of stream.h, which job authors include.

#include <memory>
#include <string>
#include <utility>

#include "weir/engine/data_stream.h"
#include "weir/engine/process_function.h"
#include "weir/engine/windowed_stream.h"

namespace weir::engine {

template <class First, class Second, class K, class FirstSelector, class SecondSelector>
class KeyedConnectedStreams;  // connected_streams.h

template <class T, class K, class Selector>
class KeyedStream {
 public:
  KeyedStream(StreamEnvironment& env, detail::Upstreams from, Selector selector, Exchange exchange = Exchange::ByKey)
      : env_(&env), from_(std::move(from)), selector_(std::move(selector)), exchange_(exchange) {}

  // `Function` derives from KeyedProcessFunction<K, T, Out>; a new one is made for every subtask attempt.
  template <class Function, class... Args>
  auto process(std::string name, Args... args) const {
    using Out = typename Function::Output;
    StreamNode made;
    made.name = std::move(name);
    made.keyed = true;
    made.output = std::make_shared<StreamTypeOf<Out>>();
    made.factory = detail::factory_of([select = selector_, args...] {
      return std::make_unique<detail::KeyedProcessOperator<K, T, Out, Selector>>(select,
                                                                                 std::make_unique<Function>(args...));
    });
    return DataStream<Out>(*env_, attach(std::move(made)));
  }
  // Always with an exchange. Elements of a key by windows: tumbling_windows, sliding_windows or session_windows.
  WindowedStream<T, K, Selector> window(WindowAssigners assigner) const {
    return WindowedStream<T, K, Selector>(*env_, from_, selector_, {std::move(assigner)});
  }
  // An operator of one's own: `make` is given the selector, and returns std::unique_ptr<KeyedOperator<K, T, Out>>.
  template <class Out, class Make>
  DataStream<Out> transform(std::string name, Make make) const {
    StreamNode made;
    made.name = std::move(name);
    made.keyed = true;
    made.output = std::make_shared<StreamTypeOf<Out>>();
    made.factory = detail::factory_of([select = selector_, make] { return make(select); });
    return DataStream<Out>(*env_, attach(std::move(made)));
  }
  // Always with an exchange. Equal keys of both streams meet in one subtask (include connected_streams.h).
  template <class Second, class OtherSelector>
  KeyedConnectedStreams<T, Second, K, Selector, OtherSelector> connect(
      const KeyedStream<Second, K, OtherSelector>& other) const {
    return {*env_, from_, other.from_, selector_, other.selector_};
  }
  // `rules` is a broadcast stream: its records go to every subtask, whatever the keys there.
  template <class Second>
  KeyedConnectedStreams<T, Second, K, Selector, detail::NoSelector> connect(const DataStream<Second>& rules) const {
    return {*env_, from_, rules.from_, selector_, {}};
  }

 private:
  template <class, class, class>
  friend class KeyedStream;
  std::uint32_t attach(StreamNode made) const {
    detail::GraphBuilder builder(*env_, std::move(made));
    if (exchange_ == Exchange::InPlace) return builder.template plain<T>(from_).node();
    return builder.template keyed<T, K>(from_, selector_).node();
  }

  StreamEnvironment* env_;
  detail::Upstreams from_;
  Selector selector_;
  Exchange exchange_;
};

}  // namespace weir::engine
