#pragma once

// Every completed checkpoint is a consistent cut: what a channel's sender had sent before the barrier is what its
// receiver had taken in at its snapshot or either of them saved as in flight, and everybody who runs is part of it.

#include "suite/check.h"
#include "suite/finding.h"

namespace weir::properties {

inline constexpr PropertyInfo kConsistentCut{
    "consistent-cut",
    "At every completed checkpoint, the records sent before the barrier of a channel are exactly those in the "
    "receiver's "
    "snapshot, and every running subtask has its part in it.",
    "P1, BA-10, BA-11, BA-30, CO-50",
};

class ConsistentCut final : public Check {
 public:
  const PropertyInfo& info() const override { return kConsistentCut; }
  std::span<const sim::TraceKind> watched() const override;
  bool begin(const RunContext& context) override;
  void on_event(const sim::TraceEvent& event, std::uint32_t index) override;
  void on_stage(const RunContext& context) override;
  void judge(const sim::RunOutcome& outcome, const sim::Trace& trace, Verdict& verdict) override;

 private:
  void check_part(const CheckpointFacts& facts, engine::SubtaskId subtask);
  void check_channel(const CheckpointFacts& facts, const engine::ChannelInfo& channel);
  std::string difference(const CheckpointFacts& facts, const engine::ChannelInfo& channel) const;

  RunContext context_;
  Finding finding_;
};

}  // namespace weir::properties
