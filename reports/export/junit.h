#pragma once

// JUnit XML in the dialect that Jenkins and GitLab read: a suite a scenario, a case a (scenario, property), never one a
// seed. Virtual time is no test time, so there are no times.

#include <string>
#include <string_view>
#include <vector>

#include "history/standing.h"

namespace weir::reports {

struct JunitOptions {
  std::string program = "weir";
  std::string version;
};

std::string junit_xml(const std::vector<ScenarioReport>& reports, const JunitOptions& options);

}  // namespace weir::reports
