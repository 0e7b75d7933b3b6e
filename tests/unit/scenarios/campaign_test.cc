#include <catch2/catch.hpp>

#include "campaign/cause.h"
#include "small_storm.h"
#include "throwing_jobs.h"
#include "weir/scenarios/runner.h"

namespace weir::scenarios {
namespace {

using properties::Answer;
using test::small_storm;

CampaignResult campaign(const Scenario& scenario, CampaignOptions options) {
  auto result = run_campaign(JobCatalogue::built_in(), scenario, options, {});
  if (!result.ok()) FAIL(result.status().message());
  return std::move(result).value();
}

CampaignOptions seeds(std::uint64_t end, std::uint32_t jobs = 1) {
  CampaignOptions options;
  options.end_seed = end;
  options.jobs = jobs;
  return options;
}

Scenario defective() {
  Scenario s = small_storm();
  s.base.defects.add(engine::Defect::CommitAtPreCommit);
  return s;
}

// Everything a report shows, as text.
std::string summary(const CampaignResult& r) {
  std::string text = r.scenario + " " + std::to_string(r.seeds) + " " + std::to_string(r.holds) + " " +
                     std::to_string(r.violated) + " " + std::to_string(r.inconclusive) + " " +
                     std::to_string(r.combined_hash) + " " + std::to_string(r.most_eventful_seed) + " " +
                     std::to_string(r.restarts) + " " + std::to_string(r.checkpoints_completed);
  for (const auto& p : r.properties) {
    text += "\n" + p.property + " " + std::to_string(p.holds) + " " + std::to_string(p.violated) + " " +
            std::to_string(p.inconclusive);
  }
  for (const auto& f : r.faults) {
    text += "\n" + std::string(sim::name(f.kind)) + " " + std::to_string(f.planned) + " " + std::to_string(f.armed) +
            " " + std::to_string(f.fired) + " " + std::to_string(f.took_effect);
  }
  for (const auto& f : r.failures) {
    text += "\n" + std::to_string(f.seed) + " " + f.fingerprint + " " + f.cause + " " + to_line(f.result.spec);
  }
  return text;
}

}  // namespace

TEST_CASE("the failures that are kept are first of all those that were expected") {
  Scenario s = defective();
  CampaignOptions options = seeds(40);
  options.keep_failures = 1;
  const Failure first = campaign(s, options).failures.front();
  REQUIRE_FALSE(violates(first.result, "exactly-once"));
  s.expect_violated = "exactly-once";
  const std::string alone = summary(campaign(s, options));
  const Failure expected = campaign(s, options).failures.front();
  CHECK(violates(expected.result, "exactly-once"));
  CHECK(expected.seed > first.seed);
  options.jobs = 3;
  CHECK(summary(campaign(s, options)) == alone);
}

TEST_CASE("a campaign gives the same result on any number of threads") {
  const std::string alone = summary(campaign(defective(), seeds(40, 1)));
  CHECK(summary(campaign(defective(), seeds(40, 2))) == alone);
  CHECK(summary(campaign(defective(), seeds(40, 5))) == alone);
}

TEST_CASE("a clean engine holds under a small storm, and its faults fire") {
  const Scenario s = small_storm();
  const CampaignResult result = campaign(s, seeds(61));
  for (const Failure& failure : result.failures) UNSCOPED_INFO(failure.seed << ": " << failure.cause);
  CHECK(result.violated == 0);
  CHECK(result.seeds == 60);
  CHECK(result.holds + result.inconclusive == 60);
  CHECK(overall(s, result) == Answer::Holds);
  REQUIRE(result.faults.size() == 3);
  for (const FaultTally& tally : result.faults) {
    CAPTURE(sim::name(tally.kind));
    CHECK(tally.planned >= tally.armed);
    CHECK(tally.armed >= tally.fired);
    CHECK(tally.fired >= tally.took_effect);
    CHECK(tally.took_effect > 0);
  }
  CHECK(result.restarts > 0);
  CHECK(result.checkpoints_completed > result.seeds);
  CHECK(result.most_eventful_seed != 0);
}

TEST_CASE("running every seed twice, with others in between, finds no nondeterminism") {
  CampaignOptions options = seeds(31, 2);
  options.check_determinism = true;
  const CampaignResult result = campaign(small_storm(), options);
  CHECK(result.nondeterministic == 0);
  CHECK(result.seeds == 30);
  options.end_seed = 2;
  CHECK(campaign(small_storm(), options).nondeterministic == 0);
}

TEST_CASE("a failure of a campaign names its cause and replays to the same trace hash from its line") {
  const Scenario s = defective();
  CampaignOptions options = seeds(61);
  options.keep_failures = 2;
  const CampaignResult result = campaign(s, options);
  REQUIRE(result.violated > 2);
  REQUIRE(result.failures.size() == 2);
  CHECK(result.failures[0].seed < result.failures[1].seed);
  CHECK(overall(s, result) == Answer::Violated);
  const Failure& failure = result.failures[0];
  const properties::Verdict* verdict = decisive(failure.result);
  REQUIRE(verdict != nullptr);
  CHECK(failure.cause.find(verdict->property + ": ") == 0);
  CHECK(failure.cause.find("defect on purpose: commit-at-pre-commit") != std::string::npos);
  CHECK(failure.fingerprint.find(verdict->property) == 0);

  const JobCatalogue catalogue = JobCatalogue::built_in();
  Runner runner(catalogue);
  const auto spec = parse_run_spec(to_line(failure.result.spec));
  REQUIRE(spec.ok());
  const auto again = runner.run(spec.value());
  REQUIRE(again.ok());
  CHECK(again.value().outcome.trace_hash == failure.result.outcome.trace_hash);
  CHECK(again.value().cause == failure.cause);
}

TEST_CASE("a doubled result of a binary topic is told as the fields of its type") {
  Scenario s = defective();
  s.base.defects = {};
  s.base.defects.add(engine::Defect::NoBlockingDuringAlignment);
  for (const Failure& failure : campaign(s, seeds(41)).failures) {
    for (const properties::Verdict& verdict : failure.result.verdicts) {
      if (verdict.property != "exactly-once" || verdict.answer != Answer::Violated) continue;
      INFO(verdict.details.front());
      CHECK(verdict.details.front().find("{key: ") == 0);
      CHECK(verdict.details.front().find(", amount: ") != std::string::npos);
      return;
    }
  }
  FAIL("no seed doubled a result");
}

TEST_CASE("a scenario that expects a violation holds when some seed shows it") {
  Scenario s = defective();
  const CampaignResult found = campaign(s, seeds(41));
  REQUIRE(!found.failures.empty());
  s.expect_violated = decisive(found.failures[0].result)->property;
  CHECK(overall(s, found) == Answer::Holds);
  CHECK(overall(s, campaign(small_storm(), seeds(3))) == Answer::Violated);
}

TEST_CASE("a run whose planned fault never fires is inconclusive and says so") {
  Scenario s = small_storm();
  s.profile = {};
  sim::Fault never;
  never.duration = std::chrono::milliseconds(1);
  never.trigger.at_event = true;
  never.trigger.event = engine::EventKind::AckSent;
  never.trigger.occurrence = 1'000'000;
  s.explicit_faults = {never};
  const CampaignResult result = campaign(s, seeds(4));
  CHECK(result.inconclusive == 3);
  CHECK(result.failures.empty());
  CHECK(overall(s, result) == Answer::Inconclusive);
  REQUIRE(!result.properties.empty());
  CHECK(result.properties.back().property == "faults-fired");
  CHECK(result.properties.back().inconclusive == 3);
}

TEST_CASE("without faults nothing restarts and everything holds") {
  Scenario s = small_storm();
  s.profile = {};
  const CampaignResult result = campaign(s, seeds(6));
  CHECK(result.holds == 5);
  CHECK(result.restarts == 0);
  CHECK(result.faults.empty());
  CHECK(overall(s, result) == Answer::Holds);
}

TEST_CASE("a campaign that cannot run says why") {
  const JobCatalogue catalogue = JobCatalogue::built_in();
  Scenario s = small_storm();
  const auto why = [&](const CampaignOptions& options) {
    const auto result = run_campaign(catalogue, s, options, {});
    return result.ok() ? std::string("it runs") : result.status().message();
  };
  CHECK(why(seeds(1)).find("the range of seeds is empty") == 0);
  s.base.options.checkpoint.interval = std::chrono::milliseconds(1);
  CHECK(why(seeds(3)) == "checkpoint.interval is 1ms: set it to at least 10ms");
  s.base.job.name = "nothing";
  CHECK(why(seeds(3)).find("unknown job 'nothing'") == 0);
}

TEST_CASE("what a job's own code throws ends the campaign and says what was being run") {
  const auto breakdown = [](const JobCatalogue& catalogue, const std::string& job, const CampaignOptions& options) {
    Scenario s = small_storm();
    s.base.job.name = job;
    s.base.scenario = s.name;
    try {
      (void)run_campaign(catalogue, s, options, {});
    } catch (const RunBreakdown& b) {
      CHECK(b.spec.scenario == "small-storm");
      CHECK(b.spec.job.name == job);
      CHECK(b.spec.world.seed >= options.first_seed);
      CHECK(b.spec.world.seed < options.end_seed);
      return b.doing + ": " + b.why;
    }
    return std::string("nothing was thrown");
  };
  CampaignOptions options = seeds(0x30, 2);
  options.first_seed = 0x2a;
  const JobCatalogue catalogue = test::throwing_jobs();
  CHECK(breakdown(catalogue, "throws-when-built", options) == "building job 'throws-when-built': no plan\nfor this");
  CHECK(breakdown(catalogue, "throws-making-input", options) ==
        "making the input of job 'throws-making-input': out of memory");
  CHECK(breakdown(catalogue, "throws-in-reference", options) ==
        "running job 'throws-in-reference' once without faults, to know its results: something that is no "
        "std::exception");
  JobCatalogue worn;
  worn.add(test::throws_after(300 + 250));  // 300 records: what the reference needs, and most of a run
  CHECK(breakdown(worn, "throws-after", options) == "running a seed: used up");
}

TEST_CASE("a spec whose fault cannot strike is refused") {
  const JobCatalogue catalogue = JobCatalogue::built_in();
  Runner runner(catalogue);
  RunSpec spec = small_storm().base;
  sim::Fault crash;
  crash.task_manager = 3;
  spec.world.faults = {crash};
  const auto result = runner.run(spec);
  REQUIRE(!result.ok());
  CHECK(result.status().message().find("there are 2 TaskManagers") != std::string::npos);
}

TEST_CASE("progress is reported up to the end") {
  std::vector<std::uint64_t> seen;
  const auto progress = [&](std::uint64_t done, std::uint64_t all, std::uint64_t) {
    CHECK(all == 20);
    seen.push_back(done);
  };
  REQUIRE(run_campaign(JobCatalogue::built_in(), small_storm(), seeds(21), progress).ok());
  REQUIRE(seen.size() > 1);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  CHECK(seen.back() == 20);
}

TEST_CASE("the cause names the faults that took effect, and the fingerprint their kinds") {
  RunResult result;
  result.verdicts = {
      {"exactly-once", Answer::Holds, {}, {}, {}},
      {"consistent-cut", Answer::Violated, "a record was sent after and received before the barrier.", {}, {}},
      {"liveness", Answer::Violated, "the job did not end", {}, {}}};
  result.answer = Answer::Violated;
  sim::Fault crash;
  crash.task_manager = 2;
  sim::Fault slow;
  slow.kind = sim::FaultKind::SlowBarrier;
  slow.channel = "map/0->totals/1";
  slow.duration = std::chrono::milliseconds(80);
  result.spec.options.checkpoint.enabled = true;
  result.spec.world.faults = {slow, crash, crash};
  result.outcome.faults.resize(3);
  for (const std::size_t i : {0u, 1u}) result.outcome.faults[i] = {true, true, true, engine::at_ns(350'250'000)};
  CHECK(cause_of(result) ==
        "consistent-cut: a record was sent after and received before the barrier, after a barrier on map/0->totals/1 "
        "came "
        "80ms late (from 350.250ms) and tm-2 crashed (from 350.250ms)");
  CHECK(fingerprint_of(result) == "consistent-cut/crash+slow-barrier");
  result.outcome.faults.assign(3, {});
  CHECK(cause_of(result).find(", without any fault") != std::string::npos);
  CHECK(cause_of(result).find("checkpoints are off") == std::string::npos);
  result.spec.options.checkpoint.enabled = false;
  CHECK(cause_of(result).find("; checkpoints are off, a checkpoint.interval switches them on") != std::string::npos);
  CHECK(fingerprint_of(result) == "consistent-cut");
  result.verdicts.clear();
  CHECK(cause_of(result).empty());
}

}  // namespace weir::scenarios
