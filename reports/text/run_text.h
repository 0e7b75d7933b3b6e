#pragma once

// One run in text.

#include <string>

#include "text/paint.h"
#include "weir/reports/run_report.h"

namespace weir::reports {

// "seed 0x2a of word-count: VIOLATED, 5 restarts, …": one line.
std::string run_headline(const scenarios::RunResult& result, const Paint& paint);
// One line a property.
std::string verdict_table(const scenarios::RunResult& result, const Paint& paint);
// Planned, armed, fired, had effect: one line a fault of the plan.
std::string fault_table(const scenarios::RunResult& result);
// Cause, the properties that do not hold with a few details, fault table, and as the last line the command that
// reproduces the run.
std::string failure_story(const scenarios::RunResult& result, const Paint& paint, std::string_view program);

// What broke down, in which run, and the command that does it again.
std::string breakdown_text(const scenarios::RunBreakdown& breakdown, const std::string& program);

}  // namespace weir::reports
