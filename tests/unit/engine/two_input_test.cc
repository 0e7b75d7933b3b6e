#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

#include "fakes/cluster_world.h"
#include "fakes/core_jobs.h"
#include "fakes/operator_harness.h"
#include "weir/engine/connected_streams.h"
#include "weir/engine/sequential.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

using Pair = std::pair<std::string, std::int64_t>;

// Adds up what comes by either side of a key, each side with another sign, and says the sum.
struct Difference : KeyedCoProcessFunction<std::string, std::string, Pair, Pair> {
  void open(RuntimeContext& context) override { sum = context.get_state<std::int64_t>({"sum", 0}); }
  void process_element1(const std::string&, Context& context, Collector<Pair>& out) override { add(1, context, out); }
  void process_element2(const Pair& pair, Context& context, Collector<Pair>& out) override {
    add(-pair.second, context, out);
  }
  void add(std::int64_t n, Context& context, Collector<Pair>& out) {
    sum.update(sum.value_or(0) + n);
    out.collect({context.current_key, sum.value_or(0)});
  }
  ValueState<std::int64_t> sum;
};

// Says which side something came by, and when a side is over.
struct Sides : CoProcessFunction<std::string, std::int64_t, std::string> {
  void process_element1(const std::string& word, Collector<std::string>& out) override { out.collect("1:" + word); }
  void process_element2(const std::int64_t& n, Collector<std::string>& out) override {
    out.collect("2:" + std::to_string(n));
  }
  void end_input1(Collector<std::string>& out) override { out.collect("1 over"); }
  void end_input2(Collector<std::string>& out) override { out.collect("2 over"); }
};

StreamEnvironment two_inputs() {
  StreamEnvironment env("two-inputs");
  env.set_parallelism(2);
  return env;
}

std::string problems(const StreamEnvironment& env) {
  const auto built = JobGraph::build(env.graph());
  return built.ok() ? "" : built.status().message();
}

std::vector<std::string> outputs(SequentialJob& job) {
  job.run_to_end();
  std::vector<std::string> all;
  for (const SequentialOutput& output : job.outputs()) all.push_back(output.value);
  std::sort(all.begin(), all.end());
  return all;
}

std::shared_ptr<const JobGraph> built(const StreamEnvironment& env) {
  INFO(problems(env));
  return JobGraph::build(env.graph()).value();
}

}  // namespace

TEST_CASE("a keyed operator of two inputs keeps one state for a key, whichever side it comes by") {
  using Op = detail::KeyedCoProcessOperator<std::string, std::string, Pair, Pair, decltype(&itself),
                                            std::string (*)(const Pair&)>;
  OperatorHarness<Pair> op([] {
    return std::make_unique<Op>(
        &itself, +[](const Pair& p) { return p.first; }, std::make_unique<Difference>());
  });
  op.send<std::string>(std::string("a"), "a");
  op.send(std::string("a"), Pair{"a", 5}, kMinWatermark.value, 1);
  op.send<std::string>(std::string("b"), "b");
  CHECK(op.out(0).values == std::vector<Pair>{{"a", 1}, {"a", -4}, {"b", 1}});
}

TEST_CASE("both inputs of an operator are drawn, keyed and aligned as channels of one vertex") {
  StreamEnvironment env = two_inputs();
  auto words = env.from_source(LogSource<std::string>("words"), "words");
  auto pairs = env.from_source(LogSource<Pair>("pairs"), "pairs");
  words.connect(pairs)
      .key_by(itself, [](const Pair& pair) { return pair.first; })
      .process<Difference>("difference")
      .uid("difference")
      .sink_to(TransactionalLogSink<Pair>("out"));
  const auto job = built(env);
  const ExecutionGraph graph(job);
  REQUIRE(job->vertices.size() == 3);
  const SubtaskInfo& subtask = graph.subtask(*graph.subtask_named("difference/1"));
  REQUIRE(subtask.inputs.size() == 4);
  CHECK(graph.channel(subtask.inputs[0]).name == "words/0->difference/1");
  CHECK(graph.channel(subtask.inputs[3]).name == "pairs/1->difference/1");
  CHECK(job->edges[graph.channel(subtask.inputs[0]).edge].input == 0);
  CHECK(job->edges[graph.channel(subtask.inputs[3]).edge].input == 1);
}

TEST_CASE("an operator of two inputs that is wired wrongly is refused") {
  StreamEnvironment env = two_inputs();
  auto words = env.from_source(LogSource<std::string>("words"), "words");
  words.connect(words)
      .key_by(itself, itself)
      .transform<Pair>("join", [](auto, auto) -> std::unique_ptr<Operator> { return nullptr; })
      .sink_to(TransactionalLogSink<Pair>("out"));
  CHECK(problems(env).empty());
  StreamGraph graph = env.graph();
  graph.edges[1].input = 0;
  CHECK(JobGraph::build(graph).status().message().find("nothing feeds input 2 of operator 'join'") == 0);
  graph.edges[1].input = 2;
  CHECK(JobGraph::build(graph).status().message().find("operator 'join' has no input 3") == 0);
  graph = env.graph();
  graph.edges[1].type = std::make_shared<PlainEdge<std::string>>(Partitioning::Broadcast);
  CHECK(JobGraph::build(graph).status().message().find("input 2 of keyed operator 'join' is not keyed") == 0);
}

