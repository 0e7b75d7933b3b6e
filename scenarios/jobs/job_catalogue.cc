#include "weir/scenarios/job_catalogue.h"

#include <algorithm>
#include <string>
#include <utility>

#include "campaign/guarded.h"
#include "jobs/built_in.h"
#include "model/key_values.h"
#include "model/suggest.h"
#include "model/text_file.h"
#include "weir/engine/hash.h"

namespace weir::scenarios {
namespace {

using engine::Bytes;
using engine::Result;
using engine::Status;
using engine::StatusCode;

Status refused(std::string message) { return {StatusCode::NotFound, std::move(message)}; }

Status unknown_job(std::string_view name, const std::vector<JobDefinition>& jobs) {
  std::vector<std::string_view> names;
  for (const JobDefinition& job : jobs) names.push_back(job.name);
  if (name.empty()) return refused("no job is named; known: " + joined(names, ", "));
  return refused("unknown job " + in_quotes(name) + suggestion(name, names));
}

Status check_parameters(const JobDefinition& job, const JobRef& ref) {
  std::vector<std::string_view> names;
  for (const JobParameter& p : job.parameters) names.push_back(p.name);
  for (const auto& [name, value] : ref.parameters) {
    bool known = false;
    for (const std::string_view candidate : names) known = known || candidate == name;
    if (known) continue;
    if (names.empty()) return refused("job '" + job.name + "' has no parameters; remove job.params." + name);
    return refused("job '" + job.name + "' has no parameter " + in_quotes(name) + suggestion(name, names));
  }
  return {};
}

// A parameter that lists its values takes no other.
Status check_values(const JobDefinition& job, const JobRef& ref) {
  for (const JobParameter& p : job.parameters) {
    const auto given = ref.parameters.find(p.name);
    if (given == ref.parameters.end() || p.values.empty()) continue;
    const std::vector<std::string_view> values(p.values.begin(), p.values.end());
    if (std::find(values.begin(), values.end(), given->second) != values.end()) continue;
    return refused("job.params." + p.name + " is " + in_quotes(given->second) + ", but must be one of " +
                   joined(values, ", "));
  }
  return {};
}

Status check_numbers(const JobRef& ref) {
  if (ref.parallelism == 0) return refused("job.parallelism is 0; it must be at least 1");
  if (ref.max_parallelism != 0 && ref.parallelism > ref.max_parallelism) {
    return refused("job.parallelism " + std::to_string(ref.parallelism) + " is above job.max-parallelism " +
                   std::to_string(ref.max_parallelism) + "; lower it, or raise job.max-parallelism");
  }
  if (ref.records == 0 || ref.keys == 0) return refused("job.records and job.keys must be at least 1");
  return {};
}

// 0 means "unknown" in a reference.
std::uint64_t input_hash(const Bytes& contents) {
  const std::uint64_t hash = engine::hash_bytes(contents);
  return hash == 0 ? 1 : hash;
}

Result<Bytes> read_input(const JobDefinition& job, JobRef& ref) {
  if (ref.input.empty()) return Bytes();
  if (!job.takes_file) return refused("job '" + job.name + "' reads no file; remove job.input");
  auto contents = read_text_file(ref.input);
  if (!contents.ok()) return refused("input file " + contents.status().message());
  const std::uint64_t hash = input_hash(contents.value());
  if (ref.input_hash != 0 && ref.input_hash != hash) {
    return refused("input file '" + ref.input + "' has other bytes than this run was made with (hash " +
                   hex_text(hash) + ", expected " + hex_text(ref.input_hash) +
                   "); bring the file back, or drop job.input-hash to run on it as it is");
  }
  ref.input_hash = hash;
  return contents;
}

JobRef with_standards(JobRef ref, const JobDefinition& job) {
  for (const JobParameter& p : job.parameters) ref.parameters.emplace(p.name, p.standard);
  return ref;
}

}  // namespace

JobCatalogue JobCatalogue::built_in() {
  JobCatalogue catalogue;
  for (JobDefinition (*const job)() :
       {word_count, keyed_count, article, window_totals, versioned_count, running_aggregate, deduplicate, match,
        interval_join, window_join, top_n, broadcast_rules, sessions, async_enrich, chained_totals, slices}) {
    catalogue.add(job());
  }
  return catalogue;
}

void JobCatalogue::add(JobDefinition definition) {
  for (JobDefinition& job : jobs_) {
    if (job.name != definition.name) continue;
    job = std::move(definition);
    return;
  }
  jobs_.push_back(std::move(definition));
}

const JobDefinition* JobCatalogue::find(std::string_view name) const {
  for (const JobDefinition& job : jobs_) {
    if (job.name == name) return &job;
  }
  return nullptr;
}

Result<ResolvedJob> JobCatalogue::resolve(JobRef& ref) const {
  const JobDefinition* job = find(ref.name);
  if (job == nullptr) return unknown_job(ref.name, jobs_);
  for (const Status& status : {check_parameters(*job, ref), check_values(*job, ref), check_numbers(ref)}) {
    if (!status.ok()) return status;
  }
  auto contents = read_input(*job, ref);
  if (!contents.ok()) return contents.status();

  RunSpec spec;
  spec.job = ref;
  const JobRef full = with_standards(ref, *job);
  engine::StreamEnvironment env(job->name);
  env.set_parallelism(ref.parallelism);
  if (ref.max_parallelism != 0) env.set_max_parallelism(ref.max_parallelism);
  guarded(spec, "building job '" + job->name + "'", [&] { job->build(env, full); });
  auto graph = engine::JobGraph::build(env.graph());
  if (!graph.ok()) return graph.status();
  auto workload = guarded(spec, "making the input of job '" + job->name + "'",
                          [&] { return std::make_shared<sim::Workload>(job->workload(full, contents.value())); });
  return ResolvedJob{std::make_shared<engine::ExecutionGraph>(graph.value()), std::move(workload), env.options()};
}

}  // namespace weir::scenarios
