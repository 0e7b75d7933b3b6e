#pragma once

// The page of one run. `html_report` of run_report.h is declared for users; this is what it shares with `report_files`,
// so that the picture is drawn and `dot` is run once.

#include <string>

#include "draw/space_time.h"
#include "history/interest.h"
#include "weir/reports/run_report.h"

namespace weir::reports {

std::string html_page(const RunView& run, const ReportOptions& options, const Interest& interest,
                      const SpaceTimePicture& picture);

}  // namespace weir::reports
