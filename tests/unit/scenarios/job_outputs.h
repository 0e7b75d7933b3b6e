#pragma once

// What built-in jobs compute without faults.

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "weir/engine/sequential.h"
#include "weir/scenarios/job_catalogue.h"
#include "workload_world.h"

namespace weir::scenarios::test {

inline JobRef ref_of(const std::string& name) {
  JobRef ref;
  ref.name = name;
  ref.parallelism = 3;
  ref.records = 200;
  ref.keys = 9;
  return ref;
}

inline ResolvedJob resolved(JobRef& ref) {
  auto job = JobCatalogue::built_in().resolve(ref);
  if (!job.ok()) FAIL(job.status().message());
  return std::move(job).value();
}

// What the sequential interpretation of a job writes, sorted.
inline std::vector<engine::Bytes> outputs(const ResolvedJob& job) {
  WorkloadLog log(*job.workload);
  WorkloadFiles files(*job.workload);
  const std::shared_ptr<const engine::JobGraph> graph(job.graph, &job.graph->job());
  engine::SequentialJob sequential(graph, log, files);
  try {
    sequential.run_to_end();
  } catch (const engine::InvariantViolation& violation) {
    FAIL(violation.message);
  }
  std::vector<engine::Bytes> values;
  for (const auto& output : sequential.outputs()) values.push_back(output.value);
  std::sort(values.begin(), values.end());
  return values;
}

}  // namespace weir::scenarios::test
