#pragma once

// Parts that the JSON lines and the JSON twin of a page share.

#include "export/json_writer.h"
#include "weir/scenarios/runner.h"

namespace weir::reports {

void write_verdicts(JsonWriter& json, const std::vector<properties::Verdict>& verdicts);
void write_faults(JsonWriter& json, const scenarios::RunResult& result);
void write_outcome(JsonWriter& json, const scenarios::RunResult& result);

}  // namespace weir::reports
