#pragma once

// Where a job begins: its sources, its defaults, its options.

#include <cstdint>
#include <string>
#include <utility>

#include "weir/engine/job_graph.h"
#include "weir/engine/options.h"

namespace weir::engine {

template <class T>
class DataStream;

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

}  // namespace weir::engine
