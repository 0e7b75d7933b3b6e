#pragma once

// The parts of a report page, each a complete piece of HTML.

#include <string>

#include "draw/space_time.h"
#include "history/interest.h"
#include "weir/reports/run_report.h"

namespace weir::reports {

std::string verdict_section(const RunView& run, const ReportOptions& options);
std::string property_section(const RunView& run);
std::string fault_section(const RunView& run);
std::string checkpoint_section(const RunView& run);
std::string metrics_section(const RunView& run);
std::string job_graph_section(const RunView& run, const ReportOptions& options);
std::string space_time_section(const SpaceTimePicture& picture, const Interest& interest);
// At most `most_rows` rows: all, or all but record traffic and messages, or those around the moment of interest.
std::string event_section(const RunView& run, const Interest& interest, std::size_t most_rows = 5000);
std::string spec_section(const RunView& run);

}  // namespace weir::reports
