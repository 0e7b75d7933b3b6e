// Metamorphic: where working state lives and what a checkpoint holds is nobody's business but the engine's. The same
// seeds, faults drawn anew for each, commit the same records.

#include <algorithm>
#include <catch2/catch.hpp>

#include "small_storm.h"
#include "weir/engine/processes.h"
#include "weir/scenarios/job_catalogue.h"

namespace weir::scenarios {
namespace {

struct Committed {
  std::vector<engine::Bytes> values;  // sorted
  std::uint64_t restarts = 0;
  std::uint64_t local_files = 0;  // that attempts restored from
};

Committed run(const Scenario& scenario, std::uint64_t seed) {
  Scenario asked = scenario;
  auto job = JobCatalogue::built_in().resolve(asked.base.job);
  if (!job.ok()) FAIL(job.status().message());
  const RunSpec spec = spec_for_seed(asked, *job.value().graph, seed);
  sim::Simulation simulation;
  const auto outcome =
      simulation.run({{job.value().graph, spec.options}, job.value().workload, spec.defects, spec.world}, nullptr);
  REQUIRE(outcome.end == sim::RunEnd::JobFinished);
  Committed committed;
  for (const sim::VisibleRecord& record : simulation.visible()) committed.values.emplace_back(record.value);
  std::sort(committed.values.begin(), committed.values.end());
  for (const sim::TraceEvent& event : simulation.trace().events()) {
    committed.restarts += event.kind == sim::TraceKind(engine::EventKind::RestartScheduled) ? 1 : 0;
    if (event.kind == sim::TraceKind(engine::EventKind::FilesRestored)) committed.local_files += event.b & 0xFFFF'FFFF;
  }
  return committed;
}

Scenario on(engine::StateBackendKind backend, bool incremental, bool changelog = false) {
  Scenario scenario = test::small_storm();
  scenario.base.options.backend = backend;
  scenario.base.options.checkpoint.incremental = incremental;
  scenario.base.options.checkpoint.max_concurrent = 2;
  scenario.base.options.changelog = {changelog, engine::Duration{70'000'000}};
  return scenario;
}

}  // namespace

TEST_CASE(
    "heap, RocksDB, incremental RocksDB and changelogs commit the same results under the same seeds (P1, SN-12, "
    "SN-20)") {
  using engine::StateBackendKind;
  std::uint64_t restarts = 0, logged_restarts = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    INFO("seed " << seed);
    const Committed heap = run(on(StateBackendKind::Heap, false), seed);
    const Committed full = run(on(StateBackendKind::RocksDb, false), seed);
    const Committed incremental = run(on(StateBackendKind::RocksDb, true), seed);
    REQUIRE(heap.values.size() == 300);
    REQUIRE(full.values == heap.values);
    REQUIRE(incremental.values == heap.values);
    restarts += incremental.restarts;
    for (const StateBackendKind backend : {StateBackendKind::Heap, StateBackendKind::RocksDb}) {
      const Committed logged = run(on(backend, false, true), seed);
      REQUIRE(logged.values == heap.values);
      logged_restarts += logged.restarts;
    }
  }
  CHECK(restarts > 10);
  CHECK(logged_restarts > 20);
}

TEST_CASE("merged files change nothing in what is committed under the same seeds (P1, SH-15)") {
  std::uint64_t restarts = 0;
  for (const bool incremental : {false, true}) {
    Scenario scenario =
        on(incremental ? engine::StateBackendKind::RocksDb : engine::StateBackendKind::Heap, incremental);
    scenario.base.options.checkpoint.file_merging = {true, 400, 150, true};
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      INFO("seed " << seed);
      const Committed merged = run(scenario, seed);
      REQUIRE(merged.values == run(on(engine::StateBackendKind::Heap, false), seed).values);
      restarts += merged.restarts;
    }
  }
  CHECK(restarts > 10);
}

TEST_CASE("with and without local recovery the same results are committed under the same seeds (P19, SN-25)") {
  using engine::StateBackendKind;
  for (const auto& [backend, incremental] : {std::pair{StateBackendKind::Heap, false},
                                             {StateBackendKind::RocksDb, false},
                                             {StateBackendKind::RocksDb, true}}) {
    std::uint64_t local_files = 0;
    Scenario scenario = on(backend, incremental);
    scenario.base.job.name = "chained-totals";
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      INFO("seed " << seed);
      scenario.base.options.local_recovery = false;
      const Committed remote = run(scenario, seed);
      scenario.base.options.local_recovery = true;
      const Committed local = run(scenario, seed);
      REQUIRE(remote.values.size() == 300);
      REQUIRE(local.values == remote.values);
      CHECK(remote.local_files == 0);
      local_files += local.local_files;
    }
    CHECK(local_files > 20);
  }
}

}  // namespace weir::scenarios
