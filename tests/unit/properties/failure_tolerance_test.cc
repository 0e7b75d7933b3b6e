#include "trace_builder.h"

using namespace weir::properties;
namespace engine = weir::engine;
namespace sim = weir::sim;

namespace {

using engine::AbortReason;
using engine::CheckpointKind;

engine::JobOptions tolerating(std::uint32_t failures) {
  engine::JobOptions options;
  options.checkpoint.tolerable_failures = failures;
  return options;
}

struct Failing {
  Failing() { story.deploy(1, 0, {0, 0}); }
  std::uint32_t fail(std::uint64_t id, AbortReason reason = AbortReason::CheckpointExpired,
                     CheckpointKind kind = CheckpointKind::Periodic) {
    story.pause();
    story.coordinator(EventKind::CheckpointTriggered, static_cast<std::uint32_t>(kind), id, 6);
    story.pause();
    return story.coordinator(EventKind::CheckpointAborted, static_cast<std::uint32_t>(reason), id);
  }
  // `attempt` declines before it is aborted.
  std::uint32_t decline(std::uint64_t id, std::uint32_t attempt, CheckpointKind kind) {
    story.pause();
    story.coordinator(EventKind::CheckpointTriggered, static_cast<std::uint32_t>(kind), id, 6);
    story.pause();
    const auto reason = static_cast<std::uint32_t>(AbortReason::CheckpointAsyncException);
    story.coordinator(EventKind::DeclineReceived, attempt, id, std::uint64_t{reason} << 32 | 0);
    return story.coordinator(EventKind::CheckpointAborted, reason, id);
  }
  std::uint32_t restart() { return story.job_state(engine::JobState::Restarting); }
  Verdict verdict(std::uint32_t tolerable) const {
    return Judged(story, sim::RunEnd::OutOfTime, tolerating(tolerable))["failure-tolerance"];
  }
  Story story;
};

}  // namespace

TEST_CASE("a job that fails with one failed checkpoint more than it tolerates does what it must (P22, CO-38)") {
  Failing run;
  run.fail(1);
  run.fail(2);
  run.fail(3);
  run.restart();
  CHECK(run.verdict(2).answer == Answer::Holds);
}

TEST_CASE("a job that fails with fewer failed checkpoints is told (P22, CO-38)") {
  Failing run;
  run.fail(1);
  const std::uint32_t last = run.fail(2);
  const std::uint32_t restart = run.restart();
  const Verdict v = run.verdict(2);
  CHECK(v.answer == Answer::Violated);
  CHECK(v.reason == "the job failed after 2 failed checkpoints in a row, though it tolerates 2");
  CHECK(v.witnesses == Indices{last, restart});
}

TEST_CASE("a job that goes on after too many failed checkpoints is told (P22, CO-38)") {
  Failing run;
  run.fail(1);
  const std::uint32_t last = run.fail(2);
  SECTION("it does nothing") {}
  SECTION("it fails later, of something else") {
    run.story.pause();
    run.restart();
  }
  const Verdict v = run.verdict(1);
  CHECK(v.reason == "the job went on after 2 failed checkpoints in a row, though it tolerates 1");
  CHECK(v.witnesses == Indices{last});
}

TEST_CASE("a success ends the row, and so does a failure of the job (CO-38)") {
  Failing run;
  run.fail(1);
  SECTION("success") {
    run.story.checkpoint(2, 1, {2, 1}, 0, 3);
    run.fail(3);
  }
  SECTION("failure") {
    run.fail(2);
    run.restart();
    run.fail(3);
  }
  CHECK(run.verdict(1).answer == Answer::Holds);
}

TEST_CASE("reasons of the protocol, and savepoints that nobody declined, do not count (CO-37, CO-40)") {
  Failing run;
  run.fail(1, AbortReason::CheckpointSubsumed);
  run.fail(2, AbortReason::CheckpointExpired, CheckpointKind::Savepoint);
  CHECK(run.verdict(0).answer == Answer::Holds);
  run.decline(3, 1, CheckpointKind::Savepoint);
  CHECK(run.verdict(0).reason == "the job went on after 1 failed checkpoint in a row, though it tolerates 0");
}

TEST_CASE("an attempt that is not the current one fails no job (CO-39)") {
  Failing run;
  run.decline(1, 7, CheckpointKind::Periodic);
  CHECK(run.verdict(0).answer == Answer::Holds);
}

TEST_CASE("a job that is to end with a savepoint may fail with it at once (CO-40)") {
  Failing run;
  run.fail(1, AbortReason::CheckpointDeclinedTaskClosing, CheckpointKind::SuspendSavepoint);
  run.restart();
  CHECK(run.verdict(5).answer == Answer::Holds);
}
