#pragma once

// Once faults have ceased, checkpoints complete and the job drains.

#include <string>

#include "liveness/restart_allowance.h"
#include "suite/check.h"

namespace weir::properties {

inline constexpr PropertyInfo kLiveness{
    "liveness",
    "From calm on, a checkpoint completes and the job consumes its input, commits and finishes before the drain is "
    "over.",
    "P4, P10, CO-14, CO-15, CO-55",
};

class Liveness final : public Check {
 public:
  const PropertyInfo& info() const override { return kLiveness; }
  std::span<const sim::TraceKind> watched() const override;
  bool begin(const RunContext& context) override;
  void on_event(const sim::TraceEvent& event, std::uint32_t index) override;
  void on_stage(const RunContext& context) override;
  void judge(const sim::RunOutcome& outcome, const sim::Trace& trace, Verdict& verdict) override;

 private:
  void on_job_state(const sim::TraceEvent& event, std::uint32_t index);
  void on_phase(const sim::TraceEvent& event, std::uint32_t index);
  void judge_failed(Verdict& verdict) const;
  void judge_late(Verdict& verdict) const;
  std::string obstacles() const;

  RestartAllowance allowance_;  // of each job its own
  std::uint64_t restarts_ = 0;
  std::uint32_t last_restart_ = kNever;
  std::uint32_t failed_at_ = kNever;
  // From calm on.
  std::uint32_t calm_at_ = kNever;
  std::uint64_t completed_ = 0;
  std::uint32_t last_completed_ = kNever;
  std::uint64_t aborted_ = 0;
  sim::TraceEvent last_abort_;
  std::uint32_t last_aborted_ = kNever;
  std::uint64_t restarts_in_calm_ = 0;
};

}  // namespace weir::properties
