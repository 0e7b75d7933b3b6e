#pragma once

// Every split of a source has one owner in every checkpoint: a subtask or the coordinator.

#include <cstdint>
#include <vector>

#include "suite/check.h"
#include "suite/finding.h"

namespace weir::properties {

inline constexpr PropertyInfo kSplitOwnership{
    "split-ownership",
    "In every completed checkpoint each split of a source is in one place: with one reader, or with the coordinator.",
    "P5, SO-3, SO-4, SO-5",
};

class SplitOwnership final : public Check {
 public:
  const PropertyInfo& info() const override { return kSplitOwnership; }
  std::span<const sim::TraceKind> watched() const override;
  bool begin(const RunContext& context) override;
  void on_event(const sim::TraceEvent& event, std::uint32_t index) override;
  void on_stage(const RunContext& context) override { context_ = context; }
  void judge(const sim::RunOutcome& outcome, const sim::Trace& trace, Verdict& verdict) override;

 private:
  void check_source(const CheckpointFacts& facts, const SourceInfo& source, std::uint32_t index);

  RunContext context_;
  std::vector<std::uint32_t> owners_;  // of each split of one source
  Finding finding_;
};

}  // namespace weir::properties
