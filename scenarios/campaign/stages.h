#pragma once

// From the actions of a run to what the world takes: requests, and the jobs that follow the first one.

#include <memory>
#include <vector>

#include "campaign/job_cache.h"
#include "weir/scenarios/run_spec.h"
#include "weir/sim/action.h"

namespace weir::scenarios {

struct PreparedStages {
  std::vector<sim::Action> actions;
  std::vector<sim::Stage> stages;
  std::vector<std::shared_ptr<const PreparedJob>> jobs;  // of the stages; they keep the references alive
};

// A stage's spec is that of the one before, changed; its input is that of `first`. Corrupt, with a line for each
// problem: a job that cannot be built or would not run.
engine::Result<PreparedStages> prepare_stages(const RunSpec& spec, const std::shared_ptr<const PreparedJob>& first,
                                              JobCache& jobs);

}  // namespace weir::scenarios
