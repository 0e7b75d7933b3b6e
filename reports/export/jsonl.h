#pragma once

// JSON lines: one object a line, each with `"schema": 1` and its `"event"`. README.md lists the fields.

#include <cstdint>
#include <string>
#include <string_view>

#include "history/standing.h"

namespace weir::reports {

inline constexpr std::uint64_t kJsonSchema = 1;

// Each ends in a line break.
std::string json_run_started(std::string_view version, std::size_t scenarios);
std::string json_scenario_result(const ScenarioReport& report);
std::string json_failure(const ScenarioReport& report, const scenarios::Failure& failure, std::string_view program);
struct CampaignTotals {
  std::uint64_t scenarios = 0, passed = 0, seeds = 0;
};
std::string json_run_finished(const CampaignTotals& totals, int exit_code);

}  // namespace weir::reports
