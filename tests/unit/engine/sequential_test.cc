#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <map>

#include "fakes/core_jobs.h"
#include "fakes/core_world.h"
#include "weir/engine/sequential.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

constexpr KeyGroupRange kAll{KeyGroup{0}, KeyGroup{127}};

std::shared_ptr<const JobGraph> build(const StreamEnvironment& env) {
  auto built = JobGraph::build(env.graph());
  REQUIRE(built.ok());
  return built.value();
}

OperatorId id_of(const JobGraph& job, const std::string& uid) {
  for (const JobVertex& vertex : job.vertices) {
    for (const JobOperator& op : vertex.chain) {
      if (op.uid == uid) return op.id;
    }
  }
  FAIL("no operator " << uid);
  return {};
}

struct SequentialWorld : CoreWorld {
  SequentialWorld() {
    log.create("counts", {{}});
    files.files["text"] = "to be or not\nto be\n\nthat is the question\nor not";
  }
};

std::map<std::string, std::int64_t> final_counts(const SequentialJob& job) {
  std::map<std::string, std::int64_t> counts;
  for (const SequentialOutput& output : job.outputs()) {
    Counted counted;
    REQUIRE(deserialize(BytesView(output.value), counted));
    REQUIRE(output.topic == "counts");
    counts[counted.first] = counted.second;
  }
  return counts;
}

}  // namespace

TEST_CASE("the sequential job computes plain counts") {
  SequentialWorld world;
  SequentialJob job(build(word_count_job()), world.log, world.files);
  job.run_to_end();
  CHECK(final_counts(job) ==
        std::map<std::string, std::int64_t>{
            {"to", 2}, {"be", 2}, {"or", 2}, {"not", 2}, {"that", 1}, {"is", 1}, {"the", 1}, {"question", 1}});
  CHECK(job.outputs().size() == 12);
  CHECK(job.outputs().front().origin == Origin::of(0, 0, 0));
  CHECK(world.log.transactions.empty());
  CHECK(world.events.all.empty());
}

TEST_CASE("parallelism does not change what the sequential job computes") {
  SequentialWorld world;
  SequentialJob one(build(word_count_job(1)), world.log, world.files);
  SequentialJob four(build(word_count_job(4)), world.log, world.files);
  one.run_to_end();
  four.run_to_end();
  CHECK(final_counts(one) == final_counts(four));
  const OperatorId totals = id_of(*build(word_count_job()), "totals");
  CHECK(one.digest(totals, kAll) == four.digest(totals, kAll));
}

TEST_CASE("advancing stops at the wanted position and never goes back") {
  SequentialWorld world;
  SequentialJob job(build(word_count_job()), world.log, world.files);
  REQUIRE(job.sources().size() == 1);
  CHECK(job.sources()[0].splits == 3);
  CHECK(job.position(0, 0) == 0);
  job.advance(0, 0, 13);
  CHECK(job.position(0, 0) == 13);
  CHECK(job.outputs().size() == 4);
  job.advance(0, 0, 5);
  CHECK(job.position(0, 0) == 13);
  CHECK_FALSE(job.at_end(0, 0));
  job.advance(0, 0, 1000);
  CHECK(job.at_end(0, 0));
  CHECK(job.position(0, 1) > job.position(0, 0) - 1);
}

TEST_CASE("state after advancing in steps is the state of a fresh job advanced at once") {
  SequentialWorld world;
  const auto graph = build(word_count_job());
  const OperatorId totals = id_of(*graph, "totals");
  REQUIRE(rc::check([&] {
    SequentialJob stepped(graph, world.log, world.files);
    const auto steps = *rc::gen::container<std::vector<std::pair<std::uint32_t, std::uint64_t>>>(
        rc::gen::pair(rc::gen::inRange<std::uint32_t>(0, 3), rc::gen::inRange<std::uint64_t>(0, 60)));
    for (const auto& [split, position] : steps) stepped.advance(0, split, position);
    SequentialJob at_once(graph, world.log, world.files);
    for (std::uint32_t split = 0; split < 3; ++split) at_once.advance(0, split, stepped.position(0, split));
    RC_ASSERT(at_once.digest(totals, kAll) == stepped.digest(totals, kAll));
    RC_ASSERT(at_once.outputs().size() == stepped.outputs().size());
  }));
}

TEST_CASE("the digests of all subtasks' ranges add up to the whole") {
  SequentialWorld world;
  const auto graph = build(word_count_job(3));
  SequentialJob job(graph, world.log, world.files);
  job.run_to_end();
  const OperatorId totals = id_of(*graph, "totals");
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < 3; ++i) sum += job.digest(totals, key_group_range(128, 3, i));
  CHECK(sum == job.digest(totals, kAll));
  CHECK(sum != 0);
}

TEST_CASE("a log source is advanced in batches to the exact offset, with its own ordinal") {
  CoreWorld world;
  std::vector<std::string> many;
  for (int i = 0; i < 1000; ++i) many.push_back(std::to_string(i));
  world.log.create("in", {many});
  world.log.create("other", {{"x", "y"}});
  world.log.create("out", {{}});
  StreamEnvironment env("two-sources");
  env.from_source(LogSource<std::string>("in"), "in").sink_to(TransactionalLogSink<std::string>("out"));
  env.from_source(LogSource<std::string>("other"), "other").sink_to(TransactionalLogSink<std::string>("out"));
  SequentialJob job(build(env), world.log, world.files);
  job.advance(0, 0, 777);
  CHECK(job.position(0, 0) == 777);
  CHECK(job.outputs().back().value == "776");
  CHECK(job.outputs().back().origin == Origin::of(0, 0, 776));
  job.advance(1, 0, 1);
  CHECK(job.outputs().back().origin == Origin::of(1, 0, 0));
}

TEST_CASE("a broadcast edge delivers once for every subtask of the consumer, a fan-out to every consumer") {
  CoreWorld world;
  world.log.create("in", {{"a"}});
  world.log.create("out", {{}});
  StreamEnvironment env("broadcast");
  auto in = env.from_source(LogSource<std::string>("in"), "in");
  in.broadcast()
      .map([](const std::string& s) { return s + "!"; }, "copy")
      .set_parallelism(3)
      .sink_to(TransactionalLogSink<std::string>("out"));
  in.sink_to(TransactionalLogSink<std::string>("out"), "plain");
  SequentialJob job(build(env), world.log, world.files);
  job.run_to_end();
  std::vector<std::string> values;
  for (const SequentialOutput& output : job.outputs()) values.push_back(output.value);
  CHECK(values == std::vector<std::string>{"a!", "a!", "a!", "a"});
}

TEST_CASE("an input that cannot be opened is reported") {
  CoreWorld world;
  world.log.create("counts", {{}});
  CHECK_THROWS_AS(SequentialJob(build(word_count_job()), world.log, world.files), OperatorFailure);
}
