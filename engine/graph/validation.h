#pragma once

// What an author can get wrong in a stream graph.

#include <string>

#include "weir/engine/job_graph.h"

namespace weir::engine {

std::uint32_t parallelism_of(const StreamGraph& graph, const StreamNode& node);
std::uint32_t max_parallelism_of(const StreamGraph& graph, const StreamNode& node);

// Every problem, one a line, each with the operator's name and the remedy; empty when the graph can run.
std::string problems_of(const StreamGraph& graph);

}  // namespace weir::engine
