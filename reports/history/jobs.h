#pragma once

// The jobs of a run, and which of them an event is about: subtasks and channels in it are numbered as in that job.

#include <cstdint>
#include <vector>

#include "weir/engine/job_graph.h"
#include "weir/reports/run_report.h"
#include "weir/sim/action.h"

namespace weir::reports {

class Jobs {
 public:
  // Both outlive it. Without stages there is the first job only.
  Jobs(const engine::ExecutionGraph& first, const std::vector<sim::StageInfo>& stages);

  std::size_t size() const { return jobs_.size(); }
  const engine::ExecutionGraph& operator[](std::size_t job) const { return *jobs_[job].graph; }
  // The job that the event of that index in the trace belongs to.
  std::size_t of(std::size_t event) const;
  const engine::ExecutionGraph& at(std::size_t event) const { return *jobs_[of(event)].graph; }

 private:
  struct Job {
    const engine::ExecutionGraph* graph;
    std::size_t first_event;
  };
  std::vector<Job> jobs_;
};

Jobs jobs_of(const RunView& run);

}  // namespace weir::reports
