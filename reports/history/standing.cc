#include "history/standing.h"

#include <algorithm>

#include "text/numbers.h"

namespace weir::reports {
namespace {

using properties::Answer;
using scenarios::CampaignResult;

// A kind of fault that was planned in some seeds and fired in none: what was to be tried was not tried.
std::string unfired_fault(const CampaignResult& result) {
  for (const scenarios::FaultTally& tally : result.faults) {
    if (tally.planned == 0 || tally.fired > 0) continue;
    return "fault " + std::string(name(tally.kind)) + " was planned " + counted(tally.planned, "time", "times") +
           " and never fired; widen its trigger or run more seeds";
  }
  return "";
}

std::string unanswered_property(const CampaignResult& result) {
  for (const CampaignResult::PropertyTally& tally : result.properties) {
    if (tally.inconclusive == 0 || tally.holds + tally.violated > 0) continue;
    const scenarios::Failure* failure = result.failures.empty() ? nullptr : &result.failures.front();
    std::string why = failure == nullptr ? "" : cause_of(failure->result);
    return tally.property + " was answered in no seed" + (why.empty() ? "" : ": " + why);
  }
  return "";
}

std::string first_seed_text(const CampaignResult& result) {
  return result.failures.empty() ? "" : ", first in seed " + hex(result.failures.front().seed);
}

std::string violated_reason(const CampaignResult& result) {
  const auto violated = std::find_if(result.failures.begin(), result.failures.end(),
                                     [](const scenarios::Failure& f) { return f.result.answer == Answer::Violated; });
  return violated == result.failures.end() ? "violated in " + counted(result.violated, "seed", "seeds")
                                           : violated->cause;
}

ScenarioReport judge_expected(ScenarioReport report, const std::string& property) {
  const auto* tally = tally_of(report.result, property);
  if (tally != nullptr && tally->violated > 0) {
    report.standing = Standing::AsExpected;
    return report;
  }
  report.standing = Standing::Missed;
  report.reason = property + " was to be violated and was not in " + counted(report.result.seeds, "seed", "seeds") +
                  (tally == nullptr ? "; no seed judged a property of that name" : "; try more seeds");
  return report;
}

}  // namespace

const char* name(Standing standing) {
  switch (standing) {
    case Standing::Holds:
      return "holds";
    case Standing::AsExpected:
      return "as expected";
    case Standing::Violated:
      return "VIOLATED";
    case Standing::Missed:
      return "MISSED";
    case Standing::Inconclusive:
      return "INCONCLUSIVE";
    case Standing::Nondeterministic:
      break;
  }
  return "NONDETERMINISTIC";
}

bool passed(Standing standing) { return standing == Standing::Holds || standing == Standing::AsExpected; }

ScenarioReport judge_scenario(const scenarios::Scenario& scenario, const CampaignResult& result) {
  ScenarioReport report{scenario, result, Standing::Holds, ""};
  if (result.nondeterministic > 0) {
    report.standing = Standing::Nondeterministic;
    report.reason = counted(result.nondeterministic, "seed", "seeds") + " gave two different traces";
    return report;
  }
  if (scenario.expect_violated) return judge_expected(std::move(report), *scenario.expect_violated);
  if (result.violated > 0) {
    report.standing = Standing::Violated;
    report.reason = violated_reason(result);
    return report;
  }
  report.reason = unfired_fault(result);
  if (report.reason.empty()) report.reason = unanswered_property(result);
  if (report.reason.empty() && result.holds == 0)
    report.reason = "no seed came to a conclusion" + first_seed_text(result);
  if (!report.reason.empty()) report.standing = Standing::Inconclusive;
  return report;
}

const CampaignResult::PropertyTally* tally_of(const CampaignResult& result, const std::string& property) {
  for (const auto& tally : result.properties) {
    if (tally.property == property) return &tally;
  }
  return nullptr;
}

bool violates(const scenarios::RunResult& result, const std::string& property) {
  return std::any_of(result.verdicts.begin(), result.verdicts.end(), [&property](const properties::Verdict& verdict) {
    return verdict.property == property && verdict.answer == Answer::Violated;
  });
}

const scenarios::Failure* first_failure_of(const CampaignResult& result, const std::string& property) {
  for (const scenarios::Failure& failure : result.failures) {
    if (violates(failure.result, property)) return &failure;
  }
  return nullptr;
}

std::string cause_of(const scenarios::RunResult& result) {
  if (result.answer == Answer::Holds || !result.cause.empty())
    return result.answer == Answer::Holds ? "" : result.cause;
  for (const properties::Verdict& verdict : result.verdicts) {
    if (verdict.answer == result.answer) return verdict.property + ": " + verdict.reason;
  }
  if (result.outcome.invariant) {
    const engine::InvariantViolation& invariant = *result.outcome.invariant;
    return "an assertion of weir failed: " + invariant.message + " (" + invariant.expression + ")";
  }
  return "no property says why";
}

}  // namespace weir::reports
