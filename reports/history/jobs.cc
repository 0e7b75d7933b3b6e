#include "history/jobs.h"

namespace weir::reports {

Jobs::Jobs(const engine::ExecutionGraph& first, const std::vector<sim::StageInfo>& stages) : jobs_{{&first, 0}} {
  for (std::size_t i = 1; i < stages.size(); ++i) jobs_.push_back({stages[i].graph.get(), stages[i].first_event});
}

std::size_t Jobs::of(std::size_t event) const {
  std::size_t job = jobs_.size() - 1;
  while (job > 0 && event < jobs_[job].first_event) --job;
  return job;
}

Jobs jobs_of(const RunView& run) { return Jobs(run.graph, run.result.outcome.stages); }

}  // namespace weir::reports
