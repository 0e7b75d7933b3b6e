#include "sweep/twin.h"

#include <utility>

#include "sweep/measures.h"

namespace weir::scenarios {

// Runs of different points have different names.
RunSpec without_faults(RunSpec spec) {
  spec.scenario.clear();
  spec.world.faults.clear();
  return spec;
}

RunSpec without_faults_and_checkpoints(RunSpec spec) {
  spec = without_faults(std::move(spec));
  spec.options.checkpoint = {};
  return spec;
}

engine::Result<TwinRun> Twins::run(Runner& runner, const RunSpec& spec) {
  const std::string text = to_text(spec);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (const auto known = known_.find(text); known != known_.end()) return known->second;
  }
  const auto result = runner.run(spec);
  if (!result.ok()) return result.status();
  const TwinRun twin{input_processed_at(result.value().outcome, runner.trace()), result.value().checkpoints_completed};
  const std::lock_guard<std::mutex> lock(mutex_);
  known_.emplace(text, twin);
  return twin;
}

}  // namespace weir::scenarios
