#include <algorithm>
#include <catch2/catch.hpp>

#include "history/checkpoints.h"
#include "history/critical_path.h"
#include "history/interest.h"
#include "history/metrics.h"
#include "sample_run.h"
#include "weir/reports/run_report.h"
#include "weir/scenarios/job_catalogue.h"
#include "weir/scenarios/runner.h"

using namespace weir;
using namespace weir::reports;
using engine::EventKind;
using reports::testing::SampleRun;

TEST_CASE("the checkpoint history counts acknowledgements and says what became of each") {
  const SampleRun run;
  const auto rows = checkpoint_history(run.trace());
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].status == CheckpointStatus::Completed);
  CHECK(rows[0].acknowledged == 6);
  CHECK(rows[0].expected == 6);
  CHECK(rows[0].bytes == 6000);
  CHECK(fate(rows[0]) == "completed, restored from once, subsumed by 3");
  CHECK(rows[1].status == CheckpointStatus::Failed);
  CHECK(rows[1].acknowledged == 0);
  CHECK(fate(rows[1]) == "aborted: JOB_FAILOVER_REGION");
  CHECK(fate(rows[2]) == "completed, the newest at the end");
}

TEST_CASE("a subtask's part has Flink's durations") {
  const SampleRun run;
  const auto rows = checkpoint_history(run.trace());
  const SubtaskPart& source = rows[0].parts[0];
  CHECK(source.start_delay == 20'000);
  CHECK(source.sync == 15'000);
  CHECK(source.async == 75'000);  // 90 us from the snapshot until it is durable
  CHECK_FALSE(source.alignment.has_value());
  const SubtaskPart& totals = rows[0].parts[2];
  CHECK(totals.alignment.has_value());
  CHECK(totals.acknowledged);
  CHECK(*totals.end_to_end > *totals.start_delay);
}

TEST_CASE("start delay, alignment, sync and async durations last from the trigger to the acknowledgement (ME-2)") {
  const auto spec = scenarios::parse_run_spec(
      "weir1: job.name=keyed-count; job.records=400; checkpoint.interval=50ms; cost.source-record=1ms; "
      "cost.snapshot-sync=300us; world.schedule=fifo; world.control-latency=70us; world.data-latency=90us..400us");
  REQUIRE(spec.ok());
  const auto catalogue = scenarios::JobCatalogue::built_in();
  scenarios::Runner runner(catalogue);
  REQUIRE(runner.run(spec.value()).ok());
  std::size_t parts = 0;
  for (const CheckpointRow& row : checkpoint_history(runner.trace())) {
    for (const SubtaskPart& part : row.parts) {
      if (!part.acknowledged) continue;
      ++parts;
      CHECK(part.sync == 300'000);
      CHECK(*part.async >= 50'000);
      CHECK(*part.start_delay + part.alignment.value_or(0) + *part.sync + *part.async + 70'000 == *part.end_to_end);
    }
  }
  CHECK(parts >= 16);
}

TEST_CASE("an acknowledgement that was turned away does not count (CO-23)") {
  sim::Trace trace;
  const auto coordinator = engine::actor_of(engine::kJobManager);
  trace.append({10, engine::EventKind::CheckpointTriggered, coordinator, 0, 1, 2});
  trace.append({20, engine::EventKind::AckReceived, coordinator, 1, 1, std::uint64_t{1} << 32});
  const auto rows = checkpoint_history(trace);
  CHECK(rows[0].acknowledged == 0);
  CHECK(fate(rows[0]) == "in progress when the run ended");
}

TEST_CASE("the moment of interest is the violation, else the worst recovery, else a checkpoint") {
  SampleRun run;
  const Interest recovery = find_interest(run.view());
  CHECK(recovery.event == run.restore_event());
  CHECK(recovery.first < recovery.event);
  CHECK(recovery.last > recovery.event);
  CHECK(run.trace().events()[recovery.last].kind == sim::TraceKind(sim::WorldEventKind::LogCommitted));
  CHECK(find_interest(run.violate().view()).why == "the violation of exactly-once");
  run.result().verdicts[1].witnesses = {3, 5};
  CHECK(find_interest(run.view()).event == 5);
  CHECK(find_interest(run.view()).first <= 3);
}

TEST_CASE("witnesses that the trace does not have are ignored") {
  SampleRun run;
  run.violate().result().verdicts[1].witnesses = {1, 4'000'000};
  CHECK(witnesses_of(run.result(), run.trace().size()) == std::vector<std::uint32_t>{1});
  CHECK(find_interest(run.view()).event < run.trace().size());
}

TEST_CASE("an empty trace has no moment of interest and does no harm") {
  const SampleRun run;
  const sim::Trace nothing;
  const RunView view{const_cast<SampleRun&>(run).result(), nothing, run.graph()};
  CHECK(find_interest(view).event == 0);
  CHECK_FALSE(html_report(view, {"weir", false}).empty());
}

TEST_CASE("subtasks of a job that starts from a checkpoint have no part in it, however many they are") {
  weir::scenarios::RunSpec spec;
  spec.job.name = "versioned-count";
  spec.job.records = 200;
  spec.options.checkpoint.enabled = true;
  spec.options.checkpoint.interval = weir::engine::Duration{20'000'000};
  spec.options.cost.source_record = weir::engine::Duration{500'000};
  spec.actions = {weir::scenarios::parse_action("rescale(set.job.parallelism=5) when checkpoint-completed").value()};
  const weir::scenarios::JobCatalogue jobs = weir::scenarios::JobCatalogue::built_in();
  weir::scenarios::Runner runner(jobs);
  const auto result = runner.run(spec);
  REQUIRE(result.ok());
  const auto rows = checkpoint_history(runner.trace());
  const auto savepoint =
      std::find_if(rows.begin(), rows.end(), [](const CheckpointRow& row) { return is_savepoint(row.kind); });
  REQUIRE(savepoint != rows.end());
  CHECK(savepoint->parts.size() == 4);
  CHECK(rows.back().parts.size() == 10);
  CHECK(fate(*savepoint) == "completed, restored from once, the user's");
  CHECK_FALSE(html_report({result.value(), runner.trace(), runner.graph()}, {"weir", false}).empty());
}

namespace {

// Two sources, two totals, two sinks; checkpoint 1 with times of its own for each step.
struct PathStory {
  PathStory() {
    trace.clear(1);
    add(0, EventKind::CheckpointTriggered, engine::actor_of(engine::kJobManager), 0, 6);
  }
  void add(std::int64_t at, EventKind kind, engine::ActorId actor, std::uint32_t detail, std::uint64_t b = 0) {
    trace.append({at, kind, actor, detail, 1, b, sim::kNoCause, 0});
  }
  engine::ActorId actor(const char* name) const { return engine::actor_of(*graph->subtask_named(name)); }
  std::uint32_t channel(const char* name) const { return graph->channel_named(name)->value; }
  void source(const char* name, std::int64_t triggered, std::int64_t counted) {
    add(triggered, EventKind::TriggerReceived, actor(name), 1);
    part(name, triggered, counted);
  }
  // Snapshot at `taken`, sync 10, durable 40 later, its acknowledgement counted at `counted`; 0: never.
  void part(const char* name, std::int64_t taken, std::int64_t counted) {
    for (const engine::ChannelId out : graph->subtask(*graph->subtask_named(name)).outputs) {
      add(taken, EventKind::BarrierSent, actor(name), out.value);
    }
    add(taken, EventKind::SnapshotTaken, actor(name), 1);
    if (counted == 0) return;
    add(taken + 50, EventKind::SnapshotDurable, actor(name), 1, 100);
    add(taken + 50, EventKind::AckSent, actor(name), 1, 10);
    add(counted, EventKind::AckReceived, engine::actor_of(engine::kJobManager), 1, graph->subtask_named(name)->value);
  }
  void barrier(const char* where, std::int64_t at, const char* from, int buffers = 0) {
    for (int i = 0; i < buffers; ++i) {
      trace.append({at - 1, EventKind::SegmentProcessed, actor(where), channel(from), 3, 30, sim::kNoCause, 0});
    }
    add(at, EventKind::BarrierReceived, actor(where), channel(from));
  }
  CriticalPath path() const { return critical_path(checkpoint_history(trace).front(), *graph); }
  std::string told() const { return reports::told(path(), *graph); }

  std::shared_ptr<const engine::ExecutionGraph> graph = reports::testing::sample_graph();
  sim::Trace trace;
};

using Kinds = std::vector<PathStep::Kind>;
Kinds kinds(const CriticalPath& path) {
  Kinds all;
  for (const PathStep& step : path.steps) all.push_back(step.kind);
  return all;
}

}  // namespace

TEST_CASE("the critical path leads from the trigger over the last barriers to the completion (14.2, BP-3)") {
  PathStory story;
  const std::string map = "quote \"it\"";
  const auto& names = story.graph->subtasks();
  REQUIRE(names.size() == 6);
  const char* total = names[2].name.c_str();
  const char* other = names[3].name.c_str();
  const auto channel = [&](const char* from, const char* to) { return std::string(from) + "->" + to; };
  story.source("words/0", 20, 100);
  story.source("words/1", 30, 110);
  story.barrier(total, 60, channel("words/1", total).c_str());
  story.barrier(total, 1'000'020, channel("words/0", total).c_str(), 3);
  story.part(total, 1'000'020, 1'000'200);
  story.add(1'000'300, EventKind::CheckpointCompleted, engine::actor_of(engine::kJobManager), 0, 100);
  const CriticalPath path = story.path();
  CHECK(kinds(path) == Kinds{PathStep::Kind::Trigger, PathStep::Kind::Barrier, PathStep::Kind::Sync,
                             PathStep::Kind::Async, PathStep::Kind::Acknowledgement, PathStep::Kind::Metadata});
  for (std::size_t i = 1; i < path.steps.size(); ++i) CHECK(path.steps[i].begin == path.steps[i - 1].end);
  CHECK(path.steps.front().begin == 0);
  CHECK(path.steps.back().end == 1'000'300);
  CHECK(path.longest()->buffers == 3);
  CHECK(story.told() ==
        std::string(total) + " waited 1ms for the barrier from words/0, held behind 3 buffers on that channel");
  CHECK(place(path.steps[1], *story.graph) == "barrier " + channel("words/0", total));
  CHECK(std::string(other) != total);
}

TEST_CASE("of a checkpoint that did not complete the first wait without end is told (14.2)") {
  PathStory story;
  const std::string total = story.graph->subtasks()[2].name;
  story.source("words/0", 20, 100);
  story.source("words/1", 30, 110);
  story.barrier(total.c_str(), 60, ("words/0->" + total).c_str());
  story.add(5'000'030, EventKind::CheckpointAborted, engine::actor_of(engine::kJobManager),
            static_cast<std::uint32_t>(engine::AbortReason::CheckpointExpired));
  CHECK(story.told() == total + " waited 5ms for the barrier from words/1, in vain");
  CHECK_FALSE(story.path().completed);
  PathStory lost;
  lost.add(5'000'000, EventKind::CheckpointAborted, engine::actor_of(engine::kJobManager),
           static_cast<std::uint32_t>(engine::AbortReason::CheckpointExpired));
  CHECK(lost.told() == "words/0 waited 5ms for its trigger, in vain");
}

TEST_CASE("the steps of every critical path cover the checkpoint from its trigger to its end (ME-1, ME-2)") {
  const std::string unaligned = GENERATE("", "checkpoint.unaligned=true; ",
                                         "checkpoint.unaligned=true; checkpoint.aligned-checkpoint-timeout=20ms; ");
  const auto spec = scenarios::parse_run_spec(
      "weir1: " + unaligned +
      "job.name=keyed-count; job.records=900; job.parallelism=3; checkpoint.interval=30ms; "
      "cost.source-record=1ms; cost.record=900us; world.seed=0x3; fault=slow-barrier(channel=\"map/0->totals/1\", "
      "delay=60ms, count=1) at 60ms");
  INFO(spec.status().message());
  REQUIRE(spec.ok());
  const auto catalogue = scenarios::JobCatalogue::built_in();
  scenarios::Runner runner(catalogue);
  REQUIRE(runner.run(spec.value()).ok());
  std::size_t completed = 0;
  for (const CheckpointRow& row : checkpoint_history(runner.trace())) {
    if (row.status != CheckpointStatus::Completed) continue;
    ++completed;
    const CriticalPath path = critical_path(row, runner.graph());
    REQUIRE_FALSE(path.steps.empty());
    CHECK(path.steps.front().kind == PathStep::Kind::Trigger);
    CHECK(path.steps.front().begin == row.triggered_at);
    CHECK(path.steps.back().end == row.ended_at);
    for (std::size_t i = 1; i < path.steps.size(); ++i) CHECK(path.steps[i].begin == path.steps[i - 1].end);
  }
  CHECK(completed >= 5);
}

namespace {

const Metric& metric(const std::vector<Metric>& metrics, std::string_view name) {
  const auto found = std::find_if(metrics.begin(), metrics.end(), [&](const Metric& m) { return m.name == name; });
  REQUIRE(found != metrics.end());
  return *found;
}

}  // namespace

TEST_CASE("the metrics of a job are Flink's (14.2)") {
  const SampleRun run;
  const auto jobs = job_metrics(run.view());
  REQUIRE(jobs.size() == 1);
  const auto value = [&](std::string_view name) { return metric(jobs[0].metrics, name).value; };
  const auto rows = checkpoint_history(run.trace());
  CHECK(value("totalNumberOfCheckpoints") == 3);
  CHECK(value("numberOfCompletedCheckpoints") == 2);
  CHECK(value("numberOfFailedCheckpoints") == 1);
  CHECK(value("numberOfInProgressCheckpoints") == 0);
  CHECK(value("lastCompletedCheckpointId") == 3);
  CHECK(value("lastCheckpointDuration") == *rows[2].ended_at - rows[2].triggered_at);
  CHECK(value("lastCheckpointSize") == 6000);
  CHECK(value("lastCheckpointFullSize") == 6000);
  CHECK(value("lastCheckpointCompletedTimestamp") == rows[2].ended_at);
  CHECK(value("lastCheckpointRestoreTimestamp") == run.trace().events()[run.restore_event()].time);
  CHECK_FALSE(value("lastCheckpointMetadataSize"));
  REQUIRE(jobs[0].subtasks.size() == 6);
  CHECK_FALSE(
      metric(jobs[0].subtasks[0].metrics, "checkpointAlignmentTime").value);  // a source has no barriers to align
  CHECK(metric(jobs[0].subtasks[2].metrics, "checkpointAlignmentTime").value == rows[2].parts[2].alignment);
  CHECK(metric(jobs[0].subtasks[2].metrics, "checkpointStartDelayNanos").value == rows[2].parts[2].start_delay);
}

TEST_CASE("times of a subtask are of all its attempts, each until it last told them (14.2)") {
  SampleRun run;
  sim::Trace trace = run.trace();
  const engine::ActorId sink = engine::actor_of(engine::SubtaskId{4});
  const std::int64_t end = trace.events().back().time;
  const auto tell = [&](std::int64_t ms, EventKind kind, std::uint64_t a, std::uint64_t b = 0) {
    trace.append({end + ms * 1'000'000, kind, sink, 7, a, b});
  };
  const auto running = static_cast<std::uint64_t>(engine::AttemptState::Running);
  tell(0, EventKind::AttemptStateChanged, running);
  tell(100, EventKind::TaskTimes, 10'000'000, 50'000'000);
  tell(200, EventKind::TaskTimes, 20'000'000, 150'000'000);
  tell(500, EventKind::AttemptStateChanged, running);  // what came before in its first life is not known
  tell(700, EventKind::TaskTimes, 100'000'000, 0);
  tell(700, EventKind::SegmentSizeAnnounced, 512);
  const auto metrics = job_metrics({run.result(), trace, run.graph()})[0].subtasks[4].metrics;
  CHECK(metric(metrics, "busyTimeMsPerSecond").value == 300);
  CHECK(metric(metrics, "backPressuredTimeMsPerSecond").value == 375);
  CHECK(metric(metrics, "idleTimeMsPerSecond").value == 325);
  CHECK(metric(metrics, "debloatedBufferSize").value == 512);
}

TEST_CASE("who is slow is busy, and who feeds it is back-pressured (14.2, BP-2)") {
  scenarios::RunSpec spec;
  spec.job.name = "running-aggregate";
  spec.job.records = 20'000;
  spec.options.checkpoint.enabled = true;
  spec.options.checkpoint.interval = engine::Duration{200'000'000};
  spec.options.cost.source_record = engine::Duration{10'000};
  spec.options.cost.record = engine::Duration{1'000'000};
  const auto catalogue = scenarios::JobCatalogue::built_in();
  scenarios::Runner runner(catalogue);
  auto result = runner.run(spec);
  REQUIRE(result.ok());
  const auto subtasks = job_metrics({result.value(), runner.trace(), runner.graph()})[0].subtasks;
  std::int64_t most_busy = 0;
  for (const SubtaskMetrics& subtask : subtasks) {
    const auto value = [&](std::string_view name) { return metric(subtask.metrics, name).value.value_or(-1); };
    const std::int64_t busy = value("busyTimeMsPerSecond");
    const std::int64_t back_pressured = value("backPressuredTimeMsPerSecond");
    INFO(runner.graph().subtask(subtask.subtask).name << ' ' << busy << ' ' << back_pressured);
    const std::int64_t sum = busy + back_pressured + value("idleTimeMsPerSecond");
    CHECK((sum >= 997 && sum <= 1000));
    const bool source = runner.graph().vertex(runner.graph().subtask(subtask.subtask).vertex).source();
    if (source) CHECK((busy < 50 && back_pressured > 700));
    if (!source) CHECK(back_pressured == 0);
    most_busy = std::max(most_busy, busy);
  }
  CHECK(most_busy > 900);
}

TEST_CASE(
    "a checkpoint whose trigger fails counts as failed without an id, a request that waits in vain does not (ME-3)") {
  SampleRun run;
  sim::Trace trace = run.trace();
  const auto refuse = [&](engine::AbortReason reason) {
    trace.append({1, EventKind::CheckpointRefused, engine::actor_of(engine::kJobManager),
                  static_cast<std::uint32_t>(reason), 0, 0});
  };
  refuse(engine::AbortReason::NotAllRequiredTasksRunning);
  refuse(engine::AbortReason::MinimumTimeBetweenCheckpoints);
  const auto jobs = job_metrics({run.result(), trace, run.graph()});
  CHECK(metric(jobs[0].metrics, "numberOfFailedCheckpoints").value == 2);
  CHECK(metric(jobs[0].metrics, "totalNumberOfCheckpoints").value == 4);
}

TEST_CASE("the metadata of the last checkpoint has a size and a place, also of a further job") {
  weir::scenarios::RunSpec spec;
  spec.job.name = "versioned-count";
  spec.job.records = 200;
  spec.options.checkpoint.enabled = true;
  spec.options.checkpoint.interval = weir::engine::Duration{20'000'000};
  spec.options.cost.source_record = weir::engine::Duration{500'000};
  spec.actions = {weir::scenarios::parse_action("rescale(set.job.parallelism=5) when checkpoint-completed").value()};
  const weir::scenarios::JobCatalogue catalogue = weir::scenarios::JobCatalogue::built_in();
  weir::scenarios::Runner runner(catalogue);
  auto result = runner.run(spec);
  REQUIRE(result.ok());
  const auto jobs = job_metrics({result.value(), runner.trace(), runner.graph()});
  REQUIRE(jobs.size() == 2);
  CHECK(metric(jobs[0].metrics, "lastCheckpointExternalPath").path.rfind("savepoint-", 0) == 0);
  CHECK(metric(jobs[1].metrics, "lastCheckpointExternalPath").path.rfind("job-2/chk-", 0) == 0);
  CHECK(metric(jobs[1].metrics, "lastCheckpointMetadataSize").value.value_or(0) > 0);
  CHECK(metric(jobs[1].metrics, "lastCheckpointRestoreTimestamp").value);
}
