#pragma once

// The rows: which events are the steps of the protocols, and what a run needs so that they come up.

#include <vector>

#include "fault_matrix/story.h"
#include "weir/scenarios/fault_matrix.h"

namespace weir::scenarios {

// What the run without the fault is about.
enum class Ground : std::uint8_t {
  Running,     // nothing but checkpoints
  Recovering,  // a TaskManager crashes
  Stopping,    // a stop with a savepoint, after which another job goes on
  Draining,    // the same with drain, for good
};

struct Phase {
  MatrixPhase about;
  std::vector<Ground> grounds;
  // Whether the event is this step; the story has been told of it.
  bool (*is)(const Story& story, const sim::TraceEvent& event);
};

// In the order of the steps.
std::vector<Phase> matrix_phases();

}  // namespace weir::scenarios