TEST_CASE("the sequential run feeds both inputs, and tells the end of each") {
  CoreWorld world;
  world.log.create("words", {{"a", "b"}});
  world.log.create("numbers", {{serialize(std::int64_t{7})}});
  world.log.create("out", {{}});
  StreamEnvironment env("sides");
  auto words = env.from_source(LogSource<std::string>("words"), "words");
  auto numbers = env.from_source(LogSource<std::int64_t>("numbers"), "numbers");
  words.connect(numbers).process<Sides>("sides").sink_to(TransactionalLogSink<std::string>("out"));
  SequentialJob job(built(env), world.log, world.files);
  CHECK(outputs(job) == std::vector<std::string>{"1 over", "1:a", "1:b", "2 over", "2:7"});
}

TEST_CASE("united streams are one stream, and its watermark is the least of theirs in the sequential run (TM-13)") {
  CoreWorld world;
  world.log.create("early", {{serialize(std::int64_t{1}), serialize(std::int64_t{12})}});
  world.log.create("late", {{serialize(std::int64_t{3}), serialize(std::int64_t{30})}});
  world.log.create("out", {{}});
  StreamEnvironment env("union");
  const auto timed = [&](const char* topic) {
    return env.from_source(LogSource<std::int64_t>(topic), topic)
        .assign_timestamps_and_watermarks([](const std::int64_t& at) { return EventTime{at}; },
                                          {std::chrono::milliseconds(0)});
  };
  // The windows of the first stream end, and are emitted, long before the second stream is read.
  const auto sums = [](const DataStream<std::int64_t>& stream) {
    return stream.key_by([](const std::int64_t&) { return 0; })
        .window(tumbling_windows(TimeDomain::Event, std::chrono::milliseconds(10)))
        .reduce<std::int64_t>([](const std::int64_t& a, const std::int64_t& b) { return a + b; },
                              [](const int&, const TimeWindow&, const std::int64_t& sum, Collector<std::int64_t>& out) {
                                out.collect(sum);
                              });
  };
  sums(sums(timed("early")).union_with(sums(timed("late")))).sink_to(TransactionalLogSink<std::int64_t>("out"));
  SequentialJob job(built(env), world.log, world.files);
  const std::vector<std::string> expected{serialize(std::int64_t{4}), serialize(std::int64_t{12}),
                                          serialize(std::int64_t{30})};
  CHECK(outputs(job) == expected);
}

TEST_CASE("a union has no name of its own, and any consumer") {
  StreamEnvironment env = two_inputs();
  auto all =
      env.from_source(LogSource<std::string>("a"), "a").union_with(env.from_source(LogSource<std::string>("b"), "b"));
  CHECK_THROWS_AS(all.uid("both"), InvariantViolation);
  all.rebalance().sink_to(TransactionalLogSink<std::string>("out"), "sink");
  CHECK(built(env)->edges.size() == 2);
}

TEST_CASE("two inputs run to their end in the runtime, each end is told once, and every result is committed") {
  ClusterWorld world;
  std::vector<std::string> words, numbers;
  for (std::int64_t i = 0; i < 100; ++i) words.push_back("w" + std::to_string(i));
  for (std::int64_t i = 0; i < 10; ++i) numbers.push_back(serialize(i));
  world.log.create("words", {words, words});
  world.log.create("numbers", {numbers, {}});
  world.log.create("out", {{}, {}});
  StreamEnvironment env = two_inputs();
  auto first = env.from_source(LogSource<std::string>("words"), "words");
  auto second = env.from_source(LogSource<std::int64_t>("numbers"), "numbers");
  first.rebalance()
      .connect(second.broadcast())
      .process<Sides>("sides")
      .sink_to(TransactionalLogSink<std::string>("out"));
  JobSetup setup{std::make_shared<ExecutionGraph>(built(env)), {}, {}};
  setup.options.checkpoint.enabled = true;
  setup.options.checkpoint.interval = 10ms;
  world.start(setup);
  REQUIRE(world.run_to_end());
  const std::vector<std::string> committed = world.log.committed();
  const auto count = [&](const std::string& value) { return std::count(committed.begin(), committed.end(), value); };
  CHECK(committed.size() == 200 + 2 * 10 + 4);
  CHECK(count("1:w7") == 2);
  CHECK(count("2:3") == 2);
  CHECK(count("1 over") == 2);
  CHECK(count("2 over") == 2);
}
