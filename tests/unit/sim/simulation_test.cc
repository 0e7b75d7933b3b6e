#include "weir/sim/simulation.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "weir/engine/connectors.h"
#include "weir/engine/stream.h"

using namespace weir::sim;
using namespace std::chrono_literals;
namespace engine = weir::engine;
using engine::EventKind;

namespace {

constexpr std::uint64_t kRecords = 400;  // in each of two partitions

using Numbered = std::pair<std::string, std::uint64_t>;

struct CountPerKey : engine::KeyedProcessFunction<std::string, std::string, Numbered> {
  engine::ValueState<std::uint64_t> count;
  void open(engine::RuntimeContext& context) override {
    count = context.get_state(engine::ValueStateDescriptor<std::uint64_t>{"count"});
  }
  void process_element(const std::string& word, Context&, engine::Collector<Numbered>& out) override {
    const std::uint64_t n = count.value_or(0) + 1;
    count.update(n);
    out.collect({word, n});
  }
};

RunInputs two_by_two(std::uint64_t seed, FaultPlan faults = {}) {
  engine::StreamEnvironment env("counts");
  env.set_parallelism(2).enable_checkpointing(10ms);
  env.from_source(engine::LogSource<std::string>("words"), "words")
      .uid("words")
      .key_by([](const std::string& word) { return word; })
      .process<CountPerKey>("totals")
      .uid("totals")
      .sink_to(engine::TransactionalLogSink<Numbered>("counts"), "sink")
      .uid("sink");
  auto workload = std::make_shared<Workload>();
  Topic words{"words", {{}, {}}};
  for (std::uint64_t i = 0; i < kRecords; ++i) {
    for (auto& partition : words.partitions) partition.push_back("word-" + std::to_string(i * 7 % 13));
  }
  workload->topics.push_back(std::move(words));
  workload->output_topics = {"counts"};

  RunInputs made;
  made.setup.graph = std::make_shared<engine::ExecutionGraph>(engine::JobGraph::build(env.graph()).value());
  made.setup.options = env.options();
  made.setup.options.restart.strategy = engine::RestartStrategy::FixedDelay;
  made.setup.options.restart.fixed_delay = {engine::kUnlimitedRestarts, 5ms};
  made.workload = std::move(workload);
  made.world.seed = seed;
  made.world.storm = 100ms;
  made.world.faults = std::move(faults);
  return made;
}

// Every count of every word from 1 to its number of occurrences, once each.
std::vector<Numbered> expected() {
  std::vector<Numbered> all;
  for (std::uint64_t word = 0; word < 13; ++word) {
    std::uint64_t n = 0;
    for (std::uint64_t i = 0; i < kRecords; ++i) n += i * 7 % 13 == word ? 2 : 0;
    for (std::uint64_t k = 1; k <= n; ++k) all.emplace_back("word-" + std::to_string(word), k);
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<Numbered> committed(const Simulation& simulation) {
  std::vector<Numbered> all;
  for (const VisibleRecord& record : simulation.visible()) {
    Numbered value;
    REQUIRE(engine::deserialize(record.value, value));
    all.push_back(std::move(value));
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::size_t count(const Trace& trace, TraceKind kind) {
  return static_cast<std::size_t>(std::count_if(trace.events().begin(), trace.events().end(),
                                                [&](const TraceEvent& event) { return event.kind == kind; }));
}

Fault crash(std::uint16_t task_manager, Duration restart) {
  Fault fault;
  fault.task_manager = task_manager;
  fault.duration = restart;
  fault.trigger.at_event = true;
  fault.trigger.event = EventKind::AckSent;
  fault.trigger.checkpoint = {1};
  return fault;
}

class Counter final : public Observer {
 public:
  void on_event(const TraceEvent&, std::uint32_t index) override { in_order = in_order && index == events++; }
  void on_visible(const VisibleRecord& record) override { values.emplace_back(record.value); }
  bool in_order = true;
  std::uint32_t events = 0;
  std::vector<std::string> values;
};

}  // namespace

TEST_CASE("a job of two by two subtasks finishes and every result is committed once") {
  for (const SchedulePolicy policy : {SchedulePolicy::Fifo, SchedulePolicy::Random}) {
    Simulation simulation;
    RunInputs inputs = two_by_two(1);
    inputs.world.schedule = policy;
    const RunOutcome outcome = simulation.run(inputs, nullptr);
    INFO((outcome.invariant ? outcome.invariant->message : ""));
    REQUIRE(outcome.end == RunEnd::JobFinished);
    CHECK(count(simulation.trace(), EventKind::CheckpointCompleted) >= 2);
    CHECK(count(simulation.trace(), WorldEventKind::FaultFired) == 0);
    CHECK(committed(simulation) == expected());
  }
}

TEST_CASE("crashes are survived and the results are committed exactly once") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Simulation simulation;
    const RunOutcome outcome = simulation.run(two_by_two(seed, {crash(1, 8ms), crash(2, 1ms)}), nullptr);
    INFO("seed " << seed << " " << (outcome.invariant ? outcome.invariant->message : ""));
    REQUIRE(outcome.end == RunEnd::JobFinished);
    CHECK(outcome.faults.at(0).took_effect);
    CHECK(outcome.faults.at(1).took_effect);
    CHECK(count(simulation.trace(), EventKind::RestoreChosen) >= 1);
    CHECK(committed(simulation) == expected());
  }
}

TEST_CASE("lost acknowledgements and slow barriers are survived") {
  Fault loss;
  loss.kind = FaultKind::LoseMessages;
  loss.message = engine::MessageKind::AcknowledgeCheckpoint;
  Fault slow;
  slow.kind = FaultKind::SlowBarrier;
  slow.duration = 4ms;
  slow.count = 3;
  Simulation simulation;
  RunInputs inputs = two_by_two(3, {loss, slow});
  inputs.setup.options.checkpoint.timeout = 30ms;
  inputs.setup.options.checkpoint.tolerable_failures = 100;
  const RunOutcome outcome = simulation.run(inputs, nullptr);
  REQUIRE(outcome.end == RunEnd::JobFinished);
  CHECK(outcome.faults.at(0).took_effect);
  CHECK(outcome.faults.at(1).took_effect);
  CHECK(count(simulation.trace(), WorldEventKind::MessageLost) >= 1);
  CHECK(count(simulation.trace(), WorldEventKind::BarrierDelayed) == 3);
  CHECK(committed(simulation) == expected());
}

TEST_CASE("the same inputs give the same trace, whatever ran before") {
  Simulation simulation;
  const RunOutcome first = simulation.run(two_by_two(5, {crash(1, 8ms)}), nullptr);
  const RunOutcome again = simulation.run(two_by_two(5, {crash(1, 8ms)}), nullptr);
  CHECK(first.trace_hash == again.trace_hash);
  CHECK(first.events == again.events);
  const RunOutcome other = simulation.run(two_by_two(6), nullptr);
  CHECK(other.trace_hash != first.trace_hash);
  CHECK(simulation.run(two_by_two(5, {crash(1, 8ms)}), nullptr).trace_hash == first.trace_hash);
  Simulation fresh;
  CHECK(fresh.run(two_by_two(5, {crash(1, 8ms)}), nullptr).trace_hash == first.trace_hash);
}

TEST_CASE("an observer sees every event and every visible record, and changes nothing") {
  Simulation simulation;
  Counter counter;
  const RunOutcome watched = simulation.run(two_by_two(5, {crash(1, 8ms)}), &counter);
  CHECK(counter.events == simulation.trace().size());
  CHECK(counter.in_order);
  CHECK(counter.values.size() == expected().size());
  CHECK(simulation.run(two_by_two(5, {crash(1, 8ms)}), nullptr).trace_hash == watched.trace_hash);
}

TEST_CASE("names of policies and ends are distinct") {
  CHECK(name(SchedulePolicy::Fifo) != name(SchedulePolicy::Random));
  std::set<std::string_view> names;
  for (const RunEnd end : {RunEnd::JobFinished, RunEnd::JobFailed, RunEnd::OutOfTime, RunEnd::InvariantViolated}) {
    names.insert(name(end));
  }
  CHECK(names.size() == 4);
}
