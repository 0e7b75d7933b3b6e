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

namespace weir::engine {

template <class T>
class DataStream;
template <class T, class K, class Selector>
class KeyedStream;

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
  template <class>
  friend class DataStream;
  template <class, class, class>
  friend class KeyedStream;

  std::uint32_t add_node(StreamNode node) {
    node.id = static_cast<std::uint32_t>(graph_.nodes.size());
    graph_.nodes.push_back(std::move(node));
    return graph_.nodes.back().id;
  }
  StreamGraph graph_;
  JobOptions options_;
};

namespace detail {

template <class Make>
std::shared_ptr<const OperatorFactory> factory_of(Make make) {
  return std::make_shared<MakeOperatorFactory<Make>>(std::move(make));
}

}  // namespace detail

// A light handle on one node; copying it is cheap, and several consumers may hang on one.
template <class T>
class DataStream {
 public:
  DataStream(StreamEnvironment& env, std::uint32_t node, Partitioning next = Partitioning::Forward)
      : env_(&env), node_(node), next_(next) {}

  DataStream& uid(std::string uid) { return node().uid = std::move(uid), *this; }
  DataStream& name(std::string name) { return node().name = std::move(name), *this; }
  DataStream& set_parallelism(std::uint32_t p) { return node().parallelism = p, *this; }

  DataStream rebalance() const { return DataStream(*env_, node_, Partitioning::Rebalance); }
  DataStream broadcast() const { return DataStream(*env_, node_, Partitioning::Broadcast); }

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
  template <class Selector>
  auto key_by(Selector selector) const {
    using K = std::decay_t<std::invoke_result_t<Selector, const T&>>;
    return KeyedStream<T, K, Selector>(*env_, node_, std::move(selector));
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
    return DataStream<T>(*env_, connect(std::move(made)));
  }
  std::uint32_t node_id() const { return node_; }

 private:
  template <class>
  friend class DataStream;
  StreamNode& node() { return env_->graph_.nodes[node_]; }

  template <class Out, class Make>
  DataStream<Out> add(std::string name, Make make) const {
    StreamNode made;
    made.name = std::move(name);
    made.output = std::make_shared<StreamTypeOf<Out>>();
    made.factory = detail::factory_of(std::move(make));
    return DataStream<Out>(*env_, connect(std::move(made)));
  }
  std::uint32_t connect(StreamNode made) const {
    const std::uint32_t to = env_->add_node(std::move(made));
    env_->graph_.edges.push_back({node_, to, std::make_shared<PlainEdge<T>>(next_)});
    return to;
  }

  StreamEnvironment* env_;
  std::uint32_t node_;
  Partitioning next_;
};

template <class T, class K, class Selector>
class KeyedStream {
 public:
  KeyedStream(StreamEnvironment& env, std::uint32_t node, Selector selector)
      : env_(&env), node_(node), selector_(std::move(selector)) {}

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
    const std::uint32_t to = env_->add_node(std::move(made));
    env_->graph_.edges.push_back({node_, to, std::make_shared<KeyedEdge<T, K, Selector>>(selector_)});
    return DataStream<Out>(*env_, to);
  }

 private:
  StreamEnvironment* env_;
  std::uint32_t node_;
  Selector selector_;
};

template <class Source>
DataStream<typename Source::Record> StreamEnvironment::from_source(Source source, std::string name) {
  StreamNode made;
  made.name = std::move(name);
  made.source = true;
  made.output = std::make_shared<StreamTypeOf<typename Source::Record>>();
  made.factory = detail::factory_of([source] { return source.create(); });
  return DataStream<typename Source::Record>(*this, add_node(std::move(made)));
}

}  // namespace weir::engine
