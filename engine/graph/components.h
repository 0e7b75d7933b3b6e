#pragma once

// Which nodes of a graph hang together, whatever the direction of its edges.

#include <cstdint>
#include <utility>
#include <vector>

namespace weir::engine {

// By node the number of its component; components are numbered from 0 in the order of their first nodes.
std::vector<std::uint32_t> components(std::size_t nodes,
                                      const std::vector<std::pair<std::uint32_t, std::uint32_t>>& edges);

}  // namespace weir::engine
