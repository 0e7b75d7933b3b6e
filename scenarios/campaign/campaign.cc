#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "campaign/guarded.h"
#include "campaign/job_cache.h"
#include "campaign/parallel.h"
#include "campaign/tally.h"
#include "weir/scenarios/runner.h"

namespace weir::scenarios {
namespace {

using engine::Status;

constexpr std::uint64_t kLargestBlock = 16;

struct Block {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
};

// Hands out seeds in blocks and carries what the threads share.
class Work {
 public:
  Work(const Scenario& scenario, const CampaignOptions& options, std::uint32_t threads)
      : scenario_(scenario), options_(options), next_(options.first_seed) {
    block_ = std::clamp<std::uint64_t>(seeds() / (std::uint64_t{threads} * 8), 1, kLargestBlock);
  }
  const Scenario& scenario() const { return scenario_; }
  const CampaignOptions& options() const { return options_; }
  std::uint64_t seeds() const { return options_.end_seed - options_.first_seed; }
  std::uint64_t done() const { return done_.load(std::memory_order_relaxed); }
  std::uint64_t failures() const { return failures_.load(std::memory_order_relaxed); }

  bool take(Block& block) {
    if (stop_.load(std::memory_order_relaxed)) return false;
    block.first = next_.fetch_add(block_, std::memory_order_relaxed);
    if (block.first >= options_.end_seed) return false;
    block.end = std::min(block.first + block_, options_.end_seed);
    return true;
  }
  void count(std::uint64_t seeds, std::uint64_t violated) {
    done_.fetch_add(seeds, std::memory_order_relaxed);
    failures_.fetch_add(violated, std::memory_order_relaxed);
  }
  void fail(Status status) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (status_.ok()) status_ = std::move(status);
    stop_.store(true, std::memory_order_relaxed);
  }
  void fail(std::exception_ptr error) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!error_) error_ = std::move(error);
    stop_.store(true, std::memory_order_relaxed);
  }
  // After all threads ended.
  Status outcome() const {
    if (error_) std::rethrow_exception(error_);
    return status_;
  }

 private:
  const Scenario& scenario_;
  const CampaignOptions& options_;
  std::atomic<std::uint64_t> done_{0};
  std::atomic<std::uint64_t> failures_{0};
  std::uint64_t block_ = 1;
  std::atomic<std::uint64_t> next_;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  Status status_;
  std::exception_ptr error_;
};

class Worker {
 public:
  Worker(Work& work, std::shared_ptr<JobCache> jobs, std::shared_ptr<const engine::ExecutionGraph> graph)
      : work_(work), runner_(std::move(jobs)), graph_(std::move(graph)), tally_(work.options().keep_failures) {}

  // What one thread does; nothing leaves it but through `work`.
  void run(const Progress* progress) {
    try {
      for (Block block; work_.take(block);) {
        const std::uint64_t violated_before = tally_.violated();
        if (!run_block(block)) return;
        work_.count(block.end - block.first, tally_.violated() - violated_before);
        if (progress != nullptr) report(*progress);
      }
    } catch (...) {
      work_.fail(std::current_exception());
    }
  }
  Tally& tally() { return tally_; }

 private:
  bool run_block(const Block& block) {
    hashes_.clear();
    for (std::uint64_t seed = block.first; seed < block.end; ++seed) {
      auto result = runner_.run(spec_for_seed(work_.scenario(), *graph_, seed));
      if (!result.ok()) return work_.fail(result.status()), false;
      hashes_.push_back(result.value().outcome.trace_hash);
      tally_.add(seed, std::move(result).value());
    }
    return !work_.options().check_determinism || repeat_block(block);
  }
  // Every seed once more, after other seeds ran here: what they left behind must not show.
  bool repeat_block(const Block& block) {
    if (block.end - block.first == 1 && !run_neighbour(block.end)) return false;
    for (std::uint64_t seed = block.first; seed < block.end; ++seed) {
      auto again = runner_.run(spec_for_seed(work_.scenario(), *graph_, seed));
      if (!again.ok()) return work_.fail(again.status()), false;
      const bool same = again.value().outcome.trace_hash == hashes_[seed - block.first];
      if (!same) tally_.add_nondeterministic(seed);
    }
    return true;
  }
  bool run_neighbour(std::uint64_t seed) {
    auto result = runner_.run(spec_for_seed(work_.scenario(), *graph_, seed));
    if (!result.ok()) work_.fail(result.status());
    return result.ok();
  }
  void report(const Progress& progress) { progress(work_.done(), work_.seeds(), work_.failures()); }

  Work& work_;
  Runner runner_;
  std::shared_ptr<const engine::ExecutionGraph> graph_;
  Tally tally_;
  std::vector<std::uint64_t> hashes_;
};

std::uint32_t threads_for(const CampaignOptions& options) {
  const std::uint64_t seeds = options.end_seed - options.first_seed;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(thread_count(options.jobs), seeds));
}

// The calling thread works too, and is the one that reports progress. Returns when all are done.
void run_workers(std::vector<std::unique_ptr<Worker>>& workers, const Progress& progress) {
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < workers.size(); ++i) {
    threads.emplace_back([worker = workers[i].get()] { worker->run(nullptr); });
  }
  workers.front()->run(progress ? &progress : nullptr);
}

}  // namespace

engine::Result<CampaignResult> run_campaign(const JobCatalogue& catalogue, const Scenario& scenario,
                                            const CampaignOptions& options, const Progress& progress) {
  if (options.first_seed == 0 || options.end_seed <= options.first_seed) {
    return Status(engine::StatusCode::Corrupt,
                  "the range of seeds is empty; seeds count from 1, and A:B ends before B");
  }
  auto jobs = std::make_shared<JobCache>(catalogue);
  RunSpec first = scenario.base;
  first.world.seed = options.first_seed;
  auto prepared = guarded(first, "preparing the job", [&] { return jobs->get(first.job); });
  if (!prepared.ok()) return prepared.status();

  const std::uint32_t threads = threads_for(options);
  Work work(scenario, options, threads);
  std::vector<std::unique_ptr<Worker>> workers;
  for (std::uint32_t i = 0; i < threads; ++i) {
    workers.push_back(std::make_unique<Worker>(work, jobs, prepared.value()->job.graph));
  }
  run_workers(workers, progress);
  const Status outcome = work.outcome();
  if (!outcome.ok()) return outcome;

  Tally all(options.keep_failures);
  for (auto& worker : workers) all.merge(std::move(worker->tally()));
  if (progress) progress(all.seeds(), all.seeds(), all.violated());
  return std::move(all).result(scenario.name, scenario.profile);
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
