#pragma once

// What was in flight at an unaligned checkpoint is neither lost nor doubled by a restore, also when the parallelism
// changes in between.

#include <vector>

#include "suite/check.h"
#include "suite/finding.h"

namespace weir::properties {

inline constexpr PropertyInfo kInFlightConserved{
    "in-flight-conserved",
    "After a restore from an unaligned checkpoint, the subtasks of a vertex process exactly the records that both ends "
    "of its input channels had saved, before anything else.",
    "P11, BA-30, BA-36, BA-38",
};

// Judges a vertex when the last of its subtasks has come to run.
class InFlightConserved final : public Check {
 public:
  const PropertyInfo& info() const override { return kInFlightConserved; }
  std::span<const sim::TraceKind> watched() const override;
  bool begin(const RunContext& context) override;
  void on_event(const sim::TraceEvent& event, std::uint32_t index) override;
  void on_stage(const RunContext& context) override;
  void judge(const sim::RunOutcome& outcome, const sim::Trace& trace, Verdict& verdict) override;

 private:
  void start_deployment();
  void on_running(engine::SubtaskId subtask, std::uint32_t index);
  void check(const engine::JobVertex& vertex, std::uint32_t index);

  RunContext context_;
  std::vector<std::uint64_t> processed_;  // by vertex: cut of the restored records, packed
  std::vector<std::uint32_t> running_;    // by vertex: subtasks that have come to run
  Finding finding_;
};

}  // namespace weir::properties
