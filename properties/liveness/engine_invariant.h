#pragma once

// The engine's own assertions held.

#include "suite/check.h"

namespace weir::properties {

inline constexpr PropertyInfo kEngineInvariant{
    "engine-invariant",
    "No assertion of the engine or of the world failed.",
    "design 9",
};

class EngineInvariant final : public Check {
 public:
  const PropertyInfo& info() const override { return kEngineInvariant; }
  std::span<const sim::TraceKind> watched() const override { return {}; }
  bool begin(const RunContext&) override { return true; }
  void on_event(const sim::TraceEvent&, std::uint32_t) override {}
  void on_stage(const RunContext& context) override;
  void judge(const sim::RunOutcome& outcome, const sim::Trace& trace, Verdict& verdict) override;
};

}  // namespace weir::properties
