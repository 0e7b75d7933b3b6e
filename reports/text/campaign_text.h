#pragma once

// Scenarios over many seeds, in text.

#include <string>
#include <string_view>
#include <vector>

#include "history/standing.h"
#include "text/paint.h"

namespace weir::reports {

// How wide the columns of scenario lines are, so that they line up although they are printed one by one.
std::size_t name_width(const std::vector<scenarios::Scenario>& scenarios);

// One line a scenario.
std::string scenario_line(const ScenarioReport& report, std::size_t name_width, const Paint& paint);
// Properties and faults over all seeds.
std::string scenario_tallies(const ScenarioReport& report, const Paint& paint);
// What went wrong; the last line is the command to paste. Empty for a scenario that passed.
std::string scenario_failure(const ScenarioReport& report, const Paint& paint, std::string_view program);
// The last word: "3 of 4 scenarios passed, 800 seeds".
std::string campaign_line(const std::vector<ScenarioReport>& reports, const Paint& paint);

// The failure a person should look at first; null when none was kept.
const scenarios::Failure* telling_failure(const ScenarioReport& report);

}  // namespace weir::reports
