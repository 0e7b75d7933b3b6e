#include <algorithm>

#include <catch2/catch.hpp>

#include "unit/engine/fakes/coord_graph.h"
#include "weir/engine/processes.h"

namespace weir::engine {
namespace {

using namespace coord_test;
using Catch::Matchers::Contains;

JobSetup setup() { return {small_graph(), {}}; }

TEST_CASE("default options are fine") { CHECK(validate(setup()).empty()); }

TEST_CASE("each problem names the option, its value and the remedy (CO-1)") {
  JobSetup bad = setup();
  bad.options.checkpoint.interval = 5ms;
  CHECK(validate(bad) == "checkpoint.interval is 5ms: set it to at least 10ms");
  bad = setup();
  bad.options.checkpoint.timeout = Duration{9'999'999};
  CHECK(validate(bad) == "checkpoint.timeout is 9999999ns: set it to at least 10ms");
  bad = setup();
  bad.options.checkpoint.max_concurrent = 0;
  CHECK(validate(bad) == "checkpoint.max-concurrent is 0: set it to at least 1");
  bad = setup();
  bad.options.checkpoint.num_retained = 0;
  CHECK(validate(bad) == "checkpoint.num-retained is 0: set it to at least 1");
  bad = setup();
  bad.options.checkpoint.min_pause = std::chrono::hours(24 * 365 + 1);
  CHECK(validate(bad) == "checkpoint.min-pause is 8761h, longer than a year: set it to at most 8760h");
  bad = setup();
  bad.options.checkpoint.min_pause = -1ns;
  CHECK(validate(bad) == "checkpoint.min-pause is -1ns: set it to at least 0ns");
}

TEST_CASE("an interval below min-pause is no problem: it is raised (CO-1)") {
  JobSetup fine = setup();
  fine.options.checkpoint.min_pause = 10s;
  CHECK(validate(fine).empty());
}

TEST_CASE("all problems are listed, one a line") {
  JobSetup bad = setup();
  bad.options.checkpoint.max_concurrent = 0;
  bad.options.rpc.retry = 0ns;
  bad.options.restart.fixed_delay.delay = -1s;
  bad.options.network.credits_per_channel = 0;
  const std::string problems = validate(bad);
  CHECK(std::count(problems.begin(), problems.end(), '\n') == 3);
  CHECK_THAT(problems, Contains("rpc.retry is 0ns: set it to at least 1us"));
  CHECK_THAT(problems, Contains("restart.delay is -1s: set it to at least 0ns"));
  CHECK_THAT(problems, Contains("network.credits-per-channel is 0"));
}

TEST_CASE("flow control has its bounds (BP-1, BP-6, BP-7)") {
  JobSetup bad = setup();
  bad.options.network.floating_credits_per_gate = 0;
  bad.options.network.overdraft_segments_per_output = 0;
  bad.options.network.debloat.threshold_percent = 0;
  CHECK(validate(bad).empty());
  bad.options.network.buffer_timeout = -1ms;
  bad.options.network.debloat.samples = 0;
  bad.options.network.debloat.period = 0ns;
  bad.options.network.debloat.target = 0ns;
  const std::string problems = validate(bad);
  CHECK_THAT(problems, Contains("network.buffer-timeout is -1ms"));
  CHECK_THAT(problems, Contains("network.buffer-debloat-samples is 0"));
  CHECK_THAT(problems, Contains("network.buffer-debloat-period is 0ns"));
  CHECK_THAT(problems, Contains("network.buffer-debloat-target is 0ns"));
}

TEST_CASE("what another leader could not find, or not clean up, is no high availability (CO-48, SH-15)") {
  JobSetup bad = setup();
  bad.options.high_availability = HighAvailability::Store;
  CHECK(validate(bad).empty());
  bad.options.checkpoint.storage = CheckpointStorageKind::JobManager;
  CHECK_THAT(validate(bad), Contains("high-availability is store, and checkpoints kept by the JobManager are lost"));
  bad = setup();
  bad.options.high_availability = HighAvailability::Store;
  bad.options.checkpoint.file_merging.enabled = true;
  CHECK_THAT(validate(bad), Contains("set checkpoint.file-merging to false"));
}

JobSetup on_request(Partitioning to_totals, bool keyed, bool timed) {
  auto job = std::make_shared<JobGraph>(
      graph_of({{"reader", 2}, {"map", 2}, {"totals", 2}}, {Partitioning::Forward, to_totals})->job());
  job->vertices[2].chain.front().keyed = keyed;
  job->timed = timed;
  JobSetup setup{std::make_shared<ExecutionGraph>(job), {}};
  setup.options.split_assignment = SplitAssignment::OnRequest;
  return setup;
}

TEST_CASE("splits on request are not for jobs that rely on where or when a split is read") {
  CHECK(validate(on_request(Partitioning::Hash, true, false)).empty());
  CHECK(validate(on_request(Partitioning::Forward, false, false)).empty());
  CHECK_THAT(validate(on_request(Partitioning::Hash, true, true)), Contains("the job has event time"));
  CHECK(validate(on_request(Partitioning::Forward, true, false)) ==
        "source.assignment is on-request, but totals takes records to be with the subtask that owns their key, and a "
        "split comes to whichever subtask asks: set it to by-number");
  JobSetup by_number = on_request(Partitioning::Forward, true, true);
  by_number.options.split_assignment = SplitAssignment::ByNumber;
  CHECK(validate(by_number).empty());
}

TEST_CASE("heartbeats that are on come more often than they are waited for (RE-11)") {
  JobSetup bad = setup();
  bad.options.heartbeat = {50ms, 50ms, 0};
  const std::string problems = validate(bad);
  CHECK_THAT(problems, Contains("heartbeat.timeout is 50ms: set it to at least 51ms"));
  CHECK_THAT(problems, Contains("heartbeat.rpc-failure-threshold is 0: set it to at least 1"));
  bad.options.heartbeat.interval = 0ns;
  CHECK(validate(bad).empty());
}

TEST_CASE("parameters of restart strategies have limits (8.2)") {
  JobSetup bad = setup();
  bad.options.restart.exponential_delay = {2s, 1s, 1000, 1001, 0ns, 0};
  bad.options.restart.failure_rate = {0, 0ns, -1s};
  CHECK(validate(bad) ==
        "restart.max-failures-per-interval is 0: set it to at least 1\n"
        "restart.failure-rate-interval is 0ns: set it to at least 1ms\n"
        "restart.failure-rate-delay is -1s: set it to at least 0ns\n"
        "restart.max-backoff is 1s: set it to at least 2s\n"
        "restart.backoff-multiplier is 1000: set it to at least 1001\n"
        "restart.reset-backoff-threshold is 0ns: set it to at least 1ms\n"
        "restart.attempts-before-reset-backoff is 0: set it to at least 1\n"
        "restart.jitter-factor is 1001: set it to at most 1000");
}

TEST_CASE("incremental checkpoints need RocksDB, and a place for files (SN-12, SH-14)") {
  JobSetup incremental = setup();
  incremental.options.checkpoint.incremental = true;
  CHECK(validate(incremental) ==
        "checkpoint.incremental is true, and the heap backend has no files to share: set state.backend to rocksdb, or "
        "checkpoint.incremental to false");
  incremental.options.backend = StateBackendKind::RocksDb;
  CHECK(validate(incremental).empty());
  incremental.options.checkpoint.storage = CheckpointStorageKind::JobManager;
  CHECK(validate(incremental) ==
        "checkpoint.incremental is true, and checkpoints kept by the JobManager share no files: set checkpoint.storage "
        "to filesystem, or checkpoint.incremental to false");
}

TEST_CASE(
    "a changelog needs a place for files, materialises in the canonical form, and not all the time (SN-20, SN-21)") {
  JobSetup logged = setup();
  logged.options.changelog.enabled = true;
  CHECK(validate(logged).empty());
  logged.options.changelog.materialization_interval = 10us;
  CHECK(validate(logged) == "state.changelog-materialization-interval is 10us: set it to at least 1ms");
  logged.options.changelog.materialization_interval = 1ms;
  logged.options.checkpoint.storage = CheckpointStorageKind::JobManager;
  CHECK(validate(logged) ==
        "state.changelog is true, and checkpoints kept by the JobManager share no files: set checkpoint.storage to "
        "filesystem, or state.changelog to false");
  logged.options.checkpoint.storage = CheckpointStorageKind::FileSystem;
  logged.options.backend = StateBackendKind::RocksDb;
  logged.options.checkpoint.incremental = true;
  CHECK(validate(logged) ==
        "state.changelog and checkpoint.incremental are both true, and a changelog materialises in the canonical form: "
        "set one of them to false");
}

TEST_CASE("too few slots are told with both numbers") {
  JobSetup bad = setup();
  bad.options.cluster.task_managers = 1;
  bad.options.cluster.slots = 1;
  CHECK_THAT(validate(bad), Contains("cluster.slots is 1: 1 task managers offer 1 slots and the job needs 2"));
  bad.options.cluster.task_managers = 0;
  CHECK_THAT(validate(bad), Contains("cluster.task-managers is 0"));
  bad.options.cluster.task_managers = 1000;
  CHECK_THAT(validate(bad), Contains("cluster.task-managers is 1000: set it to at most 999"));
}

TEST_CASE("parallelism stays within max-parallelism and that within its bound (RS-1)") {
  auto job = std::make_shared<JobGraph>();
  job->vertices.push_back(vertex(0, "totals", 5, true));
  job->vertices[0].max_parallelism = 4;
  job->vertices.push_back(vertex(1, "writer", 1, false));
  job->vertices[1].max_parallelism = 40000;
  const std::string problems = validate({std::make_shared<ExecutionGraph>(job), {}});
  CHECK_THAT(problems, Contains("parallelism of totals is 5, above its max-parallelism 4"));
  CHECK_THAT(problems, Contains("max-parallelism of writer is 40000: set it to at most 32768"));
}

}  // namespace
}  // namespace weir::engine
