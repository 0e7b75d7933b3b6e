// Event time end to end: timers, watermarks and their state under crashes.

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "weir/engine/connectors.h"
#include "weir/engine/stream.h"
#include "weir/sim/simulation.h"

using namespace weir::sim;
using namespace std::chrono_literals;
namespace engine = weir::engine;
using engine::EventKind;
using engine::EventTime;

namespace {

constexpr std::int64_t kUsers = 40;
constexpr std::int64_t kClicks = 12;  // of each user, all within a second of event time

struct Click {
  std::int64_t user = 0;
  std::int64_t at = 0;
  static constexpr auto fields() { return std::tuple{&Click::user, &Click::at}; }
};
using Total = std::pair<std::int64_t, std::uint64_t>;

// How many clicks a user made, said once the user's second is over.
struct TotalPerUser : engine::KeyedProcessFunction<std::int64_t, Click, Total> {
  engine::ValueState<std::uint64_t> clicks;
  void open(engine::RuntimeContext& context) override {
    clicks = context.get_state(engine::ValueStateDescriptor<std::uint64_t>{"clicks"});
  }
  void process_element(const Click& click, Context& context, engine::Collector<Total>&) override {
    CHECK(context.timestamp == EventTime{click.at});
    clicks.update(clicks.value_or(0) + 1);
    context.timers.register_event_time_timer(EventTime{(click.user + 1) * 1000 - 1});
  }
  void on_timer(std::int64_t, OnTimerContext& context, engine::Collector<Total>& out) override {
    out.collect({context.current_key, clicks.value_or(0)});
    clicks.clear();
  }
};

// Says a user's name when the delay since the first click is over.
struct AfterDelay : engine::KeyedProcessFunction<std::int64_t, Click, Total> {
  explicit AfterDelay(engine::Duration d) : delay(d) {}
  engine::Duration delay;
  void process_element(const Click&, Context& context, engine::Collector<Total>&) override {
    context.timers.register_processing_time_timer(context.timers.current_processing_time() + delay);
  }
  void on_timer(std::int64_t, OnTimerContext& context, engine::Collector<Total>& out) override {
    CHECK(context.time_domain == engine::TimeDomain::Processing);
    out.collect({context.current_key, 1});
  }
};

struct Sums final : engine::AggregateFunction<Click, std::uint64_t, std::uint64_t> {
  std::uint64_t create_accumulator() const override { return 0; }
  void add(const Click&, std::uint64_t& sum) const override { ++sum; }
  std::uint64_t get_result(const std::uint64_t& sum) const override { return sum; }
  void merge(std::uint64_t& into, const std::uint64_t& other) const override { into += other; }
};

enum class How { Timers, Tumbling, Sessions, SoonAfter, MuchLater };

engine::DataStream<Total> totals(const engine::DataStream<Click>& clicks, How how) {
  const auto keyed = clicks.key_by([](const Click& click) { return click.user; });
  if (how == How::Timers) return keyed.process<TotalPerUser>("totals");
  if (how == How::SoonAfter) return keyed.process<AfterDelay>("totals", engine::Duration(300us));
  if (how == How::MuchLater) return keyed.process<AfterDelay>("totals", engine::Duration(1h));
  const auto assigner = how == How::Tumbling ? engine::tumbling_windows(engine::TimeDomain::Event, 1000ms)
                                             : engine::session_windows(engine::TimeDomain::Event, 200ms);
  return keyed.window(assigner).aggregate<Total, std::uint64_t, std::uint64_t>(
      std::make_shared<Sums>(),
      [](const std::int64_t& user, const engine::TimeWindow&, const std::uint64_t& sum, engine::Collector<Total>& out) {
        out.collect({user, sum});
      });
}

RunInputs totals_job(std::uint64_t seed, FaultPlan faults = {}, How how = How::Timers,
                     engine::StateBackendKind backend = engine::StateBackendKind::Heap) {
  engine::StreamEnvironment env("totals");
  env.set_parallelism(2).enable_checkpointing(10ms);
  const auto clicked =
      env.from_source(engine::LogSource<Click>("clicks"), "clicks")
          .uid("clicks")
          .assign_timestamps_and_watermarks([](const Click& click) { return EventTime{click.at}; }, {0ms, 2ms})
          .uid("timestamps")
          .rebalance()
          .map([](const Click& click) { return click; }, "map")
          .uid("map");
  totals(clicked, how).uid("totals").sink_to(engine::TransactionalLogSink<Total>("totals"), "sink").uid("sink");
  auto workload = std::make_shared<Workload>();
  Topic clicks{"clicks", {{}, {}}};
  for (std::int64_t user = 0; user < kUsers; ++user) {
    for (std::int64_t n = 0; n < kClicks; ++n) {
      auto& partition = clicks.partitions[static_cast<std::size_t>(n % 2)];
      partition.push_back(engine::serialize(Click{user, user * 1000 + n * 80}));
    }
  }
  workload->topics.push_back(std::move(clicks));
  workload->output_topics = {"totals"};
  RunInputs made;
  made.setup.graph = std::make_shared<engine::ExecutionGraph>(engine::JobGraph::build(env.graph()).value());
  made.setup.options = env.options();
  made.setup.options.restart.strategy = engine::RestartStrategy::FixedDelay;
  made.setup.options.restart.fixed_delay = {engine::kUnlimitedRestarts, 5ms};
  made.setup.options.backend = backend;
  made.setup.options.cost.source_record = 200us;
  made.workload = std::move(workload);
  made.world.seed = seed;
  made.world.storm = 100ms;
  made.world.faults = std::move(faults);
  return made;
}

std::vector<Total> committed(const Simulation& simulation) {
  std::vector<Total> all;
  for (const VisibleRecord& record : simulation.visible()) {
    Total value;
    REQUIRE(engine::deserialize(record.value, value));
    all.push_back(value);
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<Total> expected() {
  std::vector<Total> all;
  for (std::int64_t user = 0; user < kUsers; ++user) all.emplace_back(user, kClicks);
  return all;
}

FaultPlan two_crashes(std::uint64_t seed) {
  FaultPlan plan;
  for (std::uint64_t n = 0; n < 2; ++n) {
    Fault fault;
    fault.task_manager = static_cast<std::uint16_t>(1 + (seed + n) % 2);
    fault.duration = 4ms;
    fault.trigger.time = engine::at_ns(static_cast<std::int64_t>(12'000'000 + n * 21'000'000 + seed * 311'000));
    plan.push_back(fault);
  }
  return plan;
}

}  // namespace

TEST_CASE("event timers fire once each, whatever the interleaving (TM-3, TM-13)") {
  Simulation simulation;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CHECK(simulation.run(totals_job(seed), nullptr).end == RunEnd::JobFinished);
    CHECK(committed(simulation) == expected());
  }
}

TEST_CASE("event timers and what they fired survive crashes exactly once (P14, TM-5, TM-6, TM-7)") {
  Simulation simulation;
  std::size_t restores_with_state = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    CHECK(simulation.run(totals_job(seed, two_crashes(seed)), nullptr).end == RunEnd::JobFinished);
    CHECK(committed(simulation) == expected());
    for (const TraceEvent& event : simulation.trace().events()) {
      if (event.kind == TraceKind(EventKind::RestoreChosen) && event.a != 0) ++restores_with_state;
    }
  }
  CHECK(restores_with_state >= 60);
}

TEST_CASE("windows commit every total once under crashes, on both backends (P14, WI-1, WI-4, WI-5, WI-6)") {
  using engine::StateBackendKind;
  Simulation simulation;
  for (const auto& [how, backend, seeds] :
       {std::tuple{How::Tumbling, StateBackendKind::Heap, 40u}, std::tuple{How::Sessions, StateBackendKind::Heap, 40u},
        std::tuple{How::Tumbling, StateBackendKind::RocksDb, 6u},
        std::tuple{How::Sessions, StateBackendKind::RocksDb, 6u}}) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      CAPTURE(static_cast<int>(how), static_cast<int>(backend), seed);
      CHECK(simulation.run(totals_job(seed, two_crashes(seed), how, backend), nullptr).end == RunEnd::JobFinished);
      CHECK(committed(simulation) == expected());
    }
  }
}

TEST_CASE("processing timers fire when their time has come, and those left at the end are dropped (TM-4, TM-10)") {
  Simulation simulation;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CHECK(simulation.run(totals_job(seed, {}, How::SoonAfter), nullptr).end == RunEnd::JobFinished);
    CHECK(committed(simulation).size() > static_cast<std::size_t>(kUsers));
    CHECK(simulation.run(totals_job(seed, {}, How::MuchLater), nullptr).end == RunEnd::JobFinished);
    CHECK(committed(simulation).empty());
  }
}
