#pragma once

// Whether a scenario came out as its author wanted, over all its seeds.

#include <string>

#include "weir/scenarios/runner.h"
#include "weir/scenarios/scenario.h"

namespace weir::reports {

enum class Standing : std::uint8_t {
  Holds,       // every property held, or no seed contradicted it
  AsExpected,  // the property that was to break did break
  Violated,
  Missed,  // the property that was to break never did: the alarm does not ring, or more seeds are needed
  Inconclusive,
  Nondeterministic,  // the same seed gave two traces
};
const char* name(Standing standing);  // "holds", "as expected", "VIOLATED", …
bool passed(Standing standing);

// One scenario of a campaign. Refers to what the caller keeps.
struct ScenarioReport {
  const scenarios::Scenario& scenario;
  const scenarios::CampaignResult& result;
  Standing standing = Standing::Holds;
  std::string reason;  // of anything that did not pass; one sentence
};

ScenarioReport judge_scenario(const scenarios::Scenario& scenario, const scenarios::CampaignResult& result);

// The tally of one property; null when no seed judged it.
const scenarios::CampaignResult::PropertyTally* tally_of(const scenarios::CampaignResult& result,
                                                         const std::string& property);

// The first failure kept in which the property is violated; null when there is none.
const scenarios::Failure* first_failure_of(const scenarios::CampaignResult& result, const std::string& property);

bool violates(const scenarios::RunResult& result, const std::string& property);

// Cause of a run that did not hold, in one sentence; empty for one that holds.
std::string cause_of(const scenarios::RunResult& result);

}  // namespace weir::reports
