#pragma once

// Candidate simplifications of a RunSpec, without running anything.

#include <string>
#include <vector>

#include "weir/scenarios/run_spec.h"

namespace weir::scenarios {

struct Candidate {
  RunSpec spec;
  std::string step;  // what was taken away, for a person
};

// Without faults [first, first + count).
Candidate without_faults(const RunSpec& spec, std::size_t first, std::size_t count);

// Each list is tried in order; the first that still fails is taken, and the list is made anew from it.
std::vector<Candidate> smaller_workloads(const RunSpec& spec);   // fewer records, then fewer keys
std::vector<Candidate> smaller_topologies(const RunSpec& spec);  // less parallelism, fewer TaskManagers
std::vector<Candidate> simpler_settings(const RunSpec& spec);    // heap backend, whole checkpoints, calm schedule
std::vector<Candidate> simpler_faults(const RunSpec& spec);      // smaller counts, rounder times

}  // namespace weir::scenarios
