#pragma once

// How the handles of stream.h put nodes and edges into the graph. Nothing for job authors.

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "weir/engine/assert.h"
#include "weir/engine/edge.h"
#include "weir/engine/job_graph.h"
#include "weir/engine/stream_environment.h"

namespace weir::engine {

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

}  // namespace weir::engine
