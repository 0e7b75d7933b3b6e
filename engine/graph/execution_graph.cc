#include <algorithm>
#include <map>

#include "weir/engine/job_graph.h"

namespace weir::engine {
namespace {

// Two edges between the same vertices would give their channels the same name.
void make_names_unique(std::vector<ChannelInfo>& channels) {
  std::map<std::string, std::uint32_t> seen;
  for (ChannelInfo& channel : channels) {
    const std::uint32_t n = ++seen[channel.name];
    if (n > 1) channel.name += "#" + std::to_string(n);
  }
}

}  // namespace

// Subtasks by vertex, then index; channels by edge, then producer, then consumer.
ExecutionGraph::ExecutionGraph(std::shared_ptr<const JobGraph> job) : job_(std::move(job)) {
  for (const JobVertex& v : job_->vertices) add_subtasks(v);
  for (std::uint32_t edge = 0; edge < job_->edges.size(); ++edge) add_channels(edge);
  make_names_unique(channels_);
}

void ExecutionGraph::add_subtasks(const JobVertex& vertex) {
  first_subtask_.push_back(static_cast<std::uint32_t>(subtasks_.size()));
  for (std::uint32_t index = 0; index < vertex.parallelism; ++index) {
    const SubtaskId id{static_cast<std::uint16_t>(subtasks_.size())};
    subtasks_.push_back({id, vertex.id, index, {}, {}, vertex.label + "/" + std::to_string(index)});
  }
}

void ExecutionGraph::add_channels(std::uint32_t edge) {
  const JobEdge& e = job_->edges[edge];
  const bool forward = e.type->partitioning() == Partitioning::Forward;
  for (std::uint32_t from = 0; from < vertex(e.from).parallelism; ++from) {
    const std::uint32_t first = forward ? from : 0;
    const std::uint32_t end = forward ? from + 1 : vertex(e.to).parallelism;
    for (std::uint32_t to = first; to < end; ++to) {
      SubtaskInfo& producer = subtasks_[subtask_at(e.from, from).value];
      SubtaskInfo& consumer = subtasks_[subtask_at(e.to, to).value];
      const ChannelId id{static_cast<std::uint32_t>(channels_.size())};
      channels_.push_back({id, edge, producer.id, consumer.id, producer.name + "->" + consumer.name});
      producer.outputs.push_back(id);
      consumer.inputs.push_back(id);
    }
  }
}

bool allows_overtaking(const JobGraph& job, const JobVertex& consumer) {
  return std::all_of(consumer.inputs.begin(), consumer.inputs.end(),
                     [&](std::uint32_t edge) { return allows_overtaking(job.edges[edge].type->partitioning()); });
}

SubtaskId ExecutionGraph::subtask_at(VertexId vertex, std::uint32_t index) const {
  return subtasks_[first_subtask_[vertex.value] + index].id;
}

std::optional<SubtaskId> ExecutionGraph::subtask_named(std::string_view name) const {
  const auto found = std::find_if(subtasks_.begin(), subtasks_.end(), [&](const auto& s) { return s.name == name; });
  if (found == subtasks_.end()) return std::nullopt;
  return found->id;
}

std::optional<ChannelId> ExecutionGraph::channel_named(std::string_view name) const {
  const auto found = std::find_if(channels_.begin(), channels_.end(), [&](const auto& c) { return c.name == name; });
  if (found == channels_.end()) return std::nullopt;
  return found->id;
}

std::uint32_t ExecutionGraph::slots_needed() const {
  std::uint32_t needed = 0;
  for (const JobVertex& vertex : job_->vertices) needed = std::max(needed, vertex.parallelism);
  return needed;
}

}  // namespace weir::engine
