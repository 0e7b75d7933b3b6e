#include <catch2/catch.hpp>

#include "loaded_text.h"
#include "weir/scenarios/scenario.h"

namespace weir::scenarios {
namespace {

using namespace std::chrono_literals;
using test::kJob;
using test::load;
using test::loaded;
using test::problem;

const std::string kFlink = kJob + "[flink]\n";  // four lines

using Lines = std::vector<std::string>;

// The suite's scenario flink-keys in weir's own words.
constexpr std::string_view kOwnWords = R"(
[scenario]
name = "flink-keys"
summary = "a job configured by Flink's own keys, under all kinds of faults"
[job]
name = "keyed-count"
parallelism = 2
max-parallelism = 16
records = 1500
keys = 60
[state]
backend = "rocksdb"
local-recovery = true
[checkpoint]
interval = "40ms"
mode = "exactly-once"
timeout = "150ms"
min-pause = "5ms"
max-concurrent = 2
tolerable-failures = 1000
num-retained = 2
retention = "on-cancellation"
storage = "filesystem"
data-inline-threshold = 64
incremental = true
file-merging = true
file-merging-max-size = 2048
file-merging-max-amplification = 150
file-merging-across-checkpoints = true
[restart]
strategy = "fixed-delay"
attempts = 2147483647
delay = "50ms"
[cluster]
slots = 2
[network]
segment-size = 1024
records-per-segment = 4
[cost]
source-record = "2ms"
[rpc]
deploy-timeout = "5s"
[world]
storage-latency = "5ms..60ms"
storm = "2s"
drain = "60s"
[faults]
crash = true
lose-messages = true
slow-barrier = true
max = 4
)";

}  // namespace

TEST_CASE("a scenario in Flink's words is the same run as the one in weir's") {
  const LoadResult flink = load_scenario(WEIR_SOURCE_DIR "/scenarios/suites/flink-keys.toml", JobCatalogue::built_in());
  REQUIRE(flink.problems.empty());
  CHECK(flink.warnings.empty());
  REQUIRE(flink.scenarios.size() == 1);
  const Scenario& s = flink.scenarios.front();
  Scenario own = loaded(std::string(kOwnWords));
  CHECK(to_text(s.base) == to_text(own.base));
  CHECK(s.base == own.base);
  CHECK(s.profile == own.profile);
  const auto job = JobCatalogue::built_in().resolve(own.base.job);
  REQUIRE(job.ok());
  CHECK(spec_for_seed(s, *job.value().graph, 7) == spec_for_seed(own, *job.value().graph, 7));
}

TEST_CASE("Flink's keys may be written in quotes, with dots, or below tables of their own") {
  for (const std::string text :
       {"\"execution.checkpointing.interval\" = \"10 s\"\n\"state.backend.type\" = \"rocksdb\"\n",
        "execution.checkpointing.interval = \"10s\"\nstate.backend.type = \"ROCKSDB\"\n",
        "execution.checkpointing.interval = 10000\nstate.backend.type = \"rocksdb\"\n",
        "[flink.execution.checkpointing]\ninterval = \"10000\"\n[flink.state.backend]\ntype = "
        "\"rocksdb\"\n"}) {
    CAPTURE(text);
    const Scenario s = loaded(kFlink + text);
    CHECK(s.base.options.checkpoint.enabled);
    CHECK(s.base.options.checkpoint.interval == 10s);
    CHECK(s.base.options.backend == engine::StateBackendKind::RocksDb);
  }
}

TEST_CASE("what became of each of Flink's keys is noted") {
  const LoadResult result = load(kFlink +
                                 "execution.checkpointing.interval = \"10 s\"\n"
                                 "execution.checkpointing.file-merging.max-space-amplification = 2.50\n"
                                 "execution.checkpointing.dir = \"s3://a\"\n"
                                 "execution.checkpointing.unaligned.forced = false\n");
  CHECK(result.problems.empty());
  CHECK(
      result.notes ==
      Lines{"x.toml:5:25: execution.checkpointing.interval = 10 s is checkpoint.interval = 10s",
            "x.toml:6:38: execution.checkpointing.file-merging.max-space-amplification = 2.5 is "
            "checkpoint.file-merging-max-amplification = 250",
            "x.toml:7:25: execution.checkpointing.dir = s3://a changes nothing: checkpoint storage is simulated; say "
            "where by execution.checkpointing.storage",
            "x.toml:8:35: execution.checkpointing.unaligned.forced = false changes nothing: there are no iterations or "
            "partitioners of one's own"});
}

