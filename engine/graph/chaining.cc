#include "graph/chaining.h"

#include <algorithm>
#include <set>

#include "graph/validation.h"

namespace weir::engine {
namespace {

using Pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
constexpr std::uint32_t kNone = 0xFFFF'FFFF;

Pairs pairs_of(const StreamGraph& graph) {
  Pairs pairs;
  for (const StreamEdge& edge : graph.edges) pairs.emplace_back(edge.from, edge.to);
  return pairs;
}

bool same_parallelism(const StreamGraph& graph, const StreamEdge& edge) {
  return parallelism_of(graph, graph.nodes[edge.from]) == parallelism_of(graph, graph.nodes[edge.to]);
}

// The next operator in the chain of every node, or kNone.
NodeList chained_consumers(const StreamGraph& graph, const std::vector<std::shared_ptr<const EdgeType>>& types) {
  NodeList next(graph.nodes.size(), kNone);
  if (!graph.chaining) return next;
  std::vector<std::uint32_t> inputs(graph.nodes.size());
  for (const StreamEdge& edge : graph.edges) ++inputs[edge.to];
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    const StreamEdge& edge = graph.edges[i];
    if (types[i]->partitioning() != Partitioning::Forward || inputs[edge.to] != 1 || next[edge.from] != kNone) continue;
    next[edge.from] = edge.to;
  }
  return next;
}

std::vector<NodeList> follow(const NodeList& next) {
  std::vector<bool> head(next.size(), true);
  for (const std::uint32_t to : next) {
    if (to != kNone) head[to] = false;
  }
  std::vector<NodeList> chains;
  for (std::uint32_t node = 0; node < next.size(); ++node) {
    if (!head[node]) continue;
    NodeList& chain = chains.emplace_back();
    for (std::uint32_t at = node; at != kNone; at = next[at]) chain.push_back(at);
  }
  return chains;
}

std::string hex(std::uint64_t v) {
  std::string text(16, '0');
  for (std::size_t i = 16; i-- > 0; v >>= 4) text[i] = "0123456789abcdef"[v & 15];
  return text;
}

const std::string* first_uid(const StreamGraph& graph, const NodeList& chain) {
  for (const std::uint32_t node : chain) {
    if (!graph.nodes[node].uid.empty()) return &graph.nodes[node].uid;
  }
  return nullptr;
}

}  // namespace

std::vector<std::shared_ptr<const EdgeType>> effective_types(const StreamGraph& graph) {
  std::vector<std::shared_ptr<const EdgeType>> types;
  for (const StreamEdge& edge : graph.edges) {
    const bool uneven = edge.type->partitioning() == Partitioning::Forward && !same_parallelism(graph, edge);
    types.push_back(uneven ? edge.type->as(Partitioning::Rebalance) : edge.type);
  }
  return types;
}

std::vector<NodeList> make_chains(const StreamGraph& graph, const std::vector<std::shared_ptr<const EdgeType>>& types) {
  const std::vector<NodeList> chains = follow(chained_consumers(graph, types));  // by position of the head
  NodeList chain_of(graph.nodes.size());
  for (std::uint32_t i = 0; i < chains.size(); ++i) {
    for (const std::uint32_t node : chains[i]) chain_of[node] = i;
  }
  Pairs between;
  for (const StreamEdge& edge : graph.edges) {
    if (chain_of[edge.from] != chain_of[edge.to]) between.emplace_back(chain_of[edge.from], chain_of[edge.to]);
  }
  std::vector<NodeList> ordered;
  for (const std::uint32_t i : topological_order(make_topology(chains.size(), between))) ordered.push_back(chains[i]);
  return ordered;
}

std::vector<std::string> make_generated_uids(const StreamGraph& graph) {
  std::vector<std::string> uids(graph.nodes.size());
  std::uint64_t ordinal = 0;
  for (const std::uint32_t node : topological_order(make_topology(graph.nodes.size(), pairs_of(graph)))) {
    std::uint64_t place = mix64(++ordinal);
    for (const StreamEdge& edge : graph.edges) {
      if (edge.to == node) place = combine(place, hash_bytes(uids[edge.from]));
    }
    uids[node] = "generated-" + hex(place);
  }
  return uids;
}

std::vector<Timing> timings_of(const StreamGraph& graph) {
  std::vector<Timing> timings(graph.nodes.size(), Timing::None);
  for (const std::uint32_t node : topological_order(make_topology(graph.nodes.size(), pairs_of(graph)))) {
    bool timed = graph.nodes[node].assigns_time;
    for (const StreamEdge& edge : graph.edges) {
      timed = timed || (edge.to == node && timings[edge.from] == Timing::Event);
    }
    if (timed) timings[node] = Timing::Event;
  }
  return timings;
}

std::vector<std::string> make_labels(const StreamGraph& graph, const std::vector<NodeList>& chains) {
  std::vector<std::string> labels(chains.size());
  std::set<std::string> taken;
  for (std::size_t i = 0; i < chains.size(); ++i) {
    if (const std::string* uid = first_uid(graph, chains[i])) taken.insert(labels[i] = *uid);
  }
  for (std::size_t i = 0; i < chains.size(); ++i) {
    if (!labels[i].empty()) continue;
    const std::string& name = graph.nodes[chains[i].front()].name;
    labels[i] = name;
    for (std::uint32_t n = 2; !taken.insert(labels[i]).second; ++n) labels[i] = name + "-" + std::to_string(n);
  }
  return labels;
}

}  // namespace weir::engine
