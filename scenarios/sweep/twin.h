#pragma once

// A run's twins without what costs time: what the run lost, it lost against them.

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "weir/scenarios/runner.h"

namespace weir::scenarios {

RunSpec without_faults(RunSpec spec);
RunSpec without_faults_and_checkpoints(RunSpec spec);

// What is kept of a twin.
struct TwinRun {
  std::optional<std::int64_t> processed_at;  // see input_processed_at
  std::uint64_t checkpoints = 0;
};

// Twins of many runs are the same run, and are run once. Thread-safe.
class Twins {
 public:
  engine::Result<TwinRun> run(Runner& runner, const RunSpec& spec);

 private:
  std::mutex mutex_;
  std::map<std::string, TwinRun> known_;  // by the text of the spec
};

}  // namespace weir::scenarios
