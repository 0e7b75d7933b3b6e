#pragma once

// The DataStream API: build a job by chaining calls, as in Flink.
//
//   StreamEnvironment env("word-count");
//   env.enable_checkpointing(5s);
//   env.from_source(LogSource<std::string>("words"), "kafka-source").uid("kafka-source")
//      .key_by([](const std::string& word) -> const std::string& { return word; })
//      .process<CountWords>("count").uid("keyed-process")
//      .sink_to(TransactionalLogSink<std::string>("counts"), "sink").uid("sink");

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "weir/engine/edge.h"
#include "weir/engine/functions.h"
#include "weir/engine/job_graph.h"
#include "weir/engine/options.h"
#include "weir/engine/process_function.h"
#include "weir/engine/timestamps.h"
#include "weir/engine/window_operator.h"

namespace weir::engine {

// How the records of a keyed stream reach the subtask that owns their key.
enum class Exchange : std::uint8_t { ByKey, InPlace };

template <class T>
class DataStream;
template <class T, class K, class Selector>
class KeyedStream;
template <class T, class K, class Selector>
class WindowedStream;
template <class First, class Second>
class ConnectedStreams;  // connected_streams.h
template <class First, class Second, class K, class FirstSelector, class SecondSelector>
class KeyedConnectedStreams;

namespace detail {
class GraphBuilder;
}

// Collects a stream graph and the options of the job.
class StreamEnvironment {
 public:
  explicit StreamEnvironment(std::string job_name) { graph_.job_name = std::move(job_name); }
  StreamEnvironment& set_parallelism(std::uint32_t p) { return graph_.parallelism = p, *this; }
  StreamEnvironment& set_max_parallelism(std::uint32_t p) { return graph_.max_parallelism = p, *this; }
  StreamEnvironment& disable_operator_chaining() { return graph_.chaining = false, *this; }
  // Results depend on how the channels of an operator interleave; comparisons with the sequential run are then weaker.
  StreamEnvironment& order_sensitive() { return graph_.commutative = false, *this; }
  StreamEnvironment& enable_checkpointing(Duration interval) {
    options_.checkpoint.enabled = true;
    options_.checkpoint.interval = interval;
    return *this;
  }
  JobOptions& options() { return options_; }
  const StreamGraph& graph() const { return graph_; }

  // `source` has a value type `Record` and `std::unique_ptr<SourceOperator> create() const`.
  template <class Source>
  DataStream<typename Source::Record> from_source(Source source, std::string name);

 private:
  friend class detail::GraphBuilder;
  StreamGraph graph_;
  JobOptions options_;
};

namespace detail {

template <class Make>
std::shared_ptr<const OperatorFactory> factory_of(Make make) {
  return std::make_shared<MakeOperatorFactory<Make>>(std::move(make));
}

struct NoSelector {};  // of a broadcast stream

// Where the records of a stream come from; several when streams were united.
struct Upstream {
  std::uint32_t node = 0;
  Partitioning next = Partitioning::Forward;
};
using Upstreams = std::vector<Upstream>;

// Adds one node to the graph of an environment, and then its edges.
class GraphBuilder {
 public:
  GraphBuilder(StreamEnvironment& env, StreamNode made) : graph_(env.graph_) {
    made.id = node_ = static_cast<std::uint32_t>(graph_.nodes.size());
    graph_.nodes.push_back(std::move(made));
  }
  static StreamNode& node_of(StreamEnvironment& env, const Upstreams& stream) {
    WEIR_ASSERT(stream.size() == 1, "a union of streams is no operator: name those it is made of");
    return env.graph_.nodes[stream.front().node];
  }

  template <class T>
  GraphBuilder& plain(const Upstreams& from, std::uint32_t input = 0) {
    for (const Upstream& up : from) {
      graph_.edges.push_back({up.node, node_, std::make_shared<PlainEdge<T>>(up.next), input});
    }
    return *this;
  }
  template <class T, class K, class Selector>
  GraphBuilder& keyed(const Upstreams& from, const Selector& selector, std::uint32_t input = 0) {
    for (const Upstream& up : from) {
      graph_.edges.push_back({up.node, node_, std::make_shared<KeyedEdge<T, K, Selector>>(selector), input});
    }
    return *this;
  }
  std::uint32_t node() const { return node_; }

 private:
  StreamGraph& graph_;
  std::uint32_t node_ = 0;
};

}  // namespace detail

// A light handle on one node, or on several that were united; copying it is cheap, and several consumers may hang on
// one.
template <class T>
class DataStream {
 public:
  DataStream(StreamEnvironment& env, std::uint32_t node) : DataStream(env, detail::Upstreams{{node}}) {}
  DataStream(StreamEnvironment& env, detail::Upstreams from) : env_(&env), from_(std::move(from)) {}

  DataStream& uid(std::string uid) { return node().uid = std::move(uid), *this; }
  DataStream& name(std::string name) { return node().name = std::move(name), *this; }
  DataStream& set_parallelism(std::uint32_t p) { return node().parallelism = p, *this; }
  // Of an operator of one's own: its records have timestamps, and watermarks go between them.
  DataStream& assigns_event_time() { return node().assigns_time = true, *this; }

