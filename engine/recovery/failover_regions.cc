#include "recovery/failover_regions.h"

#include <utility>

#include "graph/components.h"

namespace weir::engine {
namespace {

std::vector<std::uint32_t> regions_by_subtask(const ExecutionGraph& graph, FailoverStrategy strategy) {
  const std::size_t subtasks = graph.subtasks().size();
  if (strategy == FailoverStrategy::Full) return std::vector<std::uint32_t>(subtasks, 0);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
  for (const ChannelInfo& channel : graph.channels())
    edges.emplace_back(channel.producer.value, channel.consumer.value);
  return components(subtasks, edges);
}

}  // namespace

FailoverRegions::FailoverRegions(const ExecutionGraph& graph, FailoverStrategy strategy) {
  const std::vector<std::uint32_t> numbers = regions_by_subtask(graph, strategy);
  for (const SubtaskInfo& subtask : graph.subtasks()) {
    const std::uint32_t number = numbers[subtask.id.value];
    if (number >= members_.size()) members_.resize(number + 1);
    members_[number].push_back(subtask.id);
    regions_.push_back({static_cast<std::uint16_t>(number)});
  }
}

std::vector<RegionId> FailoverRegions::all() const {
  std::vector<RegionId> all;
  for (std::size_t region = 0; region < size(); ++region) all.push_back({static_cast<std::uint16_t>(region)});
  return all;
}

}  // namespace weir::engine
