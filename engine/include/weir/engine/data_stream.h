#pragma once

// A stream without keys; part of stream.h, which job authors include.

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "weir/engine/functions.h"
#include "weir/engine/graph_builder.h"
#include "weir/engine/process_function.h"
#include "weir/engine/timestamps.h"

namespace weir::engine {

// How the records of a keyed stream reach the subtask that owns their key.
enum class Exchange : std::uint8_t { ByKey, InPlace };

template <class T, class K, class Selector>
class KeyedStream;
template <class First, class Second>
class ConnectedStreams;  // connected_streams.h

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

}  // namespace weir::engine