  DataStream rebalance() const { return parted(Partitioning::Rebalance); }
  DataStream broadcast() const { return parted(Partitioning::Broadcast); }
  // The records of both, in any order; Flink's union.
  DataStream union_with(const DataStream& other) const {
    detail::Upstreams all = from_;
    all.insert(all.end(), other.from_.begin(), other.from_.end());
    return DataStream(*env_, std::move(all));
  }
  // Two streams into one operator (include connected_streams.h). With `other.broadcast()`, its records go to every
  // subtask.
  template <class Second>
  ConnectedStreams<T, Second> connect(const DataStream<Second>& other) const {
    return ConnectedStreams<T, Second>(*env_, from_, other.from_);
  }

  template <class F, class Out = std::decay_t<std::invoke_result_t<F, const T&>>>
  DataStream<Out> map(F f, std::string name = "map") const {
    return add<Out>(std::move(name), [f] { return std::make_unique<detail::MapOperator<T, Out, F>>(f); });
  }
  // `f` is called as f(const T&, Collector<Out>&).
  template <class Out, class F>
  DataStream<Out> flat_map(F f, std::string name = "flat-map") const {
    return add<Out>(std::move(name), [f] { return std::make_unique<detail::FlatMapOperator<T, Out, F>>(f); });
  }
  template <class F>
  DataStream filter(F f, std::string name = "filter") const {
    return add<T>(std::move(name), [f] { return std::make_unique<detail::FilterOperator<T, F>>(f); });
  }
  // Gives records event time: `timestamp` is called as EventTime(const T&). Everything that comes of them has it too.
  template <class Timestamp>
  DataStream assign_timestamps_and_watermarks(Timestamp timestamp, BoundedOutOfOrderness bound,
                                              std::string name = "timestamps") const {
    DataStream made = add<T>(std::move(name), [timestamp, bound] {
      return std::make_unique<detail::TimestampsOperator<T, Timestamp>>(timestamp, bound);
    });
    made.node().assigns_time = true;
    return made;
  }
  template <class Selector>
  auto key_by(Selector selector) const {
    using K = std::decay_t<std::invoke_result_t<Selector, const T&>>;
    return KeyedStream<T, K, Selector>(*env_, from_, std::move(selector));
  }
  // The same where records are with the subtask that owns their key already: there is no exchange, and an operator
  // behind it may be chained to what is before. Flink's DataStreamUtils.reinterpretAsKeyedStream.
  template <class Selector>
  auto reinterpret_as_keyed(Selector selector) const {
    using K = std::decay_t<std::invoke_result_t<Selector, const T&>>;
    return KeyedStream<T, K, Selector>(*env_, from_, std::move(selector), Exchange::InPlace);
  }
  // `Function` derives from ProcessFunction<T, Out>; a new one is made for every subtask attempt.
  template <class Function, class... Args>
  auto process(std::string name, Args... args) const {
    using Out = typename Function::Output;
    return add<Out>(std::move(name), [args...] {
      return std::make_unique<detail::ProcessOperator<T, Out>>(std::make_unique<Function>(args...));
    });
  }
  // An operator of one's own: `make` returns std::unique_ptr<OneInputOperator<T, Out>>.
  template <class Out, class Make>
  DataStream<Out> transform(std::string name, Make make) const {
    return add<Out>(std::move(name), std::move(make));
  }
  // `sink` has `std::unique_ptr<SinkOperator<T>> create() const`, and `std::optional<TopicRecords> records() const` if
  // reports shall show what it writes.
  template <class Sink>
  DataStream<T> sink_to(Sink sink, std::string name = "sink") const {
    StreamNode made;
    made.name = std::move(name);
    made.sink = true;
    if constexpr (requires { sink.records(); }) made.writes = sink.records();
    made.factory = detail::factory_of([sink] { return sink.create(); });
    return DataStream<T>(*env_, attach(std::move(made)));
  }

 private:
  template <class>
  friend class DataStream;
  template <class, class, class>
  friend class KeyedStream;
  StreamNode& node() { return detail::GraphBuilder::node_of(*env_, from_); }
  DataStream parted(Partitioning next) const {
    detail::Upstreams all = from_;
    for (detail::Upstream& up : all) up.next = next;
    return DataStream(*env_, std::move(all));
  }

  template <class Out, class Make>
  DataStream<Out> add(std::string name, Make make) const {
    StreamNode made;
    made.name = std::move(name);
    made.output = std::make_shared<StreamTypeOf<Out>>();
    made.factory = detail::factory_of(std::move(make));
    return DataStream<Out>(*env_, attach(std::move(made)));
  }
  std::uint32_t attach(StreamNode made) const {
    return detail::GraphBuilder(*env_, std::move(made)).template plain<T>(from_).node();
  }

  StreamEnvironment* env_;
  detail::Upstreams from_;
};

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

template <class Source>
DataStream<typename Source::Record> StreamEnvironment::from_source(Source source, std::string name) {
  StreamNode made;
  made.name = std::move(name);
  made.source = true;
  made.output = std::make_shared<StreamTypeOf<typename Source::Record>>();
  made.factory = detail::factory_of([source] { return source.create(); });
  return DataStream<typename Source::Record>(*this, detail::GraphBuilder(*this, std::move(made)).node());
}

}  // namespace weir::engine