TEST_CASE("an old name is what its present name is, with a warning") {
  const LoadResult result = load(kFlink +
                                 "\"state.backend\" = \"rocksdb\"\n\"state.backend.incremental\" = true\n"
                                 "\"restart-strategy\" = \"fixeddelay\"\n");
  CHECK(result.problems.empty());
  REQUIRE(result.scenarios.size() == 1);
  CHECK(result.scenarios.front().base.options.backend == engine::StateBackendKind::RocksDb);
  CHECK(result.scenarios.front().base.options.checkpoint.incremental);
  CHECK(
      result.warnings ==
      Lines{"x.toml:5:1: warning: 'state.backend' is an old name of 'state.backend.type'",
            "x.toml:6:1: warning: 'state.backend.incremental' is an old name of 'execution.checkpointing.incremental'",
            "x.toml:7:1: warning: 'restart-strategy' is an old name of 'restart-strategy.type'"});
}

TEST_CASE("keys of which one goes on below the other want quotes, and the message says so") {
  const std::string remedy =
      "; put keys of which one goes on below the other in quotes, e.g. \"state.backend\" = \"rocksdb\"";
  for (const std::string text : {"state.backend = \"rocksdb\"\nstate.backend.incremental = true\n",
                                 "state.backend.incremental = true\nstate.backend = \"rocksdb\"\n"}) {
    const std::string told = problem(kFlink + text);
    CAPTURE(told);
    CHECK(told.find("x.toml:6:") == 0);
    CHECK(told.find(remedy) != std::string::npos);
  }
  CHECK(problem(kJob + "name = \"x\"\n").find(remedy) == std::string::npos);
  CHECK(problem(kJob + "[job]\n").find(remedy) == std::string::npos);
}

TEST_CASE("an unknown key below flink is refused with place and suggestion") {
  CHECK(problem(kFlink + "execution.checkpointing.intervall = \"1 s\"\n") ==
        "x.toml:5:25: unknown Flink key 'execution.checkpointing.intervall'; did you mean "
        "'execution.checkpointing.interval'?");
  CHECK(problem(kFlink + "\"state.backnd\" = \"rocksdb\"\n") ==
        "x.toml:5:1: unknown Flink key 'state.backnd'; did you mean 'state.backend'?");
  CHECK(problem(kFlink + "checkpoint.interval = \"1s\"\n") ==
        "x.toml:5:12: unknown Flink key 'checkpoint.interval': it is weir's own and stands outside of [flink]");
  CHECK(problem(kFlink + "xyzzy = 1\n") == "x.toml:5:1: unknown Flink key 'xyzzy'");
}

TEST_CASE("a key that is not modelled is refused with its reason") {
  CHECK(problem(kFlink + "execution.checkpointing.write-buffer-size = 4096\n") ==
        "x.toml:5:25: 'execution.checkpointing.write-buffer-size' is not modelled: writes are not buffered");
  CHECK(problem(kFlink + "execution.checkpointing.unaligned.forced = true\n") ==
        "x.toml:5:44: execution.checkpointing.unaligned.forced: 'true' is not modelled, only 'false' is: there are no "
        "iterations or partitioners of one's own");
  CHECK(problem(kFlink + "taskmanager.memory.process.size = \"1g\"\n").find("is not modelled: memory is not limited") !=
        std::string::npos);
}

TEST_CASE("a wrong value below flink is refused with place and what is allowed") {
  CHECK(problem(kFlink + "execution.checkpointing.interval = \"soon\"\n") ==
        "x.toml:5:36: execution.checkpointing.interval: expected a duration such as \"10 s\", \"500 ms\" or \"1 min\", "
        "not 'soon'");
  CHECK(problem(kFlink + "execution.checkpointing.interval = \"1 ms\"\n") ==
        "x.toml:5:36: execution.checkpointing.interval (checkpoint.interval): '1ms' is impossible: expected a duration "
        "from 10ms to 480h");
  CHECK(problem(kFlink + "state.backend.type = \"forst\"\n") ==
        "x.toml:5:22: state.backend.type: expected one of hashmap, rocksdb, not 'forst'");
  CHECK(problem(kFlink + "execution.checkpointing.externalized-checkpoint-retention = \"RETAIN\"\n")
            .find("expected one of NO_EXTERNALIZED_CHECKPOINTS, DELETE_ON_CANCELLATION, RETAIN_ON_CANCELLATION, not "
                  "'RETAIN'") != std::string::npos);
  CHECK(problem(kFlink + "execution.checkpointing.incremental = [true]\n") ==
        "x.toml:5:39: execution.checkpointing.incremental: expected a single value, not a list");
  CHECK(problem(kFlink + "restart-strategy.type = \"sometimes\"\n").find("expected one of exponential-delay") !=
        std::string::npos);
  CHECK(problem(kFlink + "execution.checkpointing.data-inline-threshold = \"2 mb\"\n")
            .find("(checkpoint.data-inline-threshold): '2097152' is impossible") != std::string::npos);
  CHECK(problem("flink = 3\n" + kJob) == "x.toml:1:9: 'flink' is a section: write [flink] and Flink's keys below it");
  CHECK(load(kJob + "[[flink]]\nparallelism.default = 2\n").problems.front() ==
        "x.toml:4:1: Flink's keys stand below one [flink], with single brackets");
}

