#include "export/jsonl.h"

#include "export/json_parts.h"
#include "weir/reports/run_report.h"

namespace weir::reports {
namespace {

JsonWriter started(std::string_view event) {
  JsonWriter json;
  json.begin_object().key("schema").count(kJsonSchema).key("event").text(event);
  return json;
}

std::string finished(JsonWriter& json) { return json.end_object().str() + "\n"; }

// Enumerators as identifiers, not as the words of the text report.
const char* identifier(Standing standing) {
  switch (standing) {
    case Standing::Holds:
      return "holds";
    case Standing::AsExpected:
      return "as_expected";
    case Standing::Violated:
      return "violated";
    case Standing::Missed:
      return "missed";
    case Standing::Inconclusive:
      return "inconclusive";
    case Standing::Nondeterministic:
      break;
  }
  return "nondeterministic";
}

void write_properties(JsonWriter& json, const scenarios::CampaignResult& result) {
  json.begin_array();
  for (const auto& tally : result.properties) {
    json.begin_object().key("property").text(tally.property).key("holds").count(tally.holds);
    json.key("violated").count(tally.violated).key("inconclusive").count(tally.inconclusive).end_object();
  }
  json.end_array();
}

void write_fault_tallies(JsonWriter& json, const scenarios::CampaignResult& result) {
  json.begin_array();
  for (const scenarios::FaultTally& tally : result.faults) {
    json.begin_object().key("kind").text(name(tally.kind)).key("planned").count(tally.planned);
    json.key("armed").count(tally.armed).key("fired").count(tally.fired).key("had_effect").count(tally.took_effect);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string json_run_started(std::string_view version, std::size_t scenarios) {
  JsonWriter json = started("run_started");
  json.key("version").text(version).key("scenarios").count(scenarios);
  return finished(json);
}

std::string json_scenario_result(const ScenarioReport& report) {
  const scenarios::CampaignResult& result = report.result;
  JsonWriter json = started("scenario_result");
  json.key("scenario").text(report.scenario.name).key("file").text(report.scenario.file);
  json.key("standing").text(identifier(report.standing)).key("passed").boolean(passed(report.standing));
  if (!report.reason.empty()) json.key("reason").text(report.reason);
  if (report.scenario.expect_violated) json.key("expect_violated").text(*report.scenario.expect_violated);
  json.key("seeds").count(result.seeds).key("holds").count(result.holds).key("violated").count(result.violated);
  json.key("inconclusive").count(result.inconclusive).key("nondeterministic").count(result.nondeterministic);
  json.key("restarts").count(result.restarts).key("checkpoints_completed").count(result.checkpoints_completed);
  json.key("combined_hash").digits(result.combined_hash).key("most_eventful_seed").hex_value(result.most_eventful_seed);
  json.key("properties");
  write_properties(json, result);
  json.key("faults");
  write_fault_tallies(json, result);
  return finished(json);
}

std::string json_failure(const ScenarioReport& report, const scenarios::Failure& failure, std::string_view program) {
  JsonWriter json = started("failure");
  json.key("scenario").text(report.scenario.name).key("fingerprint").text(failure.fingerprint);
  json.key("cause").text(failure.cause);
  write_outcome(json, failure.result);
  json.key("verdicts");
  write_verdicts(json, failure.result.verdicts);
  json.key("faults");
  write_faults(json, failure.result);
  json.key("reproduce").text(reproduce_command(failure.result.spec, program));
  return finished(json);
}

std::string json_run_finished(const CampaignTotals& totals, int exit_code) {
  JsonWriter json = started("run_finished");
  json.key("scenarios").count(totals.scenarios).key("passed").count(totals.passed).key("seeds").count(totals.seeds);
  json.key("exit_code").count(static_cast<std::uint64_t>(exit_code));
  return finished(json);
}

}  // namespace weir::reports
