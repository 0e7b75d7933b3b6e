#pragma once

// What a completed checkpoint promises is there: written before it was acknowledged, readable when it is restored.

#include "suite/check.h"
#include "suite/finding.h"

namespace weir::properties {

inline constexpr PropertyInfo kDurableSnapshots{
    "durable-snapshots",
    "In a completed checkpoint every subtask's state was durable before its acknowledgement, and it can be restored.",
    "P6, SN-3, TX-26, CO-22",
};

// A subtask is known to have state when it reported a split position, a keyed state that is not empty, or a
// transaction.
class DurableSnapshots final : public Check {
 public:
  const PropertyInfo& info() const override { return kDurableSnapshots; }
  std::span<const sim::TraceKind> watched() const override;
  bool begin(const RunContext& context) override;
  void on_event(const sim::TraceEvent& event, std::uint32_t index) override;
  void on_stage(const RunContext& context) override;
  void judge(const sim::RunOutcome& outcome, const sim::Trace& trace, Verdict& verdict) override;

 private:
  void on_completed(const sim::TraceEvent& event);
  void on_durable(const sim::TraceEvent& event);
  void on_failed(const sim::TraceEvent& event, std::uint32_t index);
  void check(const CheckpointFacts& facts, engine::SubtaskId subtask);
  void report_late(const CheckpointFacts& facts, engine::SubtaskId subtask);
  bool knows(engine::ActorId actor) const;

  RunContext context_;
  Finding finding_;
};

}  // namespace weir::properties
