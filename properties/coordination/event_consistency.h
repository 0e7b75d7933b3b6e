#pragma once

// An event between a coordinator and a subtask lies on the same side of every checkpoint at both ends.

#include <cstdint>
#include <map>
#include <utility>

#include "suite/check.h"
#include "suite/finding.h"

namespace weir::properties {

inline constexpr PropertyInfo kEventConsistency{
    "events-consistent",
    "What a coordinator told its subtasks before its part of a checkpoint is what they heard before theirs.",
    "P20, SO-15, SO-16, SO-18",
};

// Compares, when a checkpoint completes, the last event that each end counts before it.
class EventConsistency final : public Check {
 public:
  const PropertyInfo& info() const override { return kEventConsistency; }
  std::span<const sim::TraceKind> watched() const override;
  bool begin(const RunContext& context) override;
  void on_event(const sim::TraceEvent& event, std::uint32_t index) override;
  void on_stage(const RunContext& context) override;
  void judge(const sim::RunOutcome& outcome, const sim::Trace& trace, Verdict& verdict) override;

 private:
  struct Last {  // event before a checkpoint, at one end
    engine::AttemptId attempt{};
    std::uint32_t number = 0;  // 0: none
    std::uint32_t at = kNever;
  };
  using Ends = std::map<std::pair<std::uint64_t, engine::SubtaskId>, Last>;  // by checkpoint and subtask

  void compare(std::uint64_t checkpoint, std::uint32_t index);

  RunContext context_;
  Ends sent_;
  Ends handled_;
  Finding finding_;
};

}  // namespace weir::properties
