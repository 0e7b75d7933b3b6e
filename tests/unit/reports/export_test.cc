#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "export/json_writer.h"
#include "export/jsonl.h"
#include "export/junit.h"
#include "sample_run.h"
#include "well_formed.h"

using namespace weir;
using namespace weir::reports;
using nlohmann::json;
using reports::testing::markup_problem;
using reports::testing::SampleRun;

namespace {

struct Campaign {
  scenarios::Scenario scenario;
  scenarios::CampaignResult result;
  explicit Campaign(std::uint64_t failing) {
    scenario.name = "sample \"<&>\"";
    scenario.file = "suites/sample.toml";
    result.seeds = 200;
    result.holds = 200 - failing;
    result.violated = failing;
    result.combined_hash = 0x1f;
    result.most_eventful_seed = 7;
    result.properties = {{"consistent-cut", 200, 0, 0}, {"exactly-once", 200 - failing, failing, 0}};
    for (std::uint64_t seed = 1; seed <= failing && seed <= 20; ++seed) {
      SampleRun run;
      run.violate();
      run.result().spec.world.seed = seed;
      run.result().cause += std::string("\x01\x1b[31m");
      result.failures.push_back({seed, run.result(), run.result().cause, "exactly-once/crash"});
    }
  }
  ScenarioReport judged() const { return judge_scenario(scenario, result); }
};

std::size_t occurrences(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("the JSON writer separates, nests and breaks lines") {
  JsonWriter writer;
  writer.begin_object().key("a").begin_array().count(1).text("x").null().end_array().line_break().key("b").boolean(
      false);
  writer.key("c").begin_object().end_object().end_object();
  CHECK(writer.str() == "{\"a\":[1,\"x\",null],\n\"b\":false,\"c\":{}}");
}

TEST_CASE("every JSON line parses, has a schema, and keeps 64 bits as text") {
  const Campaign campaign(2);
  const ScenarioReport report = campaign.judged();
  const json started = json::parse(json_run_started("0.1.0", 3));
  CHECK(started["schema"] == 1);
  CHECK(started["event"] == "run_started");
  CHECK(started["scenarios"] == 3);
  const json result = json::parse(json_scenario_result(report));
  CHECK(result["event"] == "scenario_result");
  CHECK(result["scenario"] == "sample \"<&>\"");
  CHECK(result["standing"] == "violated");
  CHECK(result["violated"] == 2);
  CHECK(result["combined_hash"] == "000000000000001f");
  CHECK(result["properties"][1]["violated"] == 2);
  const std::string failure_line = json_failure(report, campaign.result.failures[0], "weir");
  CHECK(occurrences(failure_line, "\n") == 1);
  const json failure = json::parse(failure_line);
  CHECK(failure["seed"] == "0x1");
  CHECK(failure["trace_hash"] == "00abcdef01234567");
  CHECK(failure["faults"][0]["fired_at_ns"] == 620'000'000);
  CHECK(failure["faults"][1]["fired"] == false);
  CHECK(failure["verdicts"][1]["witnesses"].size() == 1);
  CHECK(failure["reproduce"].get<std::string>().find("weir replay 'weir1: ") == 0);
  const json finished = json::parse(json_run_finished({3, 2, 600}, 1));
  CHECK(finished["exit_code"] == 1);
  CHECK(finished["passed"] == 2);
}

TEST_CASE("the JSON twin of a page tells the checkpoints") {
  SampleRun run;
  const json report = json::parse(json_report(run.violate().view(), {}));
  CHECK(report["schema"] == 1);
  CHECK(report["checkpoints"].size() == 3);
  REQUIRE(report["metrics"].size() == 1);
  CHECK(report["metrics"][0]["numberOfCompletedCheckpoints"] == 2);
  CHECK(report["metrics"][0]["lastCheckpointDuration_ns"] > 0);
  CHECK(report["metrics"][0]["lastCheckpointExternalPath"].is_null());
  CHECK(report["metrics"][0]["subtasks"][2]["checkpointStartDelayNanos"] > 0);
  CHECK(report["checkpoints"][0]["fate"] == "completed, restored from once, subsumed by 3");
  CHECK(report["checkpoints"][1]["status"] == "Failed");
  CHECK(report["checkpoints"][0]["subtasks"][0]["sync_ns"] == 15'000);
  CHECK(report["checkpoints"][0]["subtasks"][0]["async_ns"] == 75'000);
  CHECK(report["spec"].get<std::string>() == to_text(run.result().spec));
}

TEST_CASE("JUnit has one case a property, never one a seed, and is well-formed") {
  const Campaign campaign(57);
  const std::string xml = junit_xml({campaign.judged()}, {"weir", "0.1.0"});
  CHECK(markup_problem(xml).empty());
  CHECK(occurrences(xml, "<testcase") == 2);
  CHECK(occurrences(xml, "<failure") == 1);
  CHECK(occurrences(xml, "exactly-once[seed=0x") == 20);
  CHECK(xml.find("… and 37 more seeds") != std::string::npos);
  CHECK(xml.find(" time=") == std::string::npos);
  CHECK(xml.find('\x1b') == std::string::npos);
}

TEST_CASE("JUnit says the message in the attribute and in the content") {
  const Campaign campaign(1);
  const std::string xml = junit_xml({campaign.judged()}, {"weir", "0.1.0"});
  const std::string message =
      "violated in 1 of 200 seeds; seed 0x1: &quot;the &lt;word&gt;&quot; was counted twice &amp; committed";
  CHECK(occurrences(xml, message) == 2);
  CHECK(xml.find("message=\"" + message) != std::string::npos);
  CHECK(xml.find("weir replay &#39;weir1: ") != std::string::npos);
}

TEST_CASE("JUnit calls an unanswered property an error and a missed canary a failure") {
  Campaign unanswered(0);
  unanswered.result.properties[1] = {"exactly-once", 0, 0, 200};
  const std::string errors = junit_xml({unanswered.judged()}, {"weir", "0.1.0"});
  CHECK(occurrences(errors, "<error type=\"inconclusive\"") == 1);
  Campaign canary(0);
  canary.scenario.expect_violated = "exactly-once";
  const std::string missed = junit_xml({canary.judged()}, {"weir", "0.1.0"});
  CHECK(occurrences(missed, "<testcase") == 1);
  CHECK(occurrences(missed, "<failure type=\"violated\"") == 1);
  CHECK(markup_problem(missed).empty());
}

TEST_CASE("JUnit has a case of its own for a fault that never fired") {
  Campaign campaign(0);
  campaign.result.faults = {{sim::FaultKind::SlowBarrier, 9, 9, 0, 0}};
  const std::string xml = junit_xml({campaign.judged()}, {"weir", "0.1.0"});
  CHECK(xml.find("name=\"conclusive\"") != std::string::npos);
  CHECK(xml.find("slow-barrier was planned 9 times and never fired") != std::string::npos);
}
