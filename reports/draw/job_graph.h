#pragma once

// The job graph: DOT text through Boost.Graph, and a picture when Graphviz is there.

#include <string>

#include "weir/engine/job_graph.h"

namespace weir::reports {

// One node a vertex, one edge an exchange; in the graph's own order, so the same job gives the same bytes.
std::string job_graph_dot(const engine::JobGraph& job);

struct DotPicture {
  std::string svg;   // from "<svg" on; empty when there is none
  std::string note;  // why there is none, for people
};

// Runs `program` (Graphviz's dot) as a child for at most ten seconds. A missing or failing program is a note, no error.
DotPicture render_dot(const std::string& dot, const std::string& program = "dot");

}  // namespace weir::reports
