#include <algorithm>
#include <catch2/catch.hpp>

#include "history/checkpoints.h"
#include "history/interest.h"
#include "sample_run.h"
#include "weir/reports/run_report.h"
#include "weir/scenarios/job_catalogue.h"
#include "weir/scenarios/runner.h"

using namespace weir;
using namespace weir::reports;
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
