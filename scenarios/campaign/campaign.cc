#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "campaign/guarded.h"
#include "campaign/job_cache.h"
#include "campaign/parallel.h"
#include "campaign/refused.h"
#include "campaign/tally.h"
#include "weir/scenarios/runner.h"

namespace weir::scenarios {
namespace {

constexpr std::uint64_t kLargestBlock = 16;

// Consecutive seeds, which one thread runs.
struct Block {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
};

// What one thread does.
class Worker {
 public:
  Worker(const Scenario& scenario, const CampaignOptions& options, std::shared_ptr<JobCache> jobs,
         const engine::ExecutionGraph& graph)
      : scenario_(scenario),
        check_determinism_(options.check_determinism),
        runner_(std::move(jobs)),
        graph_(graph),
        tally_(options.keep_failures, scenario.expect_violated) {}

  // How many seeds of the block were violated.
  std::uint64_t run(const Block& block) {
    const std::uint64_t before = tally_.violated();
    hashes_.clear();
    for (std::uint64_t seed = block.first; seed < block.end; ++seed) {
      RunResult result = run(seed);
      hashes_.push_back(result.outcome.trace_hash);
      tally_.add(seed, std::move(result));
    }
    if (check_determinism_) repeat(block);
    return tally_.violated() - before;
  }
  Tally& tally() { return tally_; }

 private:
  RunResult run(std::uint64_t seed) { return value_or_refuse(runner_.run(spec_for_seed(scenario_, graph_, seed))); }
  // Every seed once more, after other seeds ran here: what they left behind must not show.
  void repeat(const Block& block) {
    if (block.end - block.first == 1) run(block.end);
    for (std::uint64_t seed = block.first; seed < block.end; ++seed) {
      if (run(seed).outcome.trace_hash != hashes_[seed - block.first]) tally_.add_nondeterministic(seed);
    }
  }

  const Scenario& scenario_;
  const bool check_determinism_;
  Runner runner_;
  const engine::ExecutionGraph& graph_;
  Tally tally_;
  std::vector<std::uint64_t> hashes_;
};

class Campaign {
 public:
  Campaign(const JobCatalogue& catalogue, const Scenario& scenario, const CampaignOptions& options)
      : scenario_(scenario), options_(options), jobs_(std::make_shared<JobCache>(catalogue)) {
    const std::uint64_t parts = std::uint64_t{thread_count(options.jobs)} * 8;
    block_ = std::clamp<std::uint64_t>(seeds() / parts, 1, kLargestBlock);
  }

  CampaignResult run(const Progress& progress) {
    RunSpec first = scenario_.base;
    first.world.seed = options_.first_seed;
    const auto prepared = value_or_refuse(guarded(first, "preparing the job", [&] { return jobs_->get(first.job); }));
    for_each_item((seeds() + block_ - 1) / block_, options_.jobs, [&] { return worker(*prepared->job.graph); },
                  [&](std::size_t done) {
                    if (progress) progress(std::min(done * block_, seeds()), seeds(), violated_.load());
                  });
    return result(progress);
  }

 private:
  std::uint64_t seeds() const { return options_.end_seed - options_.first_seed; }
  ItemWorker worker(const engine::ExecutionGraph& graph) {
    workers_.push_back(std::make_unique<Worker>(scenario_, options_, jobs_, graph));
    return [this, worker = workers_.back().get()](std::size_t item) {
      const std::uint64_t first = options_.first_seed + item * block_;
      violated_ += worker->run({first, std::min(first + block_, options_.end_seed)});
    };
  }
  CampaignResult result(const Progress& progress) {
    Tally all(options_.keep_failures, scenario_.expect_violated);
    for (auto& worker : workers_) all.merge(std::move(worker->tally()));
    if (progress) progress(all.seeds(), all.seeds(), all.violated());
    return std::move(all).result(scenario_.name, scenario_.profile);
  }

  const Scenario& scenario_;
  const CampaignOptions& options_;
  std::shared_ptr<JobCache> jobs_;
  std::uint64_t block_ = 1;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<std::uint64_t> violated_{0};
};

}  // namespace

engine::Result<CampaignResult> run_campaign(const JobCatalogue& catalogue, const Scenario& scenario,
                                            const CampaignOptions& options, const Progress& progress) {
  return unless_refused([&] {
    refuse_no_seeds(options.first_seed, options.end_seed);
    return Campaign(catalogue, scenario, options).run(progress);
  });
}

properties::Answer overall(const Scenario& scenario, const CampaignResult& result) {
  using properties::Answer;
  if (scenario.expect_violated) {
    for (const auto& tally : result.properties) {
      if (tally.property == *scenario.expect_violated && tally.violated > 0) return Answer::Holds;
    }
    return Answer::Violated;
  }
  if (result.violated > 0) return Answer::Violated;
  const bool idle = std::any_of(result.faults.begin(), result.faults.end(),
                                [](const FaultTally& tally) { return tally.planned > 0 && tally.fired == 0; });
  return idle || result.holds == 0 ? Answer::Inconclusive : Answer::Holds;
}

}  // namespace weir::scenarios
