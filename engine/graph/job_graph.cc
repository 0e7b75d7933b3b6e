#include "weir/engine/job_graph.h"

#include <algorithm>

#include "graph/chaining.h"
#include "graph/validation.h"

namespace weir::engine {
namespace {

using EdgeTypes = std::vector<std::shared_ptr<const EdgeType>>;

NodeList source_ordinals(const StreamGraph& graph) {
  NodeList ordinals(graph.nodes.size());
  std::uint32_t sources = 0;
  for (const StreamNode& node : graph.nodes) {
    if (node.source) ordinals[node.id] = sources++;
  }
  return ordinals;
}

OperatorId id_of(const std::string& uid) { return OperatorId{hash_bytes(uid)}; }

void add_vertices(JobGraph& job, const std::vector<NodeList>& chains) {
  const StreamGraph& graph = job.source;
  const std::vector<std::string> generated = make_generated_uids(graph);
  const std::vector<std::string> labels = make_labels(graph, chains);
  const NodeList ordinals = source_ordinals(graph);
  for (std::size_t i = 0; i < chains.size(); ++i) {
    const StreamNode& head = graph.nodes[chains[i].front()];
    JobVertex& vertex = job.vertices.emplace_back();
    vertex.id = VertexId{static_cast<std::uint16_t>(i)};
    vertex.label = labels[i];
    vertex.parallelism = parallelism_of(graph, head);
    vertex.max_parallelism = max_parallelism_of(graph, head);
    vertex.max_parallelism_given = graph.max_parallelism.has_value();
    for (const std::uint32_t at : chains[i]) {
      const StreamNode& node = graph.nodes[at];
      vertex.name += (vertex.name.empty() ? "" : " -> ") + node.name;
      const std::string& uid = node.uid.empty() ? generated[at] : node.uid;
      vertex.chain.push_back({at, id_of(uid), id_of(generated[at]), uid, node.name, node.source, node.sink, node.keyed,
                              ordinals[at], node.factory, node.output});
    }
  }
}

struct Place {
  VertexId vertex;
  std::uint32_t position = 0;
};

std::vector<Place> places_of(const JobGraph& job) {
  std::vector<Place> places(job.source.nodes.size());
  for (const JobVertex& vertex : job.vertices) {
    for (std::uint32_t i = 0; i < vertex.chain.size(); ++i) places[vertex.chain[i].node] = {vertex.id, i};
  }
  return places;
}

// What is not inside a chain, in the order of the stream graph's edges.
void add_edges(JobGraph& job, const EdgeTypes& types) {
  const std::vector<Place> places = places_of(job);
  const std::vector<Timing> timings = timings_of(job.source);
  job.timed = std::find(timings.begin(), timings.end(), Timing::Event) != timings.end();
  for (std::size_t i = 0; i < types.size(); ++i) {
    const Place from = places[job.source.edges[i].from];
    const Place to = places[job.source.edges[i].to];
    if (from.vertex == to.vertex) continue;
    const auto edge = static_cast<std::uint32_t>(job.edges.size());
    job.edges.push_back({from.vertex, from.position, to.vertex, types[i], timings[job.source.edges[i].from],
                         job.source.edges[i].input});
    job.vertices[from.vertex.value].outputs.push_back(edge);
    job.vertices[to.vertex.value].inputs.push_back(edge);
  }
}

// A hand-made edge type may be unable to rebalance.
std::string uneven_edges(const StreamGraph& graph, const EdgeTypes& types) {
  std::string problems;
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (types[i] != nullptr) continue;
    problems += (problems.empty() ? "" : "\n") + ("the forward edge from '" + graph.nodes[graph.edges[i].from].name) +
                "' to '" + graph.nodes[graph.edges[i].to].name +
                "' needs the same parallelism at both ends: make it equal";
  }
  return problems;
}

}  // namespace

Result<std::shared_ptr<const JobGraph>> JobGraph::build(StreamGraph graph) {
  for (std::uint32_t i = 0; i < graph.nodes.size(); ++i) {
    WEIR_ASSERT(graph.nodes[i].id == i && graph.nodes[i].factory != nullptr, "a stream node is not filled in");
  }
  if (std::string problems = problems_of(graph); !problems.empty())
    return Status(StatusCode::Invalid, std::move(problems));
  const EdgeTypes types = effective_types(graph);
  if (std::string problems = uneven_edges(graph, types); !problems.empty()) {
    return Status(StatusCode::Invalid, std::move(problems));
  }
  auto job = std::make_shared<JobGraph>();
  job->name = graph.job_name;
  job->commutative = graph.commutative;
  job->source = std::move(graph);
  add_vertices(*job, make_chains(job->source, types));
  add_edges(*job, types);
  return std::shared_ptr<const JobGraph>(std::move(job));
}

}  // namespace weir::engine
