#pragma once

// What a failure restarts (RE-1): the region of the failed subtask, which is a maximal set of subtasks that are
// connected by pipelined edges. All edges are pipelined here, so no region needs what another one produced. With the
// strategy full, all subtasks are one region. Decides only.

#include <cstdint>
#include <vector>

#include "weir/engine/job_graph.h"
#include "weir/engine/options.h"

namespace weir::engine {

using RegionId = Id<struct RegionTag, std::uint16_t>;  // dense, in the order of their first subtasks

class FailoverRegions {
 public:
  FailoverRegions(const ExecutionGraph& graph, FailoverStrategy strategy);

  std::size_t size() const { return members_.size(); }
  RegionId of(SubtaskId subtask) const { return regions_[subtask.value]; }
  const std::vector<SubtaskId>& members(RegionId region) const { return members_[region.value]; }  // ascending
  std::vector<RegionId> all() const;

 private:
  std::vector<RegionId> regions_;                // by subtask
  std::vector<std::vector<SubtaskId>> members_;  // by region
};

}  // namespace weir::engine
