#pragma once

// A story to try: a TOML file, or the same value from C++.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/scenarios/job_catalogue.h"
#include "weir/scenarios/run_spec.h"
#include "weir/sim/fault.h"

namespace weir::scenarios {

struct Scenario {
  std::string file;  // empty when made in C++
  std::string name;  // unique within a suite; "[matrix]" variants get " [key=value]" appended
  std::string summary;
  RunSpec base;                    // seed and drawn faults are filled in per seed
  sim::FaultProfile profile;       // what the nemesis may draw
  sim::FaultPlan explicit_faults;  // always in the plan, before the drawn ones
  // So many TaskManagers crash as the storm has such times, each at a random one of its moments; 0: none. Unlike those
  // that the profile allows, they are as many in every seed, and strike at any time alike.
  engine::Duration mean_time_between_crashes{};
  std::uint64_t seeds = 200;  // default range is [1, seeds]
  // Expected answer of the named property; default: everything holds. A scenario about a defect names what must break.
  std::optional<std::string> expect_violated;
};

// The explicit spec of one seed: base + seed + explicit faults + crashes + drawn faults. The same for the same
// arguments, always.
RunSpec spec_for_seed(const Scenario& scenario, const engine::ExecutionGraph& graph, std::uint64_t seed);

// Problems are collected, not thrown one by one; each line is "file:line:column: what is wrong; what to do".
struct LoadResult {
  std::vector<Scenario> scenarios;    // matrix expanded, in stable order
  std::vector<std::string> problems;  // empty: all fine
  std::vector<std::string> warnings;  // of what runs, but may not do what was meant; in the same form
  std::vector<std::string> notes;     // what became of each key below [flink]; in the same form
};
// `set` holds "key=value" assignments that replace what the file says, e.g. "job.input=notes.txt"; a key that a matrix
// sweeps is fixed by it. Paths in the file are relative to the file, those in `set` to the working directory.
LoadResult load_scenario(const std::string& file, const JobCatalogue& catalogue,
                         const std::vector<std::string>& set = {});
// Files and directories, in the order given: all problems of all of them, names unique over all.
LoadResult load_scenarios(const std::vector<std::string>& paths, const JobCatalogue& catalogue,
                          const std::vector<std::string>& set = {});
// The scenario files of a directory, sorted by name, without those of its subdirectories; a file stands for itself.
std::vector<std::string> scenario_files(const std::string& path);

}  // namespace weir::scenarios
