// A source of which one subtask brings nothing for a while, in a whole cluster.

#include <catch2/catch.hpp>
#include <set>

#include "fakes/cluster_world.h"
#include "weir/engine/connectors.h"
#include "weir/engine/either.h"
#include "weir/engine/stream.h"

using namespace weir::engine;
using namespace weir::engine::fakes;
using namespace std::chrono_literals;

namespace {

constexpr Duration kQuiet = 50ms;
using Out = Either<std::int64_t, std::int64_t>;  // start of a window, or an element that came too late

// Split 0 has the times 0..399, one every 200 us; split 1 only 300, after a long silence.
class HalfQuiet final : public SourceOperator {
 public:
  void set_output(AnyCollector out) override { out_ = out.as<std::int64_t>(); }
  std::vector<Split> discover(Environment&) override { return {{0, 0, false}, {1, 0, false}}; }
  std::uint32_t read(Split& split, std::uint32_t max) override {
    const bool quiet = split.id == 1;
    const Time now = context().environment.clock.now();
    std::uint32_t n = 0;
    for (; n < max && !split.finished; ++n) {
      if (now < (quiet ? Time(kQuiet) : Time(split.position * 200us))) break;
      chain().origin = Origin::of(0, split.id, split.position);
      out_->collect(quiet ? 300 : static_cast<std::int64_t>(split.position));
      split.finished = ++split.position == (quiet ? 1 : 400);
    }
    return n;
  }

 private:
  Collector<std::int64_t>* out_ = nullptr;
};
struct HalfQuietSource {
  using Record = std::int64_t;
  std::unique_ptr<SourceOperator> create() const { return std::make_unique<HalfQuiet>(); }
};

// When the first window was emitted, if any was before the silence ended.
bool emits_during_silence(BoundedOutOfOrderness bound, std::vector<std::string>& committed) {
  ClusterWorld world;
  world.log.create("out", {{}, {}});
  world.log.create("late", {{}, {}});
  bool early = false;
  StreamEnvironment env("half-quiet");
  env.set_parallelism(2);
  const auto all =
      env.from_source(HalfQuietSource{}, "numbers")
          .assign_timestamps_and_watermarks([](const std::int64_t& at) { return EventTime{at}; }, bound)
          .key_by([](const std::int64_t&) { return std::int64_t{1}; })
          .window(tumbling_windows(TimeDomain::Event, 100ms))
          .reduce<Out>([](const std::int64_t& a, const std::int64_t&) { return a; },
                       [&](const std::int64_t&, const TimeWindow& window, const std::int64_t&, Collector<Out>& out) {
                         early = early || world.schedule.now() < Time(kQuiet);
                         out.collect(Out::first(window.start));
                       },
                       "windows",
                       [](const std::int64_t& late, Collector<Out>& out) { out.collect(Out::second(late)); });
  const auto [windows, late] = split(all);
  windows.sink_to(TransactionalLogSink<std::int64_t>("out"), "windows-sink");
  late.sink_to(TransactionalLogSink<std::int64_t>("late"), "late-sink");
  JobSetup setup{std::make_shared<ExecutionGraph>(JobGraph::build(env.graph()).value()), {}, {}};
  setup.options.checkpoint.enabled = true;
  setup.options.checkpoint.interval = 10ms;
  world.start(setup);
  REQUIRE(world.run_to_end());
  committed = world.log.committed();
  std::sort(committed.begin(), committed.end());
  return early;
}

std::vector<std::string> starts(const std::set<std::int64_t>& all) {
  std::vector<std::string> bytes;
  for (const std::int64_t start : all) bytes.push_back(serialize(start));
  std::sort(bytes.begin(), bytes.end());
  return bytes;
}

}  // namespace

TEST_CASE("with idleness, a silent subtask of a source does not hold back the windows of the others (TM-13)") {
  std::vector<std::string> committed;
  CHECK(emits_during_silence(BoundedOutOfOrderness{0ms, 1ms}.with_idleness(5ms), committed));
  CHECK(committed == starts({0, 100, 200, 300}));
  CHECK_FALSE(emits_during_silence({0ms, 1ms}, committed));
  CHECK(committed == starts({0, 100, 200, 300}));
}

TEST_CASE("an element that comes too late goes to a stream of its own (WI-2)") {
  ClusterWorld world;
  std::vector<std::string> times;
  for (const std::int64_t at : {5, 250, 7, 260}) times.push_back(serialize(at));
  world.log.create("in", {times});
  world.log.create("out", {{}});
  world.log.create("late", {{}});
  // A watermark with every element.
  struct Punctual final : OneInputOperator<std::int64_t, std::int64_t> {
    void collect(const std::int64_t& at) override {
      this->context().chain.timestamp = EventTime{at};
      out().collect(at);
      out().watermark(EventTime{newest = std::max(newest, at - 1)});
    }
    void watermark(EventTime last) override {
      if (last == kMaxWatermark) out().watermark(last);
    }
    std::int64_t newest = 0;
  };
  StreamEnvironment env("late");
  auto timed = env.from_source(LogSource<std::int64_t>("in"), "in").transform<std::int64_t>("times", [] {
    return std::make_unique<Punctual>();
  });
  timed.assigns_event_time();
  const auto all =
      timed.key_by([](const std::int64_t&) { return std::int64_t{1}; })
          .window(tumbling_windows(TimeDomain::Event, 100ms))
          .reduce<Out>([](const std::int64_t& a, const std::int64_t&) { return a; },
                       [](const std::int64_t&, const TimeWindow& window, const std::int64_t&, Collector<Out>& out) {
                         out.collect(Out::first(window.start));
                       },
                       "windows", [](const std::int64_t& at, Collector<Out>& out) { out.collect(Out::second(at)); });
  const auto [windows, late] = split(all);
  windows.sink_to(TransactionalLogSink<std::int64_t>("out"), "windows-sink");
  late.sink_to(TransactionalLogSink<std::int64_t>("late"), "late-sink");
  world.start({std::make_shared<ExecutionGraph>(JobGraph::build(env.graph()).value()), {}, {}});
  REQUIRE(world.run_to_end());
  std::map<std::string, std::vector<std::string>> by_topic;
  for (const auto& transaction : world.log.transactions) {
    auto& records = by_topic[transaction.topic];
    records.insert(records.end(), transaction.records.begin(), transaction.records.end());
  }
  CHECK(by_topic["out"] == std::vector<std::string>{serialize(std::int64_t{0}), serialize(std::int64_t{200})});
  CHECK(by_topic["late"] == std::vector<std::string>{serialize(std::int64_t{7})});
}
