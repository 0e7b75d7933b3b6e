#pragma once

// Keys of `[restart]`: each but the strategy belongs to one strategy. Where none is named, the keys that are said
// choose theirs; a fixed delay that is chosen by its keys restarts without end unless they say how often.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/scenarios/run_spec.h"

namespace weir::scenarios {

inline constexpr std::string_view kRestartStrategies = "default|exponential-delay|fixed-delay|failure-rate|none";
inline constexpr std::string_view kRestartStrategy = "restart.strategy";
inline constexpr std::string_view kRestartAttempts = "restart.attempts";

struct RestartProblem {
  std::string_view key;
  std::string what;
};

// Sets the strategy that the keys `said` choose. A problem: they belong to several.
std::optional<RestartProblem> choose_restart_strategy(RunSpec& spec, const std::vector<std::string_view>& said);

// Those of `said` that belong to another strategy than the one the spec has.
std::vector<RestartProblem> foreign_restart_keys(const RunSpec& spec, const std::vector<std::string_view>& said);

// The delay alone says these options: it chooses a fixed delay without end.
bool said_by_delay(const engine::RestartOptions& options);

}  // namespace weir::scenarios
