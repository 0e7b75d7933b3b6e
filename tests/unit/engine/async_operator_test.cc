#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "fakes/cluster_world.h"
#include "fakes/operator_harness.h"
#include "weir/engine/async_operator.h"
#include "weir/engine/connectors.h"

using namespace weir::engine;
using namespace weir::engine::fakes;
using namespace std::chrono_literals;

namespace {

// Answers with the square, after so many milliseconds as the random stream says.
struct Square : AsyncFunction<std::int64_t, std::int64_t> {
  explicit Square(int* n = nullptr) : asked(n) {}
  Reply async_invoke(const std::int64_t& value, AsyncContext& context) override {
    if (asked != nullptr) ++*asked;
    return {context.latency(0ms, 99ms), {value * value}};
  }
  int* asked;
};
struct SquareOrMinus : Square {
  using Square::Square;
  std::vector<std::int64_t> timeout(const std::int64_t& value) override { return {-value}; }
};

constexpr std::uint64_t ms(std::uint64_t n) { return n * 1'000'000; }

template <class Function = Square>
OperatorHarness<std::int64_t>::Make squares(AsyncOptions options, AsyncOutput output, int* asked = nullptr) {
  return [=] {
    return std::make_unique<detail::AsyncOperator<std::int64_t, std::int64_t>>(std::make_unique<Function>(asked),
                                                                               options, output);
  };
}
using Values = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("ordered results keep the order of the elements, unordered ones come as they are ready") {
  for (const AsyncOutput output : {AsyncOutput::Ordered, AsyncOutput::Unordered}) {
    OperatorHarness<std::int64_t> op(squares({}, output), 1, false);
    op.random.script = {ms(30), ms(10), ms(20)};
    for (const std::int64_t n : {1, 2, 3}) op.send_to(0, n);
    op.run_for(9ms);
    CHECK(op.out(0).values.empty());
    op.run_for(11ms);
    CHECK(op.out(0).values == (output == AsyncOutput::Ordered ? Values{} : Values{4, 9}));
    CHECK(op.chain(0).under_way == (output == AsyncOutput::Ordered ? 3 : 1));
    op.run_for(10ms);
    CHECK(op.out(0).values == (output == AsyncOutput::Ordered ? Values{1, 4, 9} : Values{4, 9, 1}));
    CHECK(op.chain(0).under_way == 0);
  }
}

TEST_CASE("results have the time and the origin of their element, and no watermark passes an element before it") {
  OperatorHarness<std::int64_t> op(squares({}, AsyncOutput::Unordered), 1, false);
  op.random.script = {ms(30), ms(10), ms(5)};
  op.chain(0).origin = Origin::of(0, 1, 17);
  op.send_to(0, std::int64_t{1}, 100);
  op.chain(0).origin = Origin::of(0, 1, 18);
  op.send_to(0, std::int64_t{2}, 90);
  op.watermark(95);
  op.send_to(0, std::int64_t{3}, 110);
  op.run_for(20ms);
  CHECK(op.out(0).values == Values{4});
  CHECK(op.out(0).origins == std::vector{Origin::of(0, 1, 18)});
  CHECK(op.chain(0).timestamp == EventTime{90});
  CHECK(op.out(0).watermarks.empty());
  op.run_for(10ms);
  CHECK(op.out(0).values == Values{4, 1, 9});
  CHECK(op.out(0).watermarks == std::vector{EventTime{95}});
  op.watermark(120);
  CHECK(op.out(0).watermarks.back() == EventTime{120});
}

TEST_CASE("with as many requests under way as there is room for, the operator is full until one comes back") {
  int asked = 0;
  OperatorHarness<std::int64_t> op(squares({.capacity = 2}, AsyncOutput::Ordered, &asked), 1, false);
  op.random.script = {ms(10), ms(20), ms(10)};
  op.send_to(0, std::int64_t{1});
  op.send_to(0, std::int64_t{2});
  CHECK(op.chain(0).full == 0);
  op.send_to(0, std::int64_t{3});
  CHECK(op.chain(0).full == 1);
  CHECK(asked == 2);
  op.run_for(10ms);
  CHECK(op.chain(0).full == 0);
  CHECK(asked == 3);
  op.run_for(10ms);
  CHECK(op.out(0).values == Values{1, 4, 9});
}

TEST_CASE("a request that takes too long is made again, and in the end counts as timed out") {
  int asked = 0;
  OperatorHarness<std::int64_t> op(
      squares<SquareOrMinus>({.timeout = 20ms, .attempts = 2}, AsyncOutput::Ordered, &asked), 1, false);
  op.random.script = {ms(30), ms(21), ms(20)};
  op.send_to(0, std::int64_t{5});
  op.run_for(20ms);
  CHECK(asked == 2);
  CHECK(op.out(0).values.empty());
  op.run_for(20ms);
  CHECK(op.out(0).values == Values{-5});
  op.send_to(0, std::int64_t{6});
  op.run_for(20ms);
  CHECK(op.out(0).values == Values{-5, 36});
}

TEST_CASE("a timeout that is not handled ends the attempt") {
  OperatorHarness<std::int64_t> op(squares({.timeout = 20ms}, AsyncOutput::Ordered), 1, false);
  op.random.script = {ms(30)};
  op.send_to(0, std::int64_t{5});
  CHECK_THROWS_AS(op.run_for(20ms), OperatorFailure);
}

TEST_CASE("what is under way at a checkpoint is asked again after a restore, by however many subtasks (ST-12, RS-8)") {
  REQUIRE(rc::check("async operator", [] {
    const auto output = *rc::gen::element(AsyncOutput::Ordered, AsyncOutput::Unordered);
    const AsyncOptions options{.capacity = *rc::gen::inRange<std::size_t>(1, 4), .timeout = 60ms, .attempts = 0};
    OperatorHarness<std::int64_t> op(squares(options, output), 2, false);
    op.random.script = *rc::gen::container<std::vector<std::uint64_t>>(
        rc::gen::map(rc::gen::inRange<std::uint64_t>(0, 100), [](std::uint64_t n) { return ms(n); }));
    Values expected;
    for (const auto& [subtask, pause] : *rc::gen::container<std::vector<std::pair<std::uint32_t, std::uint32_t>>>(
             rc::gen::pair(rc::gen::inRange(0u, 4u), rc::gen::inRange(0u, 40u)))) {
      const auto n = static_cast<std::int64_t>(expected.size()) + 1;
      expected.push_back(n * n);
      op.send_to(subtask % op.parallelism(), n);
      op.run_for(std::chrono::milliseconds(pause));
      if (pause % 4 == 0) op.restore(subtask + 1);
    }
    op.run_for(std::chrono::seconds(60));
    Values results = op.results();
    std::sort(results.begin(), results.end());
    RC_ASSERT(results == expected);
    for (std::uint32_t i = 0; i < op.parallelism(); ++i) {
      RC_ASSERT(op.chain(i).under_way == 0u);
      RC_ASSERT(op.chain(i).full == 0u);
    }
  }));
}

TEST_CASE("where there is no time, the answers are there at the end") {
  OperatorHarness<std::int64_t> op(squares({.capacity = 1, .timeout = 1ms}, AsyncOutput::Ordered), 1, false);
  op.random.script = {ms(90), ms(90), ms(90)};
  for (const std::int64_t n : {1, 2, 3}) op.send_to(0, n);
  op.watermark(7);
  op.at(0).finish();
  CHECK(op.out(0).values == Values{1, 4, 9});
  CHECK(op.out(0).watermarks == std::vector{EventTime{7}});
}

TEST_CASE("the end of data waits for results under way, and input waits for room") {
  ClusterWorld world;
  Values numbers(40);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<std::int64_t>(i);
  std::vector<std::string> bytes;
  for (const std::int64_t n : numbers) bytes.push_back(serialize(n));
  world.log.create("in", {bytes});
  world.log.create("out", {{}});
  struct Slow : AsyncFunction<std::int64_t, std::int64_t> {
    Reply async_invoke(const std::int64_t& value, AsyncContext&) override { return {5ms, {value}}; }
  };
  StreamEnvironment env("async");
  const auto in = env.from_source(LogSource<std::int64_t>("in"), "in");
  AsyncDataStream::ordered_wait<Slow>(in, {.capacity = 3}, "slow").sink_to(TransactionalLogSink<std::int64_t>("out"));
  JobSetup setup{std::make_shared<ExecutionGraph>(JobGraph::build(env.graph()).value()), {}, {}};
  setup.options.checkpoint.enabled = true;
  setup.options.checkpoint.interval = 10ms;
  setup.options.network.records_per_segment = 4;
  world.start(setup);
  REQUIRE(world.run_to_end());
  CHECK(world.schedule.now() >= Time(40 / 3 * 5ms));
  CHECK(world.events.of(EventKind::CheckpointCompleted).size() > 3);
  CHECK(world.log.committed() == bytes);
}
