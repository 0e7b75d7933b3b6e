#include "graph/components.h"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/connected_components.hpp>

namespace weir::engine {

// Boost visits the nodes in ascending order, and numbers components as it meets them.
std::vector<std::uint32_t> components(std::size_t nodes,
                                      const std::vector<std::pair<std::uint32_t, std::uint32_t>>& edges) {
  boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS> graph(nodes);
  for (const auto& [from, to] : edges) add_edge(from, to, graph);
  std::vector<std::uint32_t> numbers(nodes);
  if (nodes == 0) return numbers;
  boost::connected_components(graph,
                              boost::make_iterator_property_map(numbers.begin(), get(boost::vertex_index, graph)));
  return numbers;
}

}  // namespace weir::engine
