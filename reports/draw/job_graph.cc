#include "draw/job_graph.h"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/graphviz.hpp>
#include <chrono>
#include <sstream>

#include "draw/child_process.h"
#include "text/escape.h"

namespace weir::reports {
namespace {

struct Node {
  std::string label;
  bool source = false;
  bool sink = false;
};
struct Exchange {
  std::string label;
  bool shuffle = false;
};
// vecS on both sides: vertices are their numbers, never addresses.
using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, Node, Exchange>;

const char* partitioning_name(engine::Partitioning partitioning) {
  switch (partitioning) {
    case engine::Partitioning::Forward:
      return "forward";
    case engine::Partitioning::Hash:
      return "hash";
    case engine::Partitioning::Rebalance:
      return "rebalance";
    case engine::Partitioning::Broadcast:
      return "broadcast";
  }
  return "";
}

// A DOT string with its quotes.
std::string dot_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : one_line(text)) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

// Lines of a label are told apart by a byte that `one_line` turns to a blank; so they are joined after quoting.
std::string dot_lines(const std::vector<std::string>& lines) {
  std::string out = "\"";
  for (const std::string& line : lines) {
    const std::string quoted = dot_string(line);
    if (out.size() > 1) out += "\\n";
    out += quoted.substr(1, quoted.size() - 2);
  }
  return out + "\"";
}

// "hash", or "broadcast, 2nd input".
std::string exchange_label(engine::Partitioning how, std::uint32_t input) {
  return dot_string(std::string(partitioning_name(how)) + (input == 0 ? "" : ", 2nd input"));
}

Node node_of(const engine::JobVertex& vertex) {
  std::vector<std::string> lines;
  Node node;
  for (const engine::JobOperator& op : vertex.chain) {
    lines.push_back(lines.empty() ? op.name : "→ " + op.name);
    node.source = node.source || op.source;
    node.sink = node.sink || op.sink;
  }
  lines.push_back(vertex.label + " × " + std::to_string(vertex.parallelism));
  node.label = dot_lines(lines);
  return node;
}

Graph graph_of(const engine::JobGraph& job) {
  Graph graph(job.vertices.size());
  for (std::size_t i = 0; i < job.vertices.size(); ++i) graph[i] = node_of(job.vertices[i]);
  for (const engine::JobEdge& edge : job.edges) {
    const engine::Partitioning how = edge.type ? edge.type->partitioning() : engine::Partitioning::Forward;
    add_edge(edge.from.value, edge.to.value,
             Exchange{exchange_label(how, edge.input), how != engine::Partitioning::Forward}, graph);
  }
  return graph;
}

struct VertexWriter {
  const Graph& graph;
  void operator()(std::ostream& out, std::size_t v) const {
    const Node& node = graph[v];
    const char* fill = node.source ? "#d6ecfa" : node.sink ? "#d5f0e6" : "#fdf0d0";
    out << "[label=" << node.label << ", fillcolor=\"" << fill << "\"]";
  }
};
struct EdgeWriter {
  const Graph& graph;
  template <class Edge>
  void operator()(std::ostream& out, const Edge& e) const {
    out << "[label=" << graph[e].label << ", style=" << (graph[e].shuffle ? "bold" : "solid") << "]";
  }
};
struct GraphWriter {
  void operator()(std::ostream& out) const {
    out << "rankdir=LR;\nbgcolor=\"transparent\";\n"
           "node [shape=box, style=\"rounded,filled\", color=\"#777777\", fontname=\"sans-serif\", fontsize=11];\n"
           "edge [color=\"#777777\", fontcolor=\"#777777\", fontname=\"sans-serif\", fontsize=10];\n";
  }
};

constexpr std::chrono::seconds kPatience{10};

}  // namespace

std::string job_graph_dot(const engine::JobGraph& job) {
  const Graph graph = graph_of(job);
  std::ostringstream out;
  boost::write_graphviz(out, graph, VertexWriter{graph}, EdgeWriter{graph}, GraphWriter{});
  return out.str();
}

DotPicture render_dot(const std::string& dot, const std::string& program) {
  const ChildOutput child = run_child({program, "-Tsvg"}, dot, kPatience);
  const std::size_t start = child.output.find("<svg");
  if (child.ending == ChildEnding::Succeeded && start != std::string::npos) return {child.output.substr(start), ""};
  switch (child.ending) {
    case ChildEnding::NotStarted:
      return {"", "no picture of the job graph: Graphviz's '" + program + "' is not installed (apt install graphviz)"};
    case ChildEnding::TimedOut:
      return {"", "no picture of the job graph: '" + program + "' took longer than 10 s"};
    default:
      return {"", "no picture of the job graph: '" + program + "' failed"};
  }
}

}  // namespace weir::reports
