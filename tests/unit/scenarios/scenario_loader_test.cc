#include <catch2/catch.hpp>

#include "loaded_text.h"
#include "temporary_directory.h"
#include "weir/scenarios/keys.h"
#include "weir/scenarios/scenario.h"

namespace weir::scenarios {
namespace {

using namespace std::chrono_literals;
using test::kJob;
using test::load;
using test::loaded;
using test::problem;
using test::TemporaryDirectory;

std::string fault(const std::string& body) { return kJob + "[[fault]]\n" + body; }

}  // namespace

TEST_CASE("a scenario file sets what it names and leaves the rest at the defaults") {
  const Scenario s = loaded(R"(
[scenario]
name = "storm over totals"
summary = "everything at once"
seeds = 50
expect = "exactly-once"
defects = ["ack-before-durable"]
[job]
name = "keyed-count"
parallelism = 4
max-parallelism = 16
records = 400
keys = 7
workload-seed = "0xffffffffffffffff"
[state]
backend = "rocksdb"
[checkpoint]
interval = "100ms"
timeout = "300ms"
min-pause = "5ms"
max-concurrent = 2
tolerable-failures = 9
mode = "exactly-once"
[restart]
strategy = "fixed-delay"
attempts = 20
delay = "50ms"
[cluster]
task-managers = 3
slots = 2
[network]
records-per-segment = 8
[cost]
source-record = "1ms"
[world]
storm = "2s"
drain = "20s"
schedule = "fifo"
data-latency = "10us..20us"
[faults]
crash = true
lose-messages = true
slow-barrier = false
max = 3
)");
  CHECK(s.name == "storm over totals");
  CHECK(s.seeds == 50);
  CHECK(s.expect_violated == "exactly-once");
  CHECK(s.base.scenario == "storm over totals");
  CHECK(s.base.defects.has(engine::Defect::AckBeforeDurable));
  CHECK(s.base.job.parallelism == 4);
  CHECK(s.base.job.max_parallelism == 16);
  CHECK(s.base.job.keys == 7);
  CHECK(s.base.job.workload_seed == 0xFFFF'FFFF'FFFF'FFFF);
  CHECK(s.base.options.backend == engine::StateBackendKind::RocksDb);
  CHECK(s.base.options.checkpoint.enabled);
  CHECK(s.base.options.checkpoint.interval == 100ms);
  CHECK(s.base.options.checkpoint.max_concurrent == 2);
  CHECK(s.base.options.restart.fixed_delay.attempts == 20);
  CHECK(s.base.options.cluster.slots == 2);
  CHECK(s.base.options.network.records_per_segment == 8);
  CHECK(s.base.options.network.segment_size == engine::NetworkOptions{}.segment_size);
  CHECK(s.base.options.cost.source_record == 1ms);
  CHECK(s.base.world.schedule == sim::SchedulePolicy::Fifo);
  CHECK(s.base.world.data == sim::LatencyRange{10us, 20us});
  CHECK(s.profile == sim::FaultProfile{true, true, false, 3});
}

TEST_CASE("what a job's author set is the default of its scenarios, and the file overrides it") {
  const Scenario plain = loaded("[job]\nname = \"article\"\n");
  CHECK(plain.name == "x");
  CHECK(plain.base.options.checkpoint.enabled);
  CHECK(plain.base.options.checkpoint.interval == 5s);
  const Scenario quick = loaded("[job]\nname = \"article\"\n[checkpoint]\ninterval = \"1s\"\n");
  CHECK(quick.base.options.checkpoint.interval == 1s);
}

TEST_CASE("explicit faults are read in order, from structured keys and from their text") {
  const Scenario s = loaded(kJob + R"([[fault]]
kind = "crash"
task-manager = 2
at = "350ms"
[[fault]]
kind = "lose-messages"
message = "acknowledge-checkpoint"
subtask = "totals/0"
checkpoint = 2
count = 3
when = { event = "ack-sent", actor = "totals/0", checkpoint = 2, occurrence = 1 }
[[fault]]
text = "slow-barrier(channel=map/0->totals/1, delay=80ms, count=1) when checkpoint-triggered checkpoint=2"
)");
  REQUIRE(s.explicit_faults.size() == 3);
  CHECK(sim::to_text(s.explicit_faults[0]) == "crash(tm=2, restart=1s) at 350ms");
  CHECK(sim::to_text(s.explicit_faults[1]) ==
        "lose-messages(kind=acknowledge-checkpoint, subtask=totals/0, checkpoint=2, count=3) when ack-sent "
        "actor=totals/0 "
        "checkpoint=2");
  CHECK(sim::to_text(s.explicit_faults[2]) ==
        "slow-barrier(channel=map/0->totals/1, delay=80ms, count=1) when checkpoint-triggered checkpoint=2");
}

TEST_CASE("a letter of another alphabet in the place of a key is a problem with its place") {
  CHECK(problem("[\xC3\x97job]\n").find(":1:2: not valid TOML: ") != std::string::npos);
  CHECK(problem("[job \xD1\x88]\n").find(":1:6: not valid TOML: ") != std::string::npos);
  CHECK(problem("a = 1 \xC3\xA9\n").find(":1:7: not valid TOML: ") != std::string::npos);
}

TEST_CASE("a matrix is the cross product in the order of the file, the last key turning fastest") {
  const std::string text = kJob +
                           "[scenario]\nname = \"m\"\n[matrix]\nstate.backend = [\"heap\", \"rocksdb\"]\n"
                           "cluster.task-managers = [1, 2]\n";
  const LoadResult result = load(text);
  REQUIRE(result.problems.empty());
  REQUIRE(result.scenarios.size() == 4);
  CHECK(result.scenarios[0].name == "m [state.backend=heap, cluster.task-managers=1]");
  CHECK(result.scenarios[1].name == "m [state.backend=heap, cluster.task-managers=2]");
  CHECK(result.scenarios[3].name == "m [state.backend=rocksdb, cluster.task-managers=2]");
  CHECK(result.scenarios[3].base.options.backend == engine::StateBackendKind::RocksDb);
  CHECK(result.scenarios[3].base.options.cluster.task_managers == 2);
  CHECK(result.scenarios[3].base.scenario == result.scenarios[3].name);
}

TEST_CASE("a matrix may sweep a key of a fault") {
  const LoadResult result =
      load(fault("kind = \"crash\"\ntask-manager = 1\nwhen = { event = \"ack-sent\" }\n[matrix]\n"
                 "fault.0.when.checkpoint = [1, 2, 3]\n"));
  REQUIRE(result.problems.empty());
  REQUIRE(result.scenarios.size() == 3);
  CHECK(result.scenarios[2].explicit_faults.at(0).trigger.checkpoint == engine::CheckpointId{3});
}

TEST_CASE("an assignment replaces what the file says and ends a sweep over the same key") {
  const std::string text = kJob + "[matrix]\nstate.backend = [\"heap\", \"rocksdb\"]\n";
  const Scenario s = loaded(text, {"state.backend=rocksdb", "job.records = 17", "checkpoint.interval=2s"});
  CHECK(s.name == "x");
  CHECK(s.base.options.backend == engine::StateBackendKind::RocksDb);
  CHECK(s.base.job.records == 17);
  CHECK(s.base.options.checkpoint.interval == 2s);
  CHECK(load(text, {"job.record=17"}).problems ==
        std::vector<std::string>{"--set: unknown key 'job.record'; did you mean 'job.records'?"});
  CHECK(load(text, {"nonsense"}).problems ==
        std::vector<std::string>{"--set 'nonsense': expected key=value, e.g. --set job.parallelism=2"});
}

TEST_CASE("malformed TOML is refused with its place") {
  CHECK(problem("[job\nname = 1\n").find("x.toml:1:5: not valid TOML: ") == 0);
  CHECK(problem("[job]\nname = \"a\"\nname = \"b\"\n").find("x.toml:3:") == 0);
}

TEST_CASE("unknown keys and sections are refused with place and suggestion") {
  CHECK(problem(kJob + "[checkpoint]\ninterwal = \"1s\"\n") ==
        "x.toml:5:1: unknown key 'checkpoint.interwal'; did you mean 'checkpoint.interval'?");
  CHECK(problem(kJob + "[chekpoint]\ninterval = \"1s\"\n") ==
        "x.toml:4:2: unknown section 'chekpoint'; did you mean 'checkpoint'?");
  CHECK(problem(kJob + "[cluster]\nparallelism = 2\n") ==
        "x.toml:5:1: unknown key 'cluster.parallelism'; did you mean 'job.parallelism'?");
  CHECK(problem("seeds = 5\n" + kJob) == "x.toml:1:1: unknown key 'seeds'; did you mean 'scenario.seeds'?");
  CHECK(problem(kJob + "[world]\nseed = 5\n") ==
        "x.toml:5:1: 'world.seed' differs from seed to seed; choose seeds with scenario.seeds or on the command line");
  CHECK(load("job = 3\n").problems.front() == "x.toml:1:7: 'job' is a section: write [job] and its keys below it");
  CHECK(problem(kJob + "[matrix]\nstate.backnd = [\"heap\"]\n") ==
        "x.toml:5:17: unknown key 'state.backnd'; did you mean 'state.backend'?");
}

TEST_CASE("values of the wrong kind or unit are refused with place and remedy") {
  CHECK(problem(kJob + "[checkpoint]\ninterval = 500\n") ==
        "x.toml:5:12: checkpoint.interval: a duration needs a unit and quotes, e.g. \"500ms\", not an integer (500)");
  CHECK(
      problem(kJob + "[checkpoint]\ninterval = \"500\"\n") ==
      "x.toml:5:12: checkpoint.interval: '500' is not a duration: the unit is missing; write e.g. 500ms, 2s or 10min");
  CHECK(problem(kJob + "[checkpoint]\ninterval = \"5 parsecs\"\n")
            .find("x.toml:5:12: checkpoint.interval: '5 parsecs' is not") == 0);
  CHECK(problem(kJob + "[cluster]\ntask-managers = \"2\"\n") ==
        "x.toml:5:17: cluster.task-managers: expected an integer from 1 to 900, not text (2)");
  CHECK(problem(kJob + "[faults]\ncrash = 1\n") ==
        "x.toml:5:9: faults.crash: expected true or false, not an integer (1)");
  CHECK(problem(kJob + "[scenario]\ndefects = [3]\n") ==
        "x.toml:5:12: scenario.defects: expected text in quotes, not an integer (3)");
  CHECK(problem(kJob + "[matrix]\nstate.backend = \"heap\"\n") ==
        "x.toml:5:17: matrix.state.backend: expected a list of values, e.g. state.backend = [\"heap\", \"rocksdb\"]");
}

TEST_CASE("impossible values are refused with place and remedy") {
  CHECK(problem(kJob + "[checkpoint]\nmax-concurrent = 0\n") ==
        "x.toml:5:18: checkpoint.max-concurrent: '0' is impossible: expected an integer from 1 to 1000");
  CHECK(problem(kJob + "[checkpoint]\ninterval = \"1ms\"\n") ==
        "x.toml:5:12: checkpoint.interval: '1ms' is impossible: expected a duration from 10ms to 480h");
  CHECK(problem("[job]\nname = \"keyed-count\"\nparallelism = 8\nmax-parallelism = 4\n") ==
        "x.toml:3:15: job.parallelism: 8 is above job.max-parallelism 4; lower it, or raise the maximum");
  CHECK(problem(kJob + "[cluster]\ntask-managers = 1\nslots = 1\n") ==
        "x.toml:6:9: cluster.slots is 1: 1 task managers offer 1 slots and the job needs 2; raise cluster.slots or "
        "cluster.task-managers, lower the parallelism, or set cluster.slots to 0");
  CHECK(problem(kJob + "[state]\nbackend = \"rocks\"\n") ==
        "x.toml:5:11: state.backend: 'rocks' is not known here; did you mean 'rocksdb'?");
  CHECK(problem(kJob + "[restart]\nstrategy = \"hope\"\n") ==
        "x.toml:5:12: restart.strategy: 'hope' is not known here; known: default, exponential-delay, fixed-delay, "
        "failure-rate, none");
  CHECK(problem(kJob + "[scenario]\nexpect = \"exactly-one\"\n") ==
        "x.toml:5:10: scenario.expect: no property is called 'exactly-one'; did you mean 'exactly-once'?");
  CHECK(problem(kJob + "[scenario]\ndefects = [\"ack-before-durabel\"]\n") ==
        "x.toml:5:12: no defect is called 'ack-before-durabel'; did you mean 'ack-before-durable'?");
  CHECK(problem(kJob + "[scenario]\nseeds = 0\n").find("x.toml:5:9: scenario.seeds: '0' is impossible") == 0);
}

namespace {

engine::RestartOptions restart_of(const std::string& keys) {
  return loaded(kJob + "[checkpoint]\ninterval = \"50ms\"\n[restart]\n" + keys).base.options.restart;
}

}  // namespace

TEST_CASE("the keys of a restart strategy choose it, unless one is named (8.2, CO-3)") {
  using engine::RestartStrategy;
  CHECK(loaded(kJob).base.options.restart == engine::RestartOptions{});
  CHECK(restart_of("").strategy == RestartStrategy::Default);

  const engine::RestartOptions by_delay = restart_of("delay = \"50ms\"\n");
  CHECK(by_delay.strategy == RestartStrategy::FixedDelay);
  CHECK(by_delay.fixed_delay == engine::FixedDelayOptions{engine::kUnlimitedRestarts, 50ms});
  const engine::RestartOptions by_attempts = restart_of("attempts = 3\n");
  CHECK(by_attempts.strategy == RestartStrategy::FixedDelay);
  CHECK(by_attempts.fixed_delay == engine::FixedDelayOptions{3, 1s});
  const engine::RestartOptions named = restart_of("strategy = \"fixed-delay\"\ndelay = \"50ms\"\n");
  CHECK(named.fixed_delay == engine::FixedDelayOptions{1, 50ms});

  const engine::RestartOptions rate = restart_of("max-failures-per-interval = 2\nfailure-rate-delay = \"5ms\"\n");
  CHECK(rate.strategy == RestartStrategy::FailureRate);
  CHECK(rate.failure_rate == engine::FailureRateOptions{2, 1min, 5ms});
  const engine::RestartOptions growing = restart_of("initial-backoff = \"5ms\"\nbackoff-multiplier = 2000\n");
  CHECK(growing.strategy == RestartStrategy::ExponentialDelay);
  CHECK(growing.exponential_delay.initial_backoff == 5ms);
  CHECK(growing.exponential_delay.backoff_multiplier == 2000);
  CHECK(restart_of("strategy = \"none\"\n").strategy == RestartStrategy::None);
}

TEST_CASE("a key of another restart strategy than the one named is refused with place and remedy (8.2)") {
  CHECK(problem(kJob + "[restart]\nstrategy = \"failure-rate\"\ndelay = \"5ms\"\n") ==
        "x.toml:6:9: restart.delay: belongs to fixed-delay, and the strategy is failure-rate; did you mean "
        "'restart.failure-rate-delay'?");
  CHECK(problem(kJob + "[restart]\nstrategy = \"none\"\nattempts = 2\n") ==
        "x.toml:6:12: restart.attempts: belongs to fixed-delay, and the strategy is none; remove it");
  CHECK(problem(kJob + "[restart]\nstrategy = \"default\"\nmax-backoff = \"5s\"\n") ==
        "x.toml:6:15: restart.max-backoff: belongs to exponential-delay, and the strategy is none; remove it");
  CHECK(problem(kJob + "[restart]\ndelay = \"5ms\"\nmax-backoff = \"5s\"\n") ==
        "x.toml:5:9: restart.delay: belongs to fixed-delay, and restart.max-backoff to exponential-delay; name one of "
        "them with restart.strategy");
}

TEST_CASE("a strategy of a sweep or of the command line takes the keys that are its own (8.2)") {
  const std::string keys = "[restart]\ndelay = \"5ms\"\nattempts = 9\ninitial-backoff = \"7ms\"\n";
  const std::string sweep = "[matrix]\nrestart.strategy = [\"fixed-delay\", \"none\", \"exponential-delay\"]\n";
  CHECK(load(kJob + keys + "strategy = \"none\"\n").problems.size() == 3);
  const LoadResult swept = load(kJob + keys + sweep);
  REQUIRE(swept.problems.empty());
  REQUIRE(swept.scenarios.size() == 3);
  CHECK(swept.scenarios[0].base.options.restart.fixed_delay.attempts == 9);
  CHECK(swept.scenarios[2].base.options.restart.exponential_delay.initial_backoff == 7ms);
  CHECK(loaded(kJob + keys, {"restart.strategy=none"}).base.options.restart.strategy == engine::RestartStrategy::None);
}

TEST_CASE("a job that cannot be is refused with place and remedy") {
  CHECK(problem("[scenario]\nname = \"y\"\n") ==
        "x.toml:1:1: job.name: is missing; name a job, e.g. name = \"word-count\"");
  CHECK(problem("[job]\nname = \"keyd-count\"\n") ==
        "x.toml:2:8: unknown job 'keyd-count'; did you mean 'keyed-count'?");
  CHECK(problem("[job]\nname = \"article\"\ninput = \"x.toml\"\n")
            .find("x.toml:3:9: job 'article' reads no file; remove job.input") == 0);
  CHECK(problem("[job]\nname = \"word-count\"\ninput = \"no such file\"\n") ==
        "x.toml:3:9: input file 'no such file' does not exist; check the path");
  CHECK(problem(kJob + "[job.params]\nskew = 3\n") ==
        "x.toml:4:6: job 'keyed-count' has no parameters; remove job.params.skew");
}

TEST_CASE("a fault that cannot strike is refused with place and suggestion") {
  CHECK(problem(fault("kind = \"crush\"\nat = \"1ms\"\n")) ==
        "x.toml:5:8: fault.0.kind: no fault is called 'crush'; did you mean 'crash'?");
  CHECK(problem(fault("kind = \"crash\"\ntask-manager = 3\nat = \"1ms\"\n")) ==
        "x.toml:6:16: fault.0.task-manager: there are 2 TaskManagers, numbered from 1; choose one, or raise "
        "cluster.task-managers");
  CHECK(problem(fault("kind = \"lose-leadership\"\nat = \"1ms\"\n")).find("no high-availability store; set cluster") !=
        std::string::npos);
  CHECK(problem(fault("kind = \"crash\"\nprocess = \"tm-1\"\nat = \"1ms\"\n")).find("only \"jobmanager\"") !=
        std::string::npos);
  CHECK(problem(fault("kind = \"crash\"\ntask-manager = 1\n")) ==
        "x.toml:4:1: fault.0.at: say when it strikes: either at = \"350ms\" or when = { event = \"ack-sent\" }");
  CHECK(problem(fault("kind = \"crash\"\ntask-manager = 1\nat = \"1min\"\n")) ==
        "x.toml:7:6: fault.0.at: faults strike during the storm only, which ends at 10s; strike earlier, or raise "
        "world.storm");
  CHECK(problem(fault("kind = \"crash\"\ntask-manager = 1\nchannel = \"a\"\nat = \"1ms\"\n")) ==
        "x.toml:7:11: fault.0.channel: does not belong to a crash fault; remove it");
  CHECK(problem(fault("kind = \"lose-messages\"\nmessage = \"acknowledge\"\nat = \"1ms\"\n"))
            .find("x.toml:6:11: fault.0.message: no control message is called 'acknowledge'") == 0);
  CHECK(problem(fault("kind = \"lose-messages\"\nmessage = \"cancel-task\"\nsubtask = \"total/0\"\nat = \"1ms\"\n")) ==
        "x.toml:7:11: fault.0.subtask: the job has no subtask 'total/0'; did you mean 'totals/0'?");
  CHECK(problem(fault("kind = \"slow-barrier\"\ndelay = \"1ms\"\nchannel = \"map/0->totals/7\"\nat = \"1ms\"\n")) ==
        "x.toml:7:11: fault.0.channel: the job has no channel 'map/0->totals/7'; did you mean 'map/0->totals/0'?");
  CHECK(problem(fault("kind = \"crash\"\ntask-manager = 1\nwhen = { event = \"ack-send\" }\n")) ==
        "x.toml:7:18: fault.0.when.event: no event is called 'ack-send'; did you mean 'ack-sent'?");
  CHECK(problem(fault("kind = \"crash\"\ntask-manager = 1\nwhen = { event = \"ack-sent\", actor = \"tm-3\" }\n")) ==
        "x.toml:7:38: fault.0.when.actor: nothing is called 'tm-3' in this run; did you mean 'tm-1'?");
  CHECK(problem(fault("kind = \"crash\"\ntask-manager = 1\nwhen = { event = \"segment-sent\", checkpoint = 2 }\n")) ==
        "x.toml:7:47: fault.0.when.checkpoint: event 'segment-sent' is not about a checkpoint; remove it");
  CHECK(problem(fault("kind = \"slow-barrier\"\nat = \"1ms\"\n")) ==
        "x.toml:4:1: fault.0.delay: is missing; e.g. delay = \"80ms\"");
  CHECK(problem(fault("text = \"crash(tm=9, restart=1s) at 1ms\"\n"))
            .find("x.toml:5:8: fault.0.text: there are 2 TaskManagers") == 0);
  CHECK(problem(kJob + "[fault]\nkind = \"crash\"\n") ==
        "x.toml:4:2: a fault is written [[fault]], with double brackets");
}

TEST_CASE("all problems of a file are reported at once, each only once over a matrix") {
  const LoadResult result = load(kJob +
                                 "[checkpoint]\ninterval = 5\nmax-concurrent = 0\n[wrold]\nstorm = \"1s\"\n"
                                 "[matrix]\nstate.backend = [\"heap\", \"rocksdb\"]\n");
  CHECK(result.problems.size() == 3);
  CHECK(result.scenarios.empty());
}

TEST_CASE("a missing, empty or binary scenario file is refused") {
  const TemporaryDirectory directory;
  const auto problem_of = [&](const std::string& path) {
    return load_scenario(path, JobCatalogue::built_in()).problems.at(0);
  };
  CHECK(problem_of(directory.path("none.toml")).find("none.toml:1:1: '") != std::string::npos);
  CHECK(problem_of(directory.write("empty.toml", "")).find("is empty") != std::string::npos);
  CHECK(problem_of(directory.write("binary.toml", std::string("a\0b", 3))).find("is not a text file") !=
        std::string::npos);
}

TEST_CASE("a directory stands for its scenario files in the order of their names") {
  const TemporaryDirectory directory;
  directory.write("b.toml", kJob);
  directory.write("a.toml", kJob);
  directory.write("notes.txt", "no scenario");
  directory.write("deeper/c.toml", kJob);
  CHECK(scenario_files(directory.path("")) ==
        std::vector<std::string>{directory.path("a.toml"), directory.path("b.toml")});
  const LoadResult all = load_scenarios({directory.path("")}, JobCatalogue::built_in());
  CHECK(all.problems.empty());
  REQUIRE(all.scenarios.size() == 2);
  CHECK(all.scenarios[0].name == "a");
}

TEST_CASE("two scenarios of one name are refused, and an empty directory too") {
  const TemporaryDirectory directory;
  directory.write("a.toml", "[scenario]\nname = \"n\"\n" + kJob);
  directory.write("b.toml", "[scenario]\nname = \"n\"\n" + kJob);
  const LoadResult all = load_scenarios({directory.path("")}, JobCatalogue::built_in());
  REQUIRE(all.problems.size() == 1);
  CHECK(all.problems[0].find("b.toml:1:1: the name 'n' is also used by ") != std::string::npos);
  std::filesystem::create_directory(directory.path("nothing"));
  CHECK(load_scenarios({directory.path("nothing")}, JobCatalogue::built_in()).problems.size() == 1);
}

TEST_CASE("an input file is looked for beside the scenario, and its hash becomes part of the run") {
  const TemporaryDirectory directory;
  const std::string input = directory.write("text/notes.txt", "one two\n");
  const std::string file = directory.write("s.toml", "[job]\nname = \"word-count\"\ninput = \"text/notes.txt\"\n");
  const LoadResult result = load_scenario(file, JobCatalogue::built_in());
  REQUIRE(result.scenarios.size() == 1);
  CHECK(result.scenarios[0].base.job.input == input);
  CHECK(result.scenarios[0].base.job.input_hash != 0);
}

TEST_CASE("the spec of a seed is the same each time and starts with the explicit faults") {
  Scenario s =
      loaded(fault("kind = \"crash\"\ntask-manager = 1\nat = \"5ms\"\n[faults]\ncrash = true\nslow-barrier = true\n"));
  const auto job = JobCatalogue::built_in().resolve(s.base.job);
  REQUIRE(job.ok());
  const engine::ExecutionGraph& graph = *job.value().graph;
  bool drew = false;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const RunSpec spec = spec_for_seed(s, graph, seed);
    CHECK(spec == spec_for_seed(s, graph, seed));
    CHECK(spec.world.seed == seed);
    REQUIRE(!spec.world.faults.empty());
    CHECK(spec.world.faults.front() == s.explicit_faults.front());
    drew = drew || spec.world.faults.size() > 1;
  }
  CHECK(drew);
}

TEST_CASE("an interval switches checkpoints on unless the file says otherwise") {
  CHECK(loaded(kJob + "[checkpoint]\ninterval = \"50ms\"\n").base.options.checkpoint.enabled);
  CHECK_FALSE(loaded(kJob + "[checkpoint]\ninterval = \"50ms\"\nenabled = false\n").base.options.checkpoint.enabled);
  CHECK_FALSE(loaded(kJob).base.options.checkpoint.enabled);
}

TEST_CASE("faults of high availability are a warning where there is none") {
  const std::string faults = "[faults]\ncrash-jobmanager = true\n";
  REQUIRE(load(kJob + faults).warnings.size() == 1);
  CHECK(load(kJob + faults).warnings.front().find("warning: without high availability") != std::string::npos);
  CHECK(load(kJob + faults + "[cluster]\nhigh-availability = \"store\"\n").warnings.empty());
}

TEST_CASE("a drain in which a checkpoint cannot even time out is a warning where messages may be lost") {
  const std::string checkpoint = "[checkpoint]\ninterval = \"50ms\"\ntimeout = \"2s\"\n";
  const std::string drain = "[world]\ndrain = \"1500ms\"\n";
  const std::string losses = "[faults]\nlose-messages = true\n";
  const auto warnings = [](const std::string& text) {
    const LoadResult result = load(text);
    CHECK(result.problems.empty());
    CHECK(result.scenarios.size() == 1);
    return result.warnings;
  };
  REQUIRE(warnings(kJob + checkpoint + drain + losses).size() == 1);
  const std::string told = load(kJob + checkpoint + drain + losses).warnings.front();
  CHECK(told.find("x.toml:8:9: warning: world.drain (1500ms) is not longer than checkpoint.timeout (2s)") == 0);
  CHECK(told.find("raise world.drain above 2s, or lower checkpoint.timeout") != std::string::npos);
  CHECK(warnings(kJob + losses + "[checkpoint]\ninterval = \"50ms\"\n").size() == 1);  // the defaults: 1min, 10min
  CHECK(warnings(kJob + checkpoint + drain).empty());
  CHECK(warnings(kJob + checkpoint + losses).empty());
  CHECK(warnings(kJob + drain + losses).empty());  // no checkpoints at all

  const auto losing = [](const std::string& message) {
    return "[[fault]]\nkind = \"lose-messages\"\nmessage = \"" + message + "\"\nat = \"1s\"\n";
  };
  CHECK(warnings(kJob + checkpoint + drain + losing("acknowledge-checkpoint")).size() == 1);
  CHECK(warnings(kJob + checkpoint + drain + losing("notify-checkpoint-complete")).empty());
}

TEST_CASE("the variants of a matrix warn once") {
  const LoadResult result = load(kJob +
                                 "[checkpoint]\ninterval = \"50ms\"\n[faults]\nlose-messages = true\n"
                                 "[matrix]\nstate.backend = [\"heap\", \"rocksdb\"]\n");
  CHECK(result.scenarios.size() == 2);
  CHECK(result.warnings.size() == 1);
}

TEST_CASE("the format reference names every key") {
  const std::string page = key_reference();
  for (const SpecKey& key : spec_keys()) {
    if (key.per_seed) continue;
    CAPTURE(key.name);
    CHECK(page.find("| `" + std::string(key.name.substr(key.name.find('.') + 1)) + "` |") != std::string::npos);
    CHECK(!key.doc.empty());
  }
  for (const ScenarioKey& key : scenario_keys()) {
    CAPTURE(key.name);
    CHECK(page.find("| `" + std::string(key.name.substr(key.name.find('.') + 1)) + "` |") != std::string::npos);
  }
}

}  // namespace weir::scenarios
