#include "bench/reference_seed.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "weir/sim/random.h"

namespace weir::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kRecordsPerSource = 1000;
constexpr engine::Duration kSourceRecord = 80us;
constexpr std::uint64_t kWarmUpSeeds = 20;
constexpr std::uint64_t kFirstWarmUpSeed = 1'000'000;

// Which TaskManager dies and when, from the middle 80 % of its third: a restart is over before the next crash.
sim::Fault crash(sim::RandomStream& random, std::uint64_t third) {
  const auto third_ns =
      static_cast<std::uint64_t>(engine::to_ns(kSourceRecord)) * kRecordsPerSource / kReferenceCrashes;
  sim::Fault fault;
  fault.kind = sim::FaultKind::Crash;
  fault.task_manager = static_cast<std::uint16_t>(1 + random.below(2));
  fault.duration = 500us;
  const std::uint64_t within = random.between(third_ns / 10, third_ns * 9 / 10);
  fault.trigger.time = engine::at_ns(static_cast<std::int64_t>(third * third_ns + within));
  return fault;
}

[[noreturn]] void give_up(const scenarios::RunSpec& spec, const std::string& why) {
  std::fprintf(stderr, "the reference seed does not hold: %s\nweir replay '%s'\n", why.c_str(),
               scenarios::to_line(spec).c_str());
  std::exit(1);
}

bool all_took_effect(const sim::RunOutcome& outcome) {
  return std::all_of(outcome.faults.begin(), outcome.faults.end(),
                     [](const sim::FaultActivity& fault) { return fault.took_effect; });
}

void check(const scenarios::RunSpec& spec, const engine::Result<scenarios::RunResult>& result) {
  if (!result.ok()) give_up(spec, result.status().message());
  if (result.value().answer != properties::Answer::Holds) give_up(spec, result.value().cause);
  if (!all_took_effect(result.value().outcome)) give_up(spec, "a crash struck nothing");
}

}  // namespace

scenarios::RunSpec reference_spec(engine::StateBackendKind backend) {
  scenarios::RunSpec spec;
  spec.scenario = "reference-seed";
  spec.job.name = "keyed-count";
  spec.job.parallelism = 4;
  spec.job.records = 4 * kRecordsPerSource;
  spec.job.keys = 128;
  spec.options.backend = backend;
  spec.options.checkpoint.enabled = true;
  spec.options.checkpoint.interval = 10ms;
  spec.options.checkpoint.tolerable_failures = 1000;
  spec.options.restart.strategy = engine::RestartStrategy::FixedDelay;
  spec.options.restart.fixed_delay = {engine::kUnlimitedRestarts, 500us};
  spec.options.network.records_per_segment = 32;
  spec.options.cost.source_record = kSourceRecord;
  spec.world.detect_loss = 200us;
  spec.world.storm = 1s;
  spec.world.drain = 10s;
  return spec;
}

void set_seed(scenarios::RunSpec& spec, std::uint64_t seed) {
  sim::RandomStream random(seed, "bench/crashes");
  spec.world.seed = seed;
  spec.world.faults.clear();
  for (std::uint64_t third = 0; third < kReferenceCrashes; ++third) spec.world.faults.push_back(crash(random, third));
}

void add(Totals& into, const Totals& more) {
  into.seeds += more.seeds;
  into.scheduler_events += more.scheduler_events;
  into.trace_events += more.trace_events;
  into.checkpoints += more.checkpoints;
  into.restarts += more.restarts;
}

ReferenceRunner::ReferenceRunner(engine::StateBackendKind backend, bool unaligned)
    : catalogue_(scenarios::JobCatalogue::built_in()), runner_(catalogue_), spec_(reference_spec(backend)) {
  spec_.options.checkpoint.unaligned = unaligned;
}

void ReferenceRunner::run(std::uint64_t seed) {
  set_seed(spec_, seed);
  const auto result = runner_.run(spec_);
  check(spec_, result);
  const scenarios::RunResult& run = result.value();
  totals_.seeds += 1;
  totals_.scheduler_events += run.outcome.events;
  totals_.trace_events += runner_.trace().size();
  totals_.checkpoints += run.checkpoints_completed;
  totals_.restarts += run.restarts;
  totals_.hash = (totals_.hash ^ run.outcome.trace_hash) * 0x9E3779B97F4A7C15ull;
}

void ReferenceRunner::run(std::uint64_t first_seed, std::uint64_t seeds) {
  for (std::uint64_t seed = first_seed; seed < first_seed + seeds; ++seed) run(seed);
}

void ReferenceRunner::warm_up() {
  run(kFirstWarmUpSeed, kWarmUpSeeds);
  reset_totals();
}

}  // namespace weir::bench
