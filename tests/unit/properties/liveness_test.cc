#include "trace_builder.h"

using namespace weir::properties;
namespace engine = weir::engine;
namespace sim = weir::sim;

namespace {

struct Unfinished {
  Story story;
  std::uint32_t calm = 0;
  explicit Unfinished(bool completes_in_calm) {
    story.deploy(1, 0, {0, 0});
    story.checkpoint(1, 1, {2, 1}, 0, 3);
    calm = story.phase(sim::Phase::Calm);
    if (completes_in_calm) story.checkpoint(2, 1, {4, 3}, 3, 6);
  }
};

engine::JobOptions with_restarts(std::uint32_t attempts) {
  engine::JobOptions options;
  options.restart.strategy = engine::RestartStrategy::FixedDelay;
  options.restart.fixed_delay.attempts = attempts;
  return options;
}

Story failed_for_good() {
  Story story;
  story.deploy(1, 0, {0, 0});
  story.fail_over(0);
  story.deploy(2, 0, {0, 0});
  story.job_state(engine::JobState::Failed);
  return story;
}

}  // namespace

TEST_CASE("calm without a completed checkpoint is told, whatever completed in the storm (P10)") {
  Unfinished run(false);
  run.story.trigger(2);
  run.story.coordinator(EventKind::CheckpointAborted,
                        static_cast<std::uint32_t>(engine::AbortReason::CheckpointExpired), 2);
  engine::JobOptions tolerant;
  tolerant.checkpoint.tolerable_failures = 1;
  const Judged judged(run.story, sim::RunEnd::OutOfTime, tolerant);
  judged.only("liveness");
  const Verdict& v = judged["liveness"];
  CHECK(v.reason ==
        "no checkpoint completed from calm to the end of the drain; 1 checkpoint aborted, the last one (2) with "
        "CHECKPOINT_EXPIRED");
  CHECK(v.witnesses == Indices{run.calm, run.story.find(EventKind::CheckpointAborted, "", 2)});
}

TEST_CASE("a job that does not finish before the end of the drain is told (P4, CO-55)") {
  Unfinished run(true);
  const Judged judged(run.story, sim::RunEnd::OutOfTime);
  judged.only("liveness");
  const Verdict& v = judged["liveness"];
  CHECK(v.reason == "the job did not finish before the end of the drain, though 1 checkpoint completed in calm");
  CHECK(v.witnesses == Indices{run.calm, run.story.find(EventKind::CheckpointCompleted, "", 2)});
}

TEST_CASE("a job that finishes is live, also before calm") {
  Story story;
  story.deploy(1, 0, {0, 0});
  story.checkpoint(1, 1, {6, 4}, 0, 1000);
  story.finish(1);
  CHECK(Judged(story)["liveness"].answer == Answer::Holds);
}

TEST_CASE("a job whose restarts are used up is explained, not held against it") {
  const Story story = failed_for_good();
  const Judged judged(story, sim::RunEnd::JobFailed, with_restarts(1));
  const Verdict& v = judged["liveness"];
  CHECK(v.answer == Answer::Inconclusive);
  CHECK(v.reason == "the job failed for good because its restart strategy allows no more than 1 restart");
  CHECK(overall(judged.all()) == Answer::Inconclusive);
}

TEST_CASE("a job that fails for good with restarts left is told") {
  const Judged judged(failed_for_good(), sim::RunEnd::JobFailed, with_restarts(3));
  judged.only("liveness");
  CHECK(judged["liveness"].reason ==
        "the job failed for good after 1 restart, though its restart strategy allows another");
  CHECK(judged["liveness"].witnesses.size() == 2);
}

namespace {

engine::JobOptions with_strategy(engine::RestartStrategy strategy) {
  engine::JobOptions options;
  options.restart.strategy = strategy;
  return options;
}
std::string reason_of(const engine::JobOptions& options, Answer answer = Answer::Inconclusive) {
  const Judged judged(failed_for_good(), sim::RunEnd::JobFailed, options);
  CHECK(judged["liveness"].answer == answer);
  return judged["liveness"].reason;
}
const std::string kBecause = "the job failed for good because its restart strategy ";

}  // namespace

TEST_CASE("a job that fails for good because of its strategy is explained by it (8.2)") {
  using engine::RestartStrategy;
  CHECK(reason_of(with_strategy(RestartStrategy::None)) == kBecause + "is none");
  CHECK(reason_of(with_strategy(RestartStrategy::Default)) == kBecause + "is none, the default without checkpoints");
  CHECK(reason_of(with_strategy(RestartStrategy::FailureRate)) ==
        kBecause + "allows no more than 1 failure within 1min");
  engine::JobOptions exponential = with_strategy(RestartStrategy::ExponentialDelay);
  exponential.restart.exponential_delay.attempts_before_reset_backoff = 1;
  CHECK(reason_of(exponential) == kBecause + "allows no more than 1 restart until the job has run for 1h");
}

TEST_CASE("a job that its strategy would have restarted again is told (8.2)") {
  using engine::RestartStrategy;
  const std::string told = "the job failed for good after 1 restart, though its restart strategy allows another";
  CHECK(reason_of(with_strategy(RestartStrategy::ExponentialDelay), Answer::Violated) == told);
  engine::JobOptions rate = with_strategy(RestartStrategy::FailureRate);
  SECTION("more failures are allowed") { rate.restart.failure_rate.max_failures_per_interval = 2; }
  SECTION("they did not come close together") { rate.restart.failure_rate.interval = std::chrono::nanoseconds(1); }
  CHECK(reason_of(rate, Answer::Violated) == told);
  engine::JobOptions reset = with_strategy(RestartStrategy::ExponentialDelay);
  reset.restart.exponential_delay.attempts_before_reset_backoff = 1;
  reset.restart.exponential_delay.reset_backoff_threshold = std::chrono::nanoseconds(1);
  CHECK(reason_of(reset, Answer::Violated) == told);
}

TEST_CASE("a failed assertion ends the run as a violation of its own") {
  const Story story = clean_story();
  PropertySuite suite;
  sim::Trace trace;
  trace.clear(1);
  suite.begin({word_job().graph, {}}, {}, word_job().reference);
  story.play(suite, trace);
  sim::RunOutcome outcome;
  outcome.end = sim::RunEnd::InvariantViolated;
  outcome.invariant =
      engine::InvariantViolation{"credits > 0", "a segment was sent without credit", "/a/b/output.cc", 12};
  const std::vector<Verdict> verdicts = suite.judge(outcome, trace);
  const Verdict& v = verdicts.back();
  CHECK(v.property == "engine-invariant");
  CHECK(v.answer == Answer::Violated);
  CHECK(v.reason == "an assertion of the engine failed: a segment was sent without credit");
  CHECK(v.details == std::vector<std::string>{"credits > 0 at output.cc:12"});
  CHECK(v.witnesses == Indices{static_cast<std::uint32_t>(story.size() - 1)});
}
