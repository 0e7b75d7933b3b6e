#pragma once

// The shape of a job as a Boost graph, and the questions asked of it. Vertices are node positions.

#include <cstdint>
#include <utility>
#include <vector>

#include <boost/graph/adjacency_list.hpp>

namespace weir::engine {

using Topology = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS>;
using NodeList = std::vector<std::uint32_t>;

Topology make_topology(std::size_t nodes, const std::vector<std::pair<std::uint32_t, std::uint32_t>>& edges);

// One cycle for every back edge of a depth-first search, each in the direction of its edges.
std::vector<NodeList> find_cycles(const Topology& topology);

// Ascending.
NodeList unreachable_from(const Topology& topology, const NodeList& roots);

// Producers before consumers; where the order is free, the lower position first. Needs an acyclic graph.
NodeList topological_order(const Topology& topology);

}  // namespace weir::engine
