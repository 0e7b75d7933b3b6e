#pragma once

// Jobs by name: the built-in ones, and those a user registers. The catalogue turns a JobRef into what can run.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "weir/engine/stream.h"
#include "weir/scenarios/run_spec.h"

namespace weir::scenarios {

struct JobParameter {
  std::string name;      // `job.params.NAME`
  std::string standard;  // what `build` and `workload` find in the reference when it is not given
  std::string doc;
  std::vector<std::string> values = {};  // what it may be; none: anything
};

struct JobDefinition {
  std::string name;
  std::string summary;                   // one line for `weir list`
  bool takes_file = false;               // `job.input` may name a file
  std::vector<JobParameter> parameters;  // others are refused
  // Adds the job's sources, operators and sinks; the environment's parallelism is already set from the reference. What
  // it puts into the environment's options are the defaults of scenarios about this job.
  std::function<void(engine::StreamEnvironment&, const JobRef&)> build;
  // The input, from the reference (and `contents` of the input file, when there is one).
  std::function<sim::Workload(const JobRef&, const engine::Bytes& contents)> workload;
};

// What a RunSpec needs besides itself; shared by all runs of the same job on the same input.
struct ResolvedJob {
  std::shared_ptr<const engine::ExecutionGraph> graph;
  std::shared_ptr<const sim::Workload> workload;
  engine::JobOptions options;  // as the job's author set them; a RunSpec has its own
};

class JobCatalogue {
 public:
  static JobCatalogue built_in();  // what `weir list` names
  // A definition of the same name replaces the older one.
  void add(JobDefinition definition);
  const std::vector<JobDefinition>& all() const { return jobs_; }
  const JobDefinition* find(std::string_view name) const;
  // Builds and validates; reads the input file. Wrong input is a message with the remedy; what `build` and `workload`
  // throw leaves as RunBreakdown. Fills `ref.input_hash` when 0.
  engine::Result<ResolvedJob> resolve(JobRef& ref) const;

 private:
  std::vector<JobDefinition> jobs_;
};

}  // namespace weir::scenarios
