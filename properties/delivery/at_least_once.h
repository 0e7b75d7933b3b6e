#pragma once

// Committed results of a job that does not align its barriers: nothing lost, though records may count twice (BA-18).

#include <cstdint>
#include <vector>

#include "suite/check.h"
#include "suite/finding.h"

namespace weir::properties {

inline constexpr PropertyInfo kAtLeastOnce{
    "at-least-once",
    "Every input has at least the results that it has in a fault-free run.",
    "BA-18, G-2",
};

// By input and not by value: a record that is processed again changes the values of all that follow it.
class AtLeastOnce final : public Check {
 public:
  const PropertyInfo& info() const override { return kAtLeastOnce; }
  std::span<const sim::TraceKind> watched() const override { return {}; }
  bool begin(const RunContext& context) override;
  void on_event(const sim::TraceEvent&, std::uint32_t) override {}
  void on_stage(const RunContext& context) override;
  void judge(const sim::RunOutcome& outcome, const sim::Trace& trace, Verdict& verdict) override;

  // Only after a `begin` that said true.
  void on_visible(const sim::VisibleRecord& record) { seen_.push_back(record.origin); }

 private:
  const Reference* reference_ = nullptr;
  bool same_results_ = true;
  std::vector<engine::Origin> seen_;
};

}  // namespace weir::properties
