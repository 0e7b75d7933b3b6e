// Jobs with operators of all kinds are stopped after a checkpoint and go on from it with another parallelism, in a real
// cluster. What is committed in the end is what the sequential interpreter computes.

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <tuple>
#include <vector>

#include "checkpoint/metadata.h"
#include "fakes/cluster_world.h"
#include "weir/engine/async_operator.h"
#include "weir/engine/connected_streams.h"
#include "weir/engine/connectors.h"
#include "weir/engine/interval_join.h"
#include "weir/engine/rules_in_time.h"
#include "weir/engine/sequential.h"
#include "weir/engine/sessions.h"
#include "weir/engine/window_join.h"

using namespace weir::engine;
using namespace weir::engine::fakes;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t kPartitions = 4;
constexpr std::int64_t kRecords = 40;  // in each partition

struct Record {
  std::int64_t key = 0;
  std::int64_t at = 0;
  static constexpr auto fields() { return std::tuple{&Record::key, &Record::at}; }
};
using Joined = std::tuple<std::int64_t, std::int64_t, std::int64_t>;

std::int64_t key_of(const Record& r) { return r.key; }
void pair_up(const Record& a, const Record& b, Collector<Joined>& out) { out.collect({a.key, a.at, b.at}); }
struct Earlier {
  bool operator()(const Record& a, const Record& b) const { return a.at < b.at; }
};
struct Echo : AsyncFunction<Record, Record> {
  Reply async_invoke(const Record& r, AsyncContext&) override { return {std::chrono::milliseconds(r.at % 5), {r}}; }
};

// A subtask reads several partitions, of which one may be far ahead; none of them is late.
DataStream<Record> timed(StreamEnvironment& env, const char* topic) {
  return env.from_source(LogSource<Record>(topic), topic)
      .uid(topic)
      .assign_timestamps_and_watermarks([](const Record& r) { return EventTime{r.at}; }, {0ms, 1ms})
      .uid(std::string("times-") + topic);
}
template <class T>
void finish(DataStream<T> stream) {
  stream.uid("op").sink_to(TransactionalLogSink<T>("out"), "sink").uid("sink");
}

void joins_intervals(StreamEnvironment& env) {
  finish(interval_join<Joined>(timed(env, "a").key_by(key_of), timed(env, "b").key_by(key_of), {-5ms, 12ms}, pair_up));
}
void joins_windows(StreamEnvironment& env) {
  finish(window_join<Joined>(timed(env, "a"), key_of, timed(env, "b"), key_of,
                             tumbling_windows(TimeDomain::Event, 20ms), pair_up));
}
void applies_rules(StreamEnvironment& env) {
  using Apply = RulesInTime<std::int64_t, Record, Record, Joined>;
  finish(timed(env, "a").key_by(key_of).connect(timed(env, "b").broadcast()).process<Apply>("rules", key_of, pair_up));
}
void cuts_sessions(StreamEnvironment& env) {
  finish(sessionise<Earlier>(timed(env, "a").union_with(timed(env, "b")).key_by(key_of), 6ms));
}
void asks_outside(StreamEnvironment& env) {
  auto all = timed(env, "a").union_with(timed(env, "b")).rebalance();
  finish(AsyncDataStream::unordered_wait<Echo>(all, {.capacity = 3}, "echo"));
}

struct World : ClusterWorld {
  // Times are different in every record, so that neither rules nor sessions are ambiguous.
  World() {
    for (const std::int64_t topic : {0, 1}) {
      std::vector<std::vector<std::string>> partitions(kPartitions);
      for (std::int64_t i = 0; i < kRecords * kPartitions; ++i) {
        const Record record{i * 7 % 5, 2 * i + topic};
        partitions[static_cast<std::size_t>(i % kPartitions)].push_back(serialize(record));
      }
      log.create(topic == 0 ? "a" : "b", std::move(partitions));
    }
    log.create("out", std::vector<std::vector<std::string>>(kPartitions));
  }
  static JobSetup job(void (*build)(StreamEnvironment&), std::uint32_t parallelism) {
    StreamEnvironment env("job");
    env.set_parallelism(parallelism);
    build(env);
    JobSetup setup{std::make_shared<ExecutionGraph>(JobGraph::build(env.graph()).value()), {}, {}};
    setup.options.checkpoint.enabled = true;
    setup.options.checkpoint.interval = 10ms;
    setup.options.network.records_per_segment = 4;
    return setup;
  }
  // What is done after the checkpoint is lost.
  Bytes checkpoint_of(JobSetup first) {
    start(std::move(first));
    setup.options.cost.source_record = 400us;
    REQUIRE(run_to_completion_of(1));
    schedule.run_for(2ms);
    const Bytes metadata = stored.at("chk-1/_metadata");
    kill();
    return metadata;
  }
  std::vector<std::string> expected(void (*build)(StreamEnvironment&)) {
    const std::shared_ptr<const JobGraph> graph = job(build, 1).graph->share_job();
    SequentialJob sequential(graph, log, files);
    sequential.run_to_end();
    std::vector<std::string> all;
    for (const SequentialOutput& output : sequential.outputs()) all.push_back(output.value);
    std::sort(all.begin(), all.end());
    return all;
  }
  std::vector<std::string> committed() const {
    std::vector<std::string> all = log.committed();
    std::sort(all.begin(), all.end());
    return all;
  }
};

}  // namespace

TEST_CASE(
    "operators of two inputs, of broadcast state, of windows and of requests survive a rescale (P12, RS-4, RS-8, "
    "RS-10)") {
  for (void (*const build)(StreamEnvironment&) :
       {joins_intervals, joins_windows, applies_rules, cuts_sessions, asks_outside}) {
    for (const auto& [from, to] : {std::pair(2u, 3u), {3u, 2u}, {1u, 4u}, {4u, 1u}, {2u, 2u}}) {
      INFO("from parallelism " << from << " to " << to);
      World world;
      const auto expected = world.expected(build);
      REQUIRE(expected.size() > 20);
      const Bytes metadata = world.checkpoint_of(World::job(build, from));
      const auto restored = restore_from(World::job(build, to), metadata);
      INFO((restored.ok() ? "" : restored.status().message()));
      REQUIRE(restored.ok());
      world.start(restored.value());
      REQUIRE(world.run_to_end());
      REQUIRE(world.committed() == expected);
      const auto end = world.events.of(EventKind::SnapshotTaken).back();
      CHECK(end.a > 1);
    }
  }
}
