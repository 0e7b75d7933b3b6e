#include "campaign/tally.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "campaign/cause.h"
#include "weir/engine/hash.h"

namespace weir::scenarios {
namespace {

using properties::Answer;

constexpr std::size_t kMostNamedSeeds = 20;

CampaignResult::PropertyTally& tally_of(std::vector<CampaignResult::PropertyTally>& all, const std::string& property) {
  for (auto& tally : all) {
    if (tally.property == property) return tally;
  }
  all.push_back({property, 0, 0, 0});
  return all.back();
}

// Properties in the order of their list; what is none of them comes last.
std::size_t rank(const std::string& property) {
  const auto all = properties::all_properties();
  const auto at = std::find_if(all.begin(), all.end(), [&](const auto& info) { return info.name == property; });
  return static_cast<std::size_t>(at - all.begin());
}

bool allowed(const sim::FaultProfile& profile, sim::FaultKind kind) {
  switch (kind) {
    case sim::FaultKind::Crash:
      return profile.crash || profile.crash_job_manager;
    case sim::FaultKind::LoseMessages:
      return profile.lose_messages;
    case sim::FaultKind::SlowBarrier:
      return profile.slow_barrier;
    case sim::FaultKind::RepeatMessages:
      return profile.repeat_messages;
    case sim::FaultKind::Pause:
      return profile.pause;
    case sim::FaultKind::Partition:
      return profile.partition;
    case sim::FaultKind::HaWriteAmbiguous:
      return profile.ha_write_ambiguous;
    case sim::FaultKind::LoseLeadership:
      return profile.lose_leadership;
    case sim::FaultKind::DelayMessages:
      return profile.delay_messages;
  }
  return false;
}

}  // namespace

bool Tally::Eventful::more_than(const Eventful& other) const {
  return std::tuple(restarts, faults, other.seed) > std::tuple(other.restarts, other.faults, seed);
}

void Tally::add(std::uint64_t seed, RunResult&& result) {
  ++sums_.seeds;
  sums_.holds += result.answer == Answer::Holds;
  sums_.violated += result.answer == Answer::Violated;
  sums_.inconclusive += result.answer == Answer::Inconclusive;
  sums_.restarts += result.restarts;
  sums_.checkpoints_completed += result.checkpoints_completed;
  sums_.combined_hash += engine::combine(seed, result.outcome.trace_hash);
  const std::uint64_t effective = add_faults(result);
  add_verdicts(result);
  keep_most_eventful({result.restarts, effective, seed});
  if (result.answer != Answer::Violated) return;
  Failure failure{seed, std::move(result), {}, {}};
  failure.cause = failure.result.cause;
  failure.fingerprint = fingerprint_of(failure.result);
  sums_.failures.push_back(std::move(failure));
  if (sums_.failures.size() > 2 * std::size_t{keep_failures_}) trim();
}

void Tally::add_nondeterministic(std::uint64_t seed) {
  ++sums_.nondeterministic;
  sums_.nondeterministic_seeds.push_back(seed);
  if (sums_.nondeterministic_seeds.size() > 2 * kMostNamedSeeds) trim();
}

std::uint64_t Tally::add_faults(const RunResult& result) {
  std::uint64_t effective = 0;
  for (std::size_t i = 0; i < result.spec.world.faults.size(); ++i) {
    FaultTally& tally = faults_[static_cast<std::size_t>(result.spec.world.faults[i].kind)];
    ++tally.planned;
    if (i >= result.outcome.faults.size()) continue;
    const sim::FaultActivity& activity = result.outcome.faults[i];
    tally.armed += activity.armed;
    tally.fired += activity.fired;
    tally.took_effect += activity.took_effect;
    effective += activity.took_effect;
  }
  return effective;
}

void Tally::add_verdicts(const RunResult& result) {
  for (const properties::Verdict& verdict : result.verdicts) {
    auto& tally = tally_of(sums_.properties, verdict.property);
    tally.holds += verdict.answer == Answer::Holds;
    tally.violated += verdict.answer == Answer::Violated;
    tally.inconclusive += verdict.answer == Answer::Inconclusive;
  }
}

void Tally::keep_most_eventful(const Eventful& candidate) {
  if (most_eventful_.seed == 0 || candidate.more_than(most_eventful_)) most_eventful_ = candidate;
}

void Tally::trim() {
  auto& failures = sums_.failures;
  std::sort(failures.begin(), failures.end(), [this](const Failure& a, const Failure& b) {
    return std::pair(!is_wanted(a), a.seed) < std::pair(!is_wanted(b), b.seed);
  });
  if (failures.size() > keep_failures_) failures.erase(failures.begin() + keep_failures_, failures.end());
  auto& seeds = sums_.nondeterministic_seeds;
  std::sort(seeds.begin(), seeds.end());
  if (seeds.size() > kMostNamedSeeds) seeds.resize(kMostNamedSeeds);
}

void Tally::merge(Tally&& other) {
  CampaignResult& theirs = other.sums_;
  sums_.seeds += theirs.seeds;
  sums_.holds += theirs.holds;
  sums_.violated += theirs.violated;
  sums_.inconclusive += theirs.inconclusive;
  sums_.nondeterministic += theirs.nondeterministic;
  sums_.restarts += theirs.restarts;
  sums_.checkpoints_completed += theirs.checkpoints_completed;
  sums_.combined_hash += theirs.combined_hash;
  for (const auto& property : theirs.properties) {
    auto& tally = tally_of(sums_.properties, property.property);
    tally.holds += property.holds;
    tally.violated += property.violated;
    tally.inconclusive += property.inconclusive;
  }
  for (std::size_t i = 0; i < sim::kFaultKinds.size(); ++i) {
    faults_[i].planned += other.faults_[i].planned;
    faults_[i].armed += other.faults_[i].armed;
    faults_[i].fired += other.faults_[i].fired;
    faults_[i].took_effect += other.faults_[i].took_effect;
  }
  std::move(theirs.failures.begin(), theirs.failures.end(), std::back_inserter(sums_.failures));
  sums_.nondeterministic_seeds.insert(sums_.nondeterministic_seeds.end(), theirs.nondeterministic_seeds.begin(),
                                      theirs.nondeterministic_seeds.end());
  if (other.most_eventful_.seed != 0) keep_most_eventful(other.most_eventful_);
  trim();
}

CampaignResult Tally::result(const std::string& scenario, const sim::FaultProfile& profile) && {
  trim();
  sums_.scenario = scenario;
  sums_.most_eventful_seed = most_eventful_.seed;
  std::stable_sort(sums_.properties.begin(), sums_.properties.end(),
                   [](const auto& a, const auto& b) { return rank(a.property) < rank(b.property); });
  for (std::size_t i = 0; i < sim::kFaultKinds.size(); ++i) {
    faults_[i].kind = static_cast<sim::FaultKind>(i);
    if (faults_[i].planned > 0 || allowed(profile, faults_[i].kind)) sums_.faults.push_back(faults_[i]);
  }
  return std::move(sums_);
}

}  // namespace weir::scenarios
