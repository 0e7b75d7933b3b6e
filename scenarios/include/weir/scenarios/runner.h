#pragma once

// Running specs: one, or many seeds in parallel.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "weir/properties/property.h"
#include "weir/scenarios/breakdown.h"
#include "weir/scenarios/job_catalogue.h"
#include "weir/scenarios/run_spec.h"
#include "weir/scenarios/scenario.h"
#include "weir/sim/simulation.h"

namespace weir::scenarios {

// Everything a report needs of one run.
struct RunResult {
  RunSpec spec;
  sim::RunOutcome outcome;
  std::vector<properties::Verdict> verdicts;
  properties::Answer answer = properties::Answer::Holds;
  std::string cause;  // one sentence when the answer is not "holds"
  std::uint64_t restarts = 0;
  std::uint64_t checkpoints_completed = 0;
};

// Resolved jobs and their references, each computed once; shared by the runners of a campaign, on any threads.
class JobCache;

// One thread's reusable machinery. Jobs it resolved and references it computed are kept; both are immutable.
class Runner {
 public:
  explicit Runner(const JobCatalogue& catalogue);  // the catalogue outlives the runner
  explicit Runner(std::shared_ptr<JobCache> jobs);
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  // A spec that does not resolve (unknown job, unreadable file, bad options) is a message with the remedy. Throws
  // RunBreakdown, as do campaigns, shrinking, and resolving a job.
  engine::Result<RunResult> run(const RunSpec& spec);
  // Of the last run; valid until the next.
  const sim::Trace& trace() const;
  std::vector<sim::StoredFile> stored() const;  // see sim::Simulation
  const engine::ExecutionGraph& graph() const;
  const properties::Reference& reference() const;  // of the first job

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// What a campaign keeps of a seed that did not hold.
struct Failure {
  std::uint64_t seed = 0;
  RunResult result;
  std::string cause;        // one sentence
  std::string fingerprint;  // property + fault kinds; equal for failures that look alike
};

struct CampaignOptions {
  std::uint64_t first_seed = 1;
  std::uint64_t end_seed = 201;      // exclusive
  std::uint32_t jobs = 0;            // threads; 0: as many as cores
  std::uint32_t keep_failures = 20;  // with their traces' specs; the rest are counted
  bool check_determinism = false;    // run each seed twice and compare hashes
};

struct FaultTally {
  sim::FaultKind kind{};
  std::uint64_t planned = 0, armed = 0, fired = 0, took_effect = 0;
};

struct CampaignResult {
  std::string scenario;
  std::uint64_t seeds = 0;
  std::uint64_t holds = 0, violated = 0, inconclusive = 0;
  std::uint64_t nondeterministic = 0;
  std::vector<std::uint64_t> nondeterministic_seeds;  // at most 20
  struct PropertyTally {
    std::string property;
    std::uint64_t holds = 0, violated = 0, inconclusive = 0;
  };
  std::vector<PropertyTally> properties;
  std::vector<FaultTally> faults;
  std::vector<Failure> failures;         // by seed, ascending; the first `keep_failures`
  std::uint64_t most_eventful_seed = 0;  // most restarts, then most faults that took effect, then the smallest seed
  std::uint64_t restarts = 0, checkpoints_completed = 0;
  std::uint64_t combined_hash = 0;  // over all trace hashes in seed order; the same for any number of threads
};

// Called now and then from one thread: seeds done, seeds in all, failures so far.
using Progress = std::function<void(std::uint64_t, std::uint64_t, std::uint64_t)>;

// A campaign as a whole: violated before inconclusive before holds. A campaign about something that is expected to be
// violated holds when some seed violated it. Nondeterminism is not part of it.
properties::Answer overall(const Scenario& scenario, const CampaignResult& result);

engine::Result<CampaignResult> run_campaign(const JobCatalogue& catalogue, const Scenario& scenario,
                                            const CampaignOptions& options, const Progress& progress);

// Smaller specs that violate the same property: fewer faults, then fewer records, then less parallelism.
// Deterministic. `property`: which of those that the run violates; empty: the first of them.
struct ShrinkResult {
  RunResult smallest;
  std::uint32_t attempts = 0;
  std::vector<std::string> steps;  // what was taken away, in order
};
engine::Result<ShrinkResult> shrink(const JobCatalogue& catalogue, const RunSpec& failing, const std::string& property,
                                    const Progress& progress);

}  // namespace weir::scenarios
