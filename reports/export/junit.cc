#include "export/junit.h"

#include <set>

#include "text/escape.h"
#include "text/numbers.h"
#include "weir/reports/run_report.h"

namespace weir::reports {
namespace {

constexpr std::size_t kMostSeeds = 20;

enum class Outcome : std::uint8_t { Passed, Failed, Error };

struct Case {
  std::string name;
  Outcome outcome = Outcome::Passed;
  std::string message;  // one sentence
  std::string content;  // the whole story
};

std::string attribute_text(const char* name, std::string_view value) {
  return " " + std::string(name) + "=\"" + attribute(value) + "\"";
}

std::string seed_story(const std::string& property, const scenarios::Failure& failure, const JunitOptions& options) {
  return property + "[seed=" + hex(failure.seed) + "]: " + one_line(failure.cause) + "\n" +
         reproduce_command(failure.result.spec, options.program) + "\n";
}

// The failing seeds that were kept, then how many there are besides.
std::string seed_stories(const scenarios::CampaignResult& result, const std::string& property, std::uint64_t violated,
                         const JunitOptions& options) {
  std::string out;
  std::size_t shown = 0;
  for (const scenarios::Failure& failure : result.failures) {
    if (!violates(failure.result, property) || shown == kMostSeeds) continue;
    out += seed_story(property, failure, options);
    ++shown;
  }
  if (violated > shown) out += "… and " + counted(violated - shown, "more seed", "more seeds") + "\n";
  return out;
}

std::string details_of(const scenarios::Failure& failure, const std::string& property) {
  std::string out;
  for (const properties::Verdict& verdict : failure.result.verdicts) {
    if (verdict.property != property) continue;
    for (const std::string& detail : verdict.details) out += "  " + one_line(detail) + "\n";
  }
  return out;
}

Case violated_case(const ScenarioReport& report, const std::string& property, std::uint64_t violated,
                   const JunitOptions& options) {
  Case made{property, Outcome::Failed, "", ""};
  made.message = "violated in " + grouped(violated) + " of " + counted(report.result.seeds, "seed", "seeds");
  if (const scenarios::Failure* failure = first_failure_of(report.result, property)) {
    made.message += "; seed " + hex(failure->seed) + ": " + one_line(failure->cause);
    made.content = details_of(*failure, property);
  }
  made.content = made.message + "\n" + made.content + seed_stories(report.result, property, violated, options);
  return made;
}

Case property_case(const ScenarioReport& report, const scenarios::CampaignResult::PropertyTally& tally,
                   const JunitOptions& options) {
  if (tally.violated > 0) return violated_case(report, tally.property, tally.violated, options);
  if (tally.holds > 0 || tally.inconclusive == 0) return {tally.property, Outcome::Passed, "", ""};
  const std::string message = "inconclusive in all of " + counted(tally.inconclusive, "seed", "seeds");
  return {tally.property, Outcome::Error, message, message + "\n" + report.reason + "\n"};
}

// A scenario about a defect has one case: did the alarm ring?
Case expected_case(const ScenarioReport& report) {
  Case made{*report.scenario.expect_violated, Outcome::Passed, "", ""};
  if (report.standing != Standing::Missed) return made;
  return {made.name, Outcome::Failed, report.reason, report.reason + "\n"};
}

// Inconclusive for a reason that belongs to no property.
bool needs_case_of_its_own(const ScenarioReport& report, const std::vector<Case>& cases) {
  if (report.standing == Standing::Nondeterministic) return true;
  if (report.standing != Standing::Inconclusive) return false;
  for (const Case& c : cases) {
    if (c.outcome == Outcome::Error) return false;
  }
  return true;
}

std::vector<Case> cases_of(const ScenarioReport& report, const JunitOptions& options) {
  std::vector<Case> cases;
  if (report.scenario.expect_violated) {
    cases.push_back(expected_case(report));
  } else {
    for (const auto& tally : report.result.properties) cases.push_back(property_case(report, tally, options));
  }
  if (needs_case_of_its_own(report, cases)) {
    const bool unstable = report.standing == Standing::Nondeterministic;
    cases.push_back({unstable ? "determinism" : "conclusive", Outcome::Error, report.reason, report.reason + "\n"});
  }
  return cases;
}

std::size_t count_of(const std::vector<Case>& cases, Outcome outcome) {
  std::size_t n = 0;
  for (const Case& c : cases) n += c.outcome == outcome ? 1u : 0u;
  return n;
}

std::string property_element(const char* name, const std::string& value) {
  return "      <property" + attribute_text("name", name) + attribute_text("value", value) + "/>\n";
}

std::string properties_element(const ScenarioReport& report, const JunitOptions& options) {
  std::set<std::string> fingerprints;
  for (const scenarios::Failure& failure : report.result.failures) fingerprints.insert(failure.fingerprint);
  return "    <properties>\n" + property_element("version", options.version) +
         property_element("seeds", std::to_string(report.result.seeds)) +
         property_element("combined-trace-hash", hex_digits(report.result.combined_hash)) +
         property_element("fingerprints", std::to_string(fingerprints.size())) + "    </properties>\n";
}

std::string case_element(const ScenarioReport& report, const Case& c) {
  std::string out =
      "    <testcase" + attribute_text("classname", report.scenario.name) + attribute_text("name", c.name);
  if (!report.scenario.file.empty()) out += attribute_text("file", report.scenario.file);
  if (c.outcome == Outcome::Passed) return out + "/>\n";
  const char* element = c.outcome == Outcome::Failed ? "failure" : "error";
  const char* type = c.outcome == Outcome::Failed ? "violated" : "inconclusive";
  return out + ">\n      <" + element + attribute_text("type", type) + attribute_text("message", c.message) + ">" +
         markup(c.content) + "</" + element + ">\n    </testcase>\n";
}

std::string counts(std::size_t tests, std::size_t failures, std::size_t errors) {
  return attribute_text("tests", std::to_string(tests)) + attribute_text("failures", std::to_string(failures)) +
         attribute_text("errors", std::to_string(errors));
}

}  // namespace

std::string junit_xml(const std::vector<ScenarioReport>& reports, const JunitOptions& options) {
  std::string suites;
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  for (const ScenarioReport& report : reports) {
    const std::vector<Case> cases = cases_of(report, options);
    const std::size_t failed = count_of(cases, Outcome::Failed);
    const std::size_t in_error = count_of(cases, Outcome::Error);
    suites += "  <testsuite" + attribute_text("name", report.scenario.name) + counts(cases.size(), failed, in_error) +
              attribute_text("skipped", "0") + ">\n" + properties_element(report, options);
    for (const Case& c : cases) suites += case_element(report, c);
    suites += "  </testsuite>\n";
    tests += cases.size();
    failures += failed;
    errors += in_error;
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attribute_text("name", "weir") +
         counts(tests, failures, errors) + ">\n" + suites + "</testsuites>\n";
}

}  // namespace weir::reports
