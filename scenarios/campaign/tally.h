#pragma once

// What a campaign keeps of its runs: sums, and the failures. Merging two is the same in either order, so that the
// result does not depend on which thread ran which seed.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "campaign/cause.h"
#include "weir/scenarios/runner.h"

namespace weir::scenarios {

class Tally {
 public:
  // Of the failures that there is room for, those that violate `wanted` come before others, then the smallest seeds.
  explicit Tally(std::uint32_t keep_failures, std::optional<std::string> wanted = {})
      : keep_failures_(keep_failures), wanted_(std::move(wanted)) {}

  void add(std::uint64_t seed, RunResult&& result);
  void add_nondeterministic(std::uint64_t seed);
  void merge(Tally&& other);
  std::uint64_t seeds() const { return sums_.seeds; }
  std::uint64_t violated() const { return sums_.violated; }
  // Properties in their order; faults of every kind that was planned or that `profile` allows.
  CampaignResult result(const std::string& scenario, const sim::FaultProfile& profile) &&;

 private:
  struct Eventful {
    std::uint64_t restarts = 0, faults = 0, seed = 0;
    bool more_than(const Eventful& other) const;
  };

  std::uint64_t add_faults(const RunResult& result);
  void add_verdicts(const RunResult& result);
  void keep_most_eventful(const Eventful& candidate);
  bool is_wanted(const Failure& failure) const { return wanted_ && violates(failure.result, *wanted_); }
  void trim();

  std::uint32_t keep_failures_;
  std::optional<std::string> wanted_;
  CampaignResult sums_;
  std::array<FaultTally, sim::kFaultKinds.size()> faults_{};
  Eventful most_eventful_;
};

}  // namespace weir::scenarios
