#include <catch2/catch.hpp>

#include "history/standing.h"
#include "sample_run.h"
#include "text/campaign_text.h"
#include "text/event_line.h"
#include "text/run_text.h"

using namespace weir;
using namespace weir::reports;
using reports::testing::SampleRun;

namespace {

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n');
  const std::size_t start = text.rfind('\n', end);
  return text.substr(start + 1, end - start);
}

sim::TraceEvent event_of(sim::TraceKind kind, engine::ActorId actor, std::uint32_t detail, std::uint64_t a,
                         std::uint64_t b) {
  return {350'012'345, kind, actor, detail, a, b, sim::kNoCause, 0};
}

}  // namespace

TEST_CASE("an event reads in fixed columns") {
  const SampleRun run;
  const EventLines lines(Jobs(run.graph(), {}));
  const auto barrier =
      event_of(engine::EventKind::BarrierSent, engine::actor_of(engine::SubtaskId{0}), 0, 3, 512ull << 40);
  CHECK(lines.line(barrier, 0) ==
        "    350.012345ms  words/0     barrier-sent               checkpoint 3, on words/0->totals/0, "
        "512 records sent before it");
  CHECK(lines.sentence(barrier, 0) ==
        "350.012345ms words/0 barrier-sent: checkpoint 3, on words/0->totals/0, 512 records sent before it");
  const auto deployed = event_of(engine::EventKind::AttemptDeployed, engine::actor_of(engine::kJobManager), 2, 3, 1);
  CHECK(event_words(deployed, run.graph()) == "attempt 2, of totals/1, on tm-1");
  const auto lost = event_of(sim::WorldEventKind::MessageLost, engine::ActorId{1}, 2, 3, 0);
  CHECK(event_words(lost, run.graph()) == "acknowledge-checkpoint to jobmanager, checkpoint 3, words/0");
  const auto ack = event_of(engine::EventKind::AckReceived, engine::actor_of(engine::kJobManager), 1, 3, 2);
  CHECK(event_words(ack, run.graph()).find("checkpoint 3, attempt 1, totals/0") == 0);
}

TEST_CASE("every kind of event has words of its own, none is forgotten") {
  const SampleRun run;
  for (std::uint16_t kind = 0; kind < engine::kEngineEventKinds; ++kind) {
    const auto event = event_of(static_cast<engine::EventKind>(kind), engine::actor_of(engine::kJobManager), 1, 1, 1);
    CHECK_FALSE(event_name(event).empty());
    CHECK_FALSE(event_words(event, run.graph()).empty());
  }
}

TEST_CASE("events that name unknown subtasks and channels still read") {
  const SampleRun run;
  const auto odd = event_of(engine::EventKind::BarrierReceived, engine::actor_of(engine::SubtaskId{0}), 9999, 1, 1);
  CHECK(event_words(odd, run.graph()) == "checkpoint 1, on channel 9999, obsolete");
}

TEST_CASE("the story of a failure ends with the command that reproduces it") {
  SampleRun run;
  run.violate();
  const std::string story = failure_story(run.result(), Paint(false), "weir");
  CHECK(story.find("was counted twice") != std::string::npos);
  CHECK(story.find("the: 3 instead of 2") != std::string::npos);
  CHECK(last_line(story) == "weir replay " + std::string("'") + to_line(run.result().spec) + "'");
  CHECK(last_line(run_text(run.view(), {})) == last_line(story));
}

TEST_CASE("the fault table says what was planned, armed, fired and had an effect") {
  SampleRun run;
  CHECK(fault_table(run.result()) ==
        "  fault  armed  fired  had effect  planned\n"
        "      1  yes    620ms  yes         crash(tm=2, restart=1s) at 620ms\n"
        "      2  yes    no     no          crash(tm=2, restart=1s) at 620ms\n");
  run.result().spec.world.faults.clear();
  CHECK(fault_table(run.result()) == "  faults: none planned\n");
}

TEST_CASE("colour is added only when it is asked for") {
  SampleRun run;
  run.violate();
  CHECK(failure_story(run.result(), Paint(false), "weir").find('\x1b') == std::string::npos);
  CHECK(verdict_table(run.result(), Paint(true)).find("\x1b[1;31mVIOLATED\x1b[0m") != std::string::npos);
}

namespace {

struct Campaign {
  scenarios::Scenario scenario;
  scenarios::CampaignResult result;
  Campaign() {
    scenario.name = "sample";
    result.seeds = 200;
    result.holds = 200;
    result.properties = {{"exactly-once", 200, 0, 0}};
    result.faults = {{sim::FaultKind::Crash, 150, 150, 140, 120}};
    result.checkpoints_completed = 4031;
    result.restarts = 1;
  }
  Campaign& fail(std::uint64_t seeds) {
    SampleRun run;
    run.violate();
    result.violated = seeds;
    result.holds -= seeds;
    result.properties[0] = {"exactly-once", 200 - seeds, seeds, 0};
    result.failures.push_back({0x2a, run.result(), run.result().cause, "exactly-once/crash"});
    return *this;
  }
  ScenarioReport judged() const { return judge_scenario(scenario, result); }
};

}  // namespace

TEST_CASE("a scenario takes one line") {
  const Campaign campaign;
  CHECK(scenario_line(campaign.judged(), 10, Paint(false)) ==
        "holds             sample      200 seeds, 4,031 checkpoints, 1 restart\n");
  CHECK(scenario_failure(campaign.judged(), Paint(false), "weir").empty());
}

TEST_CASE("a violated scenario tells its first seed and the last line is the command") {
  Campaign campaign;
  const ScenarioReport report = campaign.fail(3).judged();
  CHECK(report.standing == Standing::Violated);
  CHECK(scenario_line(report, 6, Paint(false)) ==
        "VIOLATED          sample  200 seeds, 3 violated, 4,031 checkpoints, 1 restart\n");
  CHECK(last_line(scenario_failure(report, Paint(false), "weir")).find("weir replay 'weir1: ") == 0);
}

TEST_CASE("a canary passes when its property breaks and fails when it does not") {
  Campaign campaign;
  campaign.scenario.expect_violated = "exactly-once";
  CHECK(campaign.judged().standing == Standing::Missed);
  CHECK_FALSE(passed(campaign.judged().standing));
  CHECK(campaign.fail(3).judged().standing == Standing::AsExpected);
  CHECK(scenario_line(campaign.judged(), 6, Paint(false)).find("exactly-once violated in 3, first in seed 0x2a") !=
        std::string::npos);
}

TEST_CASE("a fault that never fired makes a scenario inconclusive, not green") {
  Campaign campaign;
  campaign.result.faults[0].fired = 0;
  CHECK(campaign.judged().standing == Standing::Inconclusive);
  CHECK(campaign.judged().reason ==
        "fault crash was planned 150 times and never fired; widen its trigger or run more seeds");
}

TEST_CASE("a property that no seed could answer makes a scenario inconclusive") {
  Campaign campaign;
  campaign.result.properties[0] = {"exactly-once", 0, 0, 200};
  CHECK(campaign.judged().standing == Standing::Inconclusive);
}

TEST_CASE("nondeterminism outweighs everything else") {
  Campaign campaign;
  campaign.fail(3).result.nondeterministic = 1;
  CHECK(campaign.judged().standing == Standing::Nondeterministic);
}
