#pragma once

// A job fails because of failed checkpoints exactly when more of them failed in a row than it tolerates.

#include <cstdint>
#include <map>
#include <set>

#include "suite/check.h"
#include "suite/finding.h"

namespace weir::properties {

inline constexpr PropertyInfo kFailureTolerance{
    "failure-tolerance",
    "The job fails as soon as more checkpoints than it tolerates have failed in a row, and not before.",
    "P22, CO-37, CO-38, CO-39, CO-40",
};

// Counts for itself what the trace tells. A failure of the job is laid to a checkpoint when it comes in the same step
// as the abort, and after it: whatever else fails a job voids its checkpoints afterwards.
class FailureTolerance final : public Check {
 public:
  const PropertyInfo& info() const override { return kFailureTolerance; }
  std::span<const sim::TraceKind> watched() const override;
  bool begin(const RunContext& context) override;
  void on_event(const sim::TraceEvent& event, std::uint32_t index) override;
  void on_stage(const RunContext& context) override;
  void judge(const sim::RunOutcome& outcome, const sim::Trace& trace, Verdict& verdict) override;

 private:
  struct Abort {  // of a checkpoint, in the present step
    std::uint32_t at = kNever;
    bool exhausted = false;  // the job has to fail
    bool judged = true;      // false: the trace does not tell what must follow
  };

  void start_over(const RunContext& context);
  void forget();
  void on_declined(const sim::TraceEvent& event);
  void on_aborted(const sim::TraceEvent& event, std::uint32_t index);
  bool count(std::uint64_t checkpoint, std::uint32_t index);
  void on_completed(std::uint64_t checkpoint);
  void on_job_state(const sim::TraceEvent& event, std::uint32_t index);
  void end_step();

  RunContext context_;
  std::map<std::uint64_t, engine::CheckpointKind> pending_;
  std::map<std::uint64_t, std::uint32_t> failed_;  // in a row, with the event of their abort
  std::uint64_t last_success_ = 0;
  std::int64_t time_ = -1;      // of the present step
  std::uint64_t declined_ = 0;  // the checkpoint that a subtask declined in it
  bool declined_by_current_ = false;
  Abort abort_;
  Finding finding_;
};

}  // namespace weir::properties
