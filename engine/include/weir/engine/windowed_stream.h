#pragma once

// A keyed stream cut into windows; part of stream.h, which job authors include.

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "weir/engine/data_stream.h"
#include "weir/engine/keyed_state.h"
#include "weir/engine/window_operator.h"

namespace weir::engine {

// What becomes of a window's elements. `emit` is called as emit(key, window, result, collector). With `late`, elements
// that come too late are not dropped: to send them elsewhere, emit an Either and `split` the stream (either.h).
template <class T, class K, class Selector>
class WindowedStream {
 public:
  WindowedStream(StreamEnvironment& env, detail::Upstreams from, Selector selector, WindowOptions options)
      : env_(&env), from_(std::move(from)), selector_(std::move(selector)), options_(std::move(options)) {}

  WindowedStream& trigger(WindowTriggers trigger) { return options_.trigger = std::move(trigger), *this; }
  WindowedStream& allowed_lateness(std::chrono::milliseconds l) { return options_.allowed_lateness = l, *this; }

  template <class Out, class Reduce>
  DataStream<Out> reduce(Reduce reduce, WindowFunction<K, T, Out> emit, std::string name = "window",
                         LateFunction<T, Out> late = {}) const {
    return add<ReducingState<T>, T, Out>(
        [reduce](RuntimeContext& context) {
          return context.get_reducing_state(ReducingStateDescriptor<T>{"window-contents", reduce});
        },
        std::move(emit), std::move(name), std::move(late));
  }
  template <class Out, class Acc, class Result>
  DataStream<Out> aggregate(std::shared_ptr<const AggregateFunction<T, Acc, Result>> function,
                            WindowFunction<K, Result, Out> emit, std::string name = "window",
                            LateFunction<T, Out> late = {}) const {
    return add<AggregatingState<T, Acc, Result>, Result, Out>(
        [function](RuntimeContext& context) {
          return context.get_aggregating_state(AggregatingStateDescriptor<T, Acc, Result>{"window-contents", function});
        },
        std::move(emit), std::move(name), std::move(late));
  }
  // With all elements, in order of arrival.
  template <class Out>
  DataStream<Out> process(WindowFunction<K, std::vector<T>, Out> emit, std::string name = "window",
                          LateFunction<T, Out> late = {}) const {
    return add<ListState<T>, std::vector<T>, Out>(
        [](RuntimeContext& context) { return context.get_list_state(ListStateDescriptor<T>{"window-contents"}); },
        std::move(emit), std::move(name), std::move(late));
  }

 private:
  template <class Content, class Result, class Out, class Make>
  DataStream<Out> add(Make make_content, WindowFunction<K, Result, Out> emit, std::string name,
                      LateFunction<T, Out> late) const {
    StreamNode made;
    made.name = std::move(name);
    made.keyed = true;
    made.output = std::make_shared<StreamTypeOf<Out>>();
    using Op = detail::WindowOperator<K, T, Content, Result, Out, Selector>;
    made.factory = detail::factory_of([select = selector_, options = options_, make_content, emit, late] {
      return std::make_unique<Op>(select, options, make_content, emit, late);
    });
    detail::GraphBuilder builder(*env_, std::move(made));
    return DataStream<Out>(*env_, builder.template keyed<T, K>(from_, selector_).node());
  }

  StreamEnvironment* env_;
  detail::Upstreams from_;
  Selector selector_;
  WindowOptions options_;
};

}  // namespace weir::engine
