#include "graph/topology.h"

#include <algorithm>
#include <functional>
#include <queue>

#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/depth_first_search.hpp>

#include "weir/engine/assert.h"

namespace weir::engine {
namespace {

using Edge = boost::graph_traits<Topology>::edge_descriptor;

struct CycleFinder : boost::default_dfs_visitor {
  NodeList& parents;
  std::vector<NodeList>& cycles;
  CycleFinder(NodeList& p, std::vector<NodeList>& c) : parents(p), cycles(c) {}

  void tree_edge(Edge e, const Topology& g) { parents[target(e, g)] = static_cast<std::uint32_t>(source(e, g)); }
  void back_edge(Edge e, const Topology& g) {
    const auto first = static_cast<std::uint32_t>(target(e, g));
    NodeList cycle;
    for (auto at = static_cast<std::uint32_t>(source(e, g)); at != first; at = parents[at]) cycle.push_back(at);
    cycle.push_back(first);
    std::reverse(cycle.begin(), cycle.end());
    cycles.push_back(std::move(cycle));
  }
};

}  // namespace

Topology make_topology(std::size_t nodes, const std::vector<std::pair<std::uint32_t, std::uint32_t>>& edges) {
  Topology topology(nodes);
  for (const auto& [from, to] : edges) add_edge(from, to, topology);
  return topology;
}

std::vector<NodeList> find_cycles(const Topology& topology) {
  NodeList parents(num_vertices(topology));
  std::vector<NodeList> cycles;
  boost::depth_first_search(topology, boost::visitor(CycleFinder(parents, cycles)));
  return cycles;
}

NodeList unreachable_from(const Topology& topology, const NodeList& roots) {
  std::vector<boost::default_color_type> colors(num_vertices(topology), boost::white_color);
  const auto color_map = boost::make_iterator_property_map(colors.begin(), get(boost::vertex_index, topology));
  boost::queue<Topology::vertex_descriptor> waiting;
  for (const std::uint32_t root : roots) {
    if (colors[root] != boost::white_color) continue;
    boost::breadth_first_visit(topology, root, waiting, boost::default_bfs_visitor(), color_map);
  }
  NodeList unreachable;
  for (std::uint32_t node = 0; node < colors.size(); ++node) {
    if (colors[node] == boost::white_color) unreachable.push_back(node);
  }
  return unreachable;
}

NodeList topological_order(const Topology& topology) {
  const auto nodes = static_cast<std::uint32_t>(num_vertices(topology));
  std::vector<std::size_t> waiting_for(nodes);
  std::priority_queue<std::uint32_t, NodeList, std::greater<>> ready;
  for (std::uint32_t node = 0; node < nodes; ++node) {
    waiting_for[node] = in_degree(node, topology);
    if (waiting_for[node] == 0) ready.push(node);
  }
  NodeList order;
  while (!ready.empty()) {
    const std::uint32_t node = ready.top();
    ready.pop();
    order.push_back(node);
    for (auto [at, end] = adjacent_vertices(node, topology); at != end; ++at) {
      if (--waiting_for[*at] == 0) ready.push(static_cast<std::uint32_t>(*at));
    }
  }
  WEIR_ASSERT(order.size() == nodes, "a cyclic graph has no topological order");
  return order;
}

}  // namespace weir::engine
