#pragma once

// Who processes what was in flight at an unaligned checkpoint (BA-36, BA-38). Both ends' parts of a channel go to its
// consumer, the consumer's first, so that together they hold whole records; Flink calls this recovering output on
// downstream. Pure: handles go in, slices of them come out.

#include <vector>

#include "checkpoint/completed_checkpoint.h"
#include "weir/engine/defects.h"
#include "weir/engine/job_graph.h"

namespace weir::engine {

// Adds to `in_flight`, by index of the vertex's subtasks. A channel that is still there keeps its data. After a rescale
// a keyed edge gives a channel's data to every subtask that has key groups of its old consumer, which then takes the
// records that are its own; a rebalanced one gives it to one.
std::vector<std::vector<InFlightData>> assign_in_flight(const JobGraph& job, const JobVertex& vertex,
                                                        const CompletedCheckpoint& checkpoint,
                                                        const DefectSet& defects = {});

// Data of edges that the job does not have (BA-39), a problem a line; empty: none.
std::string problems_of_in_flight(const JobGraph& job, const CompletedCheckpoint& checkpoint);

}  // namespace weir::engine
