#include "graph/validation.h"

#include <algorithm>
#include <map>

#include "graph/topology.h"
#include "weir/engine/events.h"

namespace weir::engine {
namespace {

constexpr std::uint64_t kMaxSubtasks = kFirstOutsideActor - kFirstSubtaskActor;
constexpr std::uint32_t kMaxSources = 256;  // what Origin has room for

std::string quoted(const StreamNode& node) { return "'" + (node.uid.empty() ? node.name : node.uid) + "'"; }

class Checker {
 public:
  explicit Checker(const StreamGraph& graph) : graph_(graph) {}

  std::string run() {
    if (graph_.nodes.empty()) return "the job has no operators: start with from_source";
    if (!check_edges_exist()) return problems_;
    check_ends();
    check_shape();
    for (const StreamNode& node : graph_.nodes) check_inputs(node);
    check_uids();
    check_max_parallelism();
    for (const StreamNode& node : graph_.nodes) check_parallelism(node);
    check_size();
    return problems_;
  }

 private:
  void add(const std::string& problem) {
    if (!problems_.empty()) problems_ += '\n';
    problems_ += problem;
  }

  bool check_edges_exist() {
    for (const StreamEdge& edge : graph_.edges) {
      if (std::max(edge.from, edge.to) < graph_.nodes.size()) continue;
      add("an edge leads from operator " + std::to_string(edge.from) + " to operator " + std::to_string(edge.to) +
          ", but the job has only " + std::to_string(graph_.nodes.size()) + ": remove it");
    }
    return problems_.empty();
  }

  void check_ends() {
    const auto sources =
        std::count_if(graph_.nodes.begin(), graph_.nodes.end(), [](const auto& n) { return n.source; });
    if (sources == 0) add("the job has no source: start with from_source");
    if (sources > kMaxSources) add("the job has more than " + std::to_string(kMaxSources) + " sources: split it");
    if (std::none_of(graph_.nodes.begin(), graph_.nodes.end(), [](const auto& n) { return n.sink; })) {
      add("the job has no sink: end it with sink_to");
    }
    for (const StreamEdge& edge : graph_.edges) {
      const StreamNode& from = graph_.nodes[edge.from];
      const StreamNode& to = graph_.nodes[edge.to];
      if (to.source)
        add("source " + quoted(to) + " has an input, " + quoted(from) + ": a source cannot; remove the edge");
      if (from.sink) add("sink " + quoted(from) + " has a consumer, " + quoted(to) + ": connect that before the sink");
    }
  }

  void check_shape() {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
    for (const StreamEdge& edge : graph_.edges) edges.emplace_back(edge.from, edge.to);
    const Topology topology = make_topology(graph_.nodes.size(), edges);
    for (const NodeList& cycle : find_cycles(topology)) add_cycle(cycle);
    for (const std::uint32_t node : unreachable_from(topology, sources())) {
      add("operator " + quoted(graph_.nodes[node]) + " is not reachable from any source: connect it or remove it");
    }
    for (const StreamNode& node : graph_.nodes) {
      if (!node.sink && out_degree(node.id, topology) == 0) {
        add("nothing consumes the results of " + quoted(node) + ": connect it to a sink or remove it");
      }
    }
  }

  // Equal keys must meet in one subtask, whichever input they come by.
  void check_inputs(const StreamNode& node) {
    std::vector<bool> fed(node.inputs);
    for (const StreamEdge& edge : graph_.edges) {
      if (edge.to != node.id) continue;
      if (edge.input >= node.inputs) {
        add("operator " + quoted(node) + " has no input " + std::to_string(edge.input + 1) + ", but " +
            quoted(graph_.nodes[edge.from]) + " is connected to it: remove the edge");
        continue;
      }
      fed[edge.input] = true;
      const Partitioning how = edge.type->partitioning();
      const bool by_key = how == Partitioning::Hash || (node.broadcast_state && how == Partitioning::Broadcast);
      if (node.inputs > 1 && node.keyed && !by_key) {
        add("input " + std::to_string(edge.input + 1) + " of keyed operator " + quoted(node) +
            " is not keyed: use key_by on both streams");
      }
    }
    for (std::uint32_t input = 0; node.inputs > 1 && input < node.inputs; ++input) {
      if (fed[input]) continue;
      add("nothing feeds input " + std::to_string(input + 1) + " of operator " + quoted(node) + ": connect a stream");
    }
  }

  void add_cycle(const NodeList& cycle) {
    std::string path;
    for (const std::uint32_t node : cycle) path += quoted(graph_.nodes[node]) + " -> ";
    add("the operators form a cycle, " + path + quoted(graph_.nodes[cycle.front()]) + ": remove one of its edges");
  }

  NodeList sources() const {
    NodeList found;
    for (const StreamNode& node : graph_.nodes) {
      if (node.source) found.push_back(node.id);
    }
    return found;
  }

  void check_uids() {
    std::map<std::string, const StreamNode*> seen;
    for (const StreamNode& node : graph_.nodes) {
      if (node.uid.empty()) continue;
      const auto [at, fresh] = seen.emplace(node.uid, &node);
      if (fresh) continue;
      add("operators '" + at->second->name + "' and '" + node.name + "' have the same uid '" + node.uid +
          "': give each a uid of its own");
    }
  }

  void check_max_parallelism() {
    if (!graph_.max_parallelism) return;
    if (*graph_.max_parallelism >= 1 && *graph_.max_parallelism <= kMaxMaxParallelism) return;
    add("the job's max parallelism is " + std::to_string(*graph_.max_parallelism) + ": choose one from 1 to " +
        std::to_string(kMaxMaxParallelism));
  }

  // RS-1
  void check_parallelism(const StreamNode& node) {
    const std::uint32_t p = parallelism_of(graph_, node);
    const std::uint32_t limit = std::min(graph_.max_parallelism.value_or(kMaxMaxParallelism), kMaxMaxParallelism);
    if (p == 0) {
      add("operator " + quoted(node) + " has parallelism 0: choose at least 1");
    } else if (p > limit) {
      add("operator " + quoted(node) + " has parallelism " + std::to_string(p) + ", above the max parallelism " +
          std::to_string(limit) + ": lower the one" + (limit < kMaxMaxParallelism ? " or raise the other" : ""));
    }
  }

  void check_size() {
    std::uint64_t subtasks = 0;
    for (const StreamNode& node : graph_.nodes) subtasks += parallelism_of(graph_, node);
    if (subtasks <= kMaxSubtasks) return;
    add("the job has " + std::to_string(subtasks) + " subtasks: lower the parallelism until there are at most " +
        std::to_string(kMaxSubtasks));
  }

  const StreamGraph& graph_;
  std::string problems_;
};

}  // namespace

std::uint32_t parallelism_of(const StreamGraph& graph, const StreamNode& node) {
  return node.parallelism.value_or(graph.parallelism);
}

std::uint32_t max_parallelism_of(const StreamGraph& graph, const StreamNode& node) {
  return graph.max_parallelism ? *graph.max_parallelism : default_max_parallelism(parallelism_of(graph, node));
}

std::string problems_of(const StreamGraph& graph) { return Checker(graph).run(); }

}  // namespace weir::engine
