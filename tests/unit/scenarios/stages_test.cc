// Runs of several jobs after each other, whole: through world, properties and verdicts.

#include <algorithm>

#include <catch2/catch.hpp>

#include "weir/scenarios/runner.h"

using namespace weir::scenarios;
namespace engine = weir::engine;
namespace sim = weir::sim;
using weir::properties::Answer;

namespace {

RunSpec counting(std::vector<const char*> actions) {
  RunSpec spec;
  spec.job.name = "versioned-count";
  spec.job.records = 400;
  spec.job.keys = 20;
  spec.options.checkpoint.enabled = true;
  spec.options.checkpoint.interval = engine::Duration{20'000'000};
  spec.options.cost.source_record = engine::Duration{500'000};
  for (const char* action : actions) spec.actions.push_back(parse_action(action).value());
  return spec;
}

const JobCatalogue& jobs() {
  static const JobCatalogue catalogue = JobCatalogue::built_in();
  return catalogue;
}

}  // namespace

// RS-4..RS-14 through the whole stack: keyed, operator and source state at every pair of parallelisms.
TEST_CASE("a savepoint taken at p is restored at p' for all p, p' in 1..8: exactly-once and the fold of its prefix") {
  for (const char* backend : {"heap", "rocksdb"}) {
    for (std::uint32_t from = 1; from <= 8; ++from) {
      Runner runner(jobs());
      for (std::uint32_t to = 1; to <= 8; ++to) {
        RunSpec spec = counting({});
        spec.options.backend =
            backend == std::string("heap") ? engine::StateBackendKind::Heap : engine::StateBackendKind::RocksDb;
        spec.job.parallelism = from;
        spec.job.max_parallelism = 128;
        spec.actions.push_back(
            parse_action("rescale(set.job.parallelism=" + std::to_string(to) + ") when checkpoint-completed").value());
        const auto result = runner.run(spec);
        INFO(backend << " " << from << " -> " << to);
        REQUIRE(result.ok());
        INFO(result.value().cause);
        REQUIRE(result.value().answer == Answer::Holds);
        REQUIRE(result.value().outcome.stages.size() == 2);
        REQUIRE(result.value().outcome.stages[1].restored != engine::kNoCheckpoint);
      }
    }
  }
}

TEST_CASE("the same results whatever changes across a savepoint: backend, chaining, version, storage, claim") {
  Runner runner(jobs());
  for (const char* action : {
           "upgrade(set.state.backend=rocksdb) at 60ms",
           "upgrade(set.job.params.chaining=off) at 60ms",
           "upgrade(claim=claim, set.job.params.version=2) at 60ms",
           "upgrade(set.checkpoint.storage=jobmanager) at 60ms",
           "upgrade(format=native, set.cluster.task-managers=1) at 60ms",
       }) {
    const auto result = runner.run(counting({action}));
    INFO(action);
    REQUIRE(result.ok());
    INFO(result.value().cause);
    CHECK(result.value().answer == Answer::Holds);
    CHECK(result.value().outcome.end == sim::RunEnd::JobFinished);
  }
}

TEST_CASE("a job claims what it starts from; one that starts from the beginning has nothing to claim (SP-12)") {
  struct Case {
    const char* action;
    std::uint64_t claimed;
  };
  Runner runner(jobs());
  for (const Case& c : {Case{"restore(claim=claim) at 1ms", 0}, Case{"restore(claim=claim) at 60ms", 1},
                        Case{"restore() at 60ms", 0}}) {
    INFO(c.action);
    RunSpec spec = counting({c.action});
    spec.options.checkpoint.retention = engine::Retention::OnCancellation;
    const auto result = runner.run(spec);
    REQUIRE(result.ok());
    const auto& stages = result.value().outcome.stages;
    REQUIRE(stages.size() == 2);
    const sim::TraceEvent& began = runner.trace().events()[stages[1].first_event];
    REQUIRE(began.kind == sim::WorldEventKind::StageBegan);
    CHECK(began.b == c.claimed);
  }
}

TEST_CASE("a job that cannot start from the savepoint ends the run with the reason (RS-13, ST-18)") {
  Runner runner(jobs());
  const auto result =
      runner.run(counting({"upgrade(set.job.params.version=2) at 40ms", "upgrade(set.job.params.version=1) at 80ms"}));
  REQUIRE(result.ok());
  CHECK(result.value().outcome.stages.size() >= 2);
  CHECK(result.value().answer != Answer::Violated);
}

// SP-3: what the documentation warns of. The job goes on after the savepoint and commits; then one starts from it.
TEST_CASE("a job that starts again from a savepoint older than what was committed commits twice") {
  Runner runner(jobs());
  const auto result = runner.run(counting({"savepoint() at 30ms", "restore(from=savepoint) at 90ms"}));
  REQUIRE(result.ok());
  CHECK(result.value().answer == Answer::Violated);
  const auto& verdicts = result.value().verdicts;
  const auto exactly_once = std::find_if(verdicts.begin(), verdicts.end(),
                                         [](const auto& verdict) { return verdict.property == "exactly-once"; });
  REQUIRE(exactly_once != verdicts.end());
  CHECK(exactly_once->answer == Answer::Violated);
}

TEST_CASE("a run that does not get to its action is inconclusive") {
  Runner runner(jobs());
  const auto result = runner.run(counting({"savepoint() at 1h"}));
  REQUIRE(result.ok());
  CHECK(result.value().answer == Answer::Inconclusive);
  CHECK(result.value().cause.find("'savepoint() at 1h' was not reached") != std::string::npos);
}
