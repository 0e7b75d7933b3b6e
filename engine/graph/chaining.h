#pragma once

// Which operators run in one vertex, and how operators and vertices are called.

#include <string>
#include <vector>

#include "graph/topology.h"
#include "weir/engine/job_graph.h"

namespace weir::engine {

// The edges of the stream graph as they run: a forward edge between different parallelisms is rebalanced, as in Flink
// when no partitioner is given. Null where the edge's type cannot do that.
std::vector<std::shared_ptr<const EdgeType>> effective_types(const StreamGraph& graph);

// The chains of an acyclic graph, each head first; in topological order of the vertices, ties by the head's position.
// An edge is chained when it is forward, both ends have the same parallelism, its consumer has no other input, and its
// producer has no chained consumer yet. Keys are distributed by hash, so a keyed operator is always a head (RS-14).
std::vector<NodeList> make_chains(const StreamGraph& graph, const std::vector<std::shared_ptr<const EdgeType>>& types);

// From the position of the operator and its inputs: stable while the topology is, whatever uids the user gives to
// others or to the operator itself later (RS-12).
std::vector<std::string> make_generated_uids(const StreamGraph& graph);

// One short and unique label for every chain: the first uid its author gave, else the name of its head, with a number
// behind where that is taken.
std::vector<std::string> make_labels(const StreamGraph& graph, const std::vector<NodeList>& chains);

// By node: whether what it emits has event time, because it or an operator before it assigned it.
std::vector<Timing> timings_of(const StreamGraph& graph);

}  // namespace weir::engine