TEST_CASE("a setting that is given twice is refused with both places") {
  CHECK(problem(kFlink + "execution.checkpointing.interval = \"1 s\"\n[checkpoint]\ninterval = \"1s\"\n") ==
        "x.toml:5:25: 'execution.checkpointing.interval' is checkpoint.interval, which is also given at x.toml:7:1; "
        "remove one of the two");
  CHECK(problem(kFlink + "parallelism.default = 2\n") ==
        "x.toml:5:13: 'parallelism.default' is job.parallelism, which is also given at x.toml:3:1; remove one of the "
        "two");
  const std::string incremental = "\"state.backend.incremental\" = true\n";
  CHECK(
      problem(kFlink + "execution.checkpointing.incremental = true\n" + incremental) ==
      "x.toml:6:1: 'state.backend.incremental' is also given at x.toml:5:25 as 'execution.checkpointing.incremental'; "
      "remove one of the two");
  CHECK(problem(kFlink + "state.backend.type = \"hashmap\"\n\"state.backend.type\" = \"hashmap\"\n") ==
        "x.toml:6:1: 'state.backend.type' is also given at x.toml:5:15; remove one of the two");
}

TEST_CASE("a directory for checkpoints that the JobManager keeps is refused, however that is said") {
  const std::string directory = "\"execution.checkpointing.dir\" = \"s3://a\"\n";
  CHECK(problem(kFlink + directory + "execution.checkpointing.storage = \"jobmanager\"\n") ==
        "x.toml:5:1: 'execution.checkpointing.dir' is not modelled: checkpoints that the JobManager keeps "
        "(x.toml:6:35) have no files; remove one of the two");
  CHECK(problem(kFlink + directory + "[checkpoint]\nstorage = \"jobmanager\"\n").find("x.toml:5:1: ") == 0);
}

TEST_CASE("what does not fit together is found at the place of Flink's key") {
  CHECK(problem(kFlink + "execution.checkpointing.incremental = true\n")
            .find("x.toml:5:39: checkpoint.incremental is true, and the heap backend has no files to share") == 0);
}

TEST_CASE("sweeps, assignments and changes name keys of weir, and replace what Flink's keys said") {
  const std::string hashmap = "state.backend.type = \"hashmap\"\n";
  CHECK(loaded(kFlink + hashmap, {"state.backend=rocksdb"}).base.options.backend == engine::StateBackendKind::RocksDb);
  CHECK(load(kFlink + hashmap + "[matrix]\nstate.backend = [\"heap\", \"rocksdb\"]\n").scenarios.size() == 2);
  CHECK(load(kFlink + hashmap, {"flink.state.backend.type=rocksdb"}).problems ==
        Lines{"--set: 'flink.state.backend.type' cannot be set here: Flink's keys stand below [flink] only; write "
              "state.backend"});
  CHECK(problem(kJob + "[matrix]\nflink.pekko.ask.timeout = [\"1 s\"]\n").find("write rpc.deploy-timeout") !=
        std::string::npos);
  CHECK(problem(kJob + "[[action]]\ndo = \"upgrade\"\nat = \"1s\"\nset = { flink.state.backend.type = \"rocksdb\" }\n")
            .find("'flink.state.backend.type' cannot change from one job of a run to the next") != std::string::npos);
}

TEST_CASE("all problems below flink are reported at once") {
  const LoadResult result =
      load(kFlink +
           "execution.checkpointing.write-buffer-size = 1\nexecution.checkpointing.timeout = \"x\"\nxyzzy = 1\n"
           "[checkpoint]\nmax-concurrent = 0\n");
  CHECK(result.problems.size() == 4);
  CHECK(result.scenarios.empty());
}

}  // namespace weir::scenarios
