#pragma once

// Measures of one run, read from its trace. None: the run has nothing to measure.

#include <cstdint>
#include <optional>

#include "weir/sim/simulation.h"
#include "weir/sim/trace.h"

namespace weir::scenarios {

// ME-1; of periodic checkpoints that completed before any subtask came to the end of its input.
std::optional<std::int64_t> mean_checkpoint_duration(const sim::Trace& trace);
// Records in flight that a checkpoint saved (BA-23, BA-29); of the same checkpoints.
std::optional<std::int64_t> mean_in_flight(const sim::Trace& trace);
// The time at which the last subtask came to the end of its input, of a job that finished.
std::optional<std::int64_t> input_processed_at(const sim::RunOutcome& outcome, const sim::Trace& trace);
std::optional<std::int64_t> finished_at(const sim::RunOutcome& outcome);
// That a read-committed reader of the output saw.
std::uint64_t results_committed(const sim::Trace& trace);

}  // namespace weir::scenarios
