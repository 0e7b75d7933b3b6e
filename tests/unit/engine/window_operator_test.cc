#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

#include "fakes/core_world.h"
#include "state/heap_backend.h"
#include "time/timer_bytes.h"
#include "weir/engine/window_operator.h"

using namespace weir::engine;
using namespace weir::engine::fakes;
using namespace std::chrono_literals;

namespace {

struct Click {
  std::int64_t user = 0;
  std::int64_t n = 0;
  static constexpr auto fields() { return std::tuple{&Click::user, &Click::n}; }
};
struct UserOf {
  const std::int64_t& operator()(const Click& click) const { return click.user; }
};

// "1 [0,10) 7": user, window, sum.
std::string said(std::int64_t user, const TimeWindow& w, std::int64_t sum) {
  return std::to_string(user) + " [" + std::to_string(w.start) + "," + std::to_string(w.end) + ") " +
         std::to_string(sum);
}
using Said = std::vector<std::string>;

// One subtask's window operator over a heap backend; a second life takes over the state of a first.
struct Windows {
  using Op = detail::WindowOperator<std::int64_t, Click, ReducingState<Click>, Click, std::string, UserOf>;

  explicit Windows(WindowOptions options, LateFunction<Click, std::string> late = {})
      : op(
            UserOf{}, std::move(options),
            [](RuntimeContext& context) {
              return context.get_reducing_state(
                  ReducingStateDescriptor<Click>{"contents", [](const Click& a, const Click& b) {
                                                   return Click{a.user, a.n + b.n};
                                                 }});
            },
            [](const std::int64_t& user, const TimeWindow& w, const Click& sum, Collector<std::string>& collector) {
              collector.collect(said(user, w, sum.n));
            },
            std::move(late)) {
    attempt.context.keyed = backend.get();
    attempt.context.raw_input = &input;
    attempt.context.raw_output = &output;
    op.set_output(out.any());
  }
  void open() { op.open(attempt.context); }
  void restore(Windows& before) {
    before.output.clear();
    before.op.snapshot_state(CheckpointId{1});
    input.groups = before.output.groups;
    REQUIRE(backend->restore(before.backend->snapshot(CheckpointId{1})->write()).ok());
    open();
  }
  void click(std::int64_t user, std::int64_t at, std::int64_t n = 1) {
    attempt.chain.timestamp = EventTime{at};
    op.collect(Click{user, n});
  }
  Said watermark(std::int64_t at) {
    out.values.clear();
    op.watermark(EventTime{at});
    return out.values;
  }
  std::size_t cells() const {
    std::size_t n = 0;
    for (const char* state : {"contents", "merging-window-set", "window-trigger-count"}) {
      for (const TimeWindow& w : all_windows) n += backend->get_keys(state, serialize(w)).size();
      n += backend->get_keys(state, {}).size();
    }
    return n;
  }

  CoreWorld world;
  CoreAttempt attempt{world};
  RawState input, output;
  std::unique_ptr<KeyedStateBackend> backend = make_heap_backend({KeyGroup{0}, KeyGroup{127}});
  CoreCollector<std::string> out{attempt.chain};
  Op op;
  std::vector<TimeWindow> all_windows;
};

}  // namespace

TEST_CASE("a window is emitted once its time is over, and nothing of it stays (WI-2, WI-4)") {
  Windows w({tumbling_windows(TimeDomain::Event, 10ms)});
  w.all_windows = {{0, 10}, {10, 20}};
  w.open();
  w.click(1, 3, 5);
  w.click(1, 7, 2);
  w.click(2, 9);
  w.click(1, 12);
  CHECK(w.watermark(8).empty());
  CHECK(w.watermark(9) == Said{"1 [0,10) 7", "2 [0,10) 1"});
  CHECK(w.cells() == 1);
  CHECK(w.watermark(kMaxWatermark.value) == Said{"1 [10,20) 1"});
  CHECK(w.cells() == 0);
}

TEST_CASE("what a window emits has the time of its end, and goes out before the watermark (WI-3)") {
  Windows w({tumbling_windows(TimeDomain::Event, 10ms)});
  w.open();
  w.click(1, 3);
  w.watermark(30);
  CHECK(w.attempt.chain.timestamp == EventTime{9});
  CHECK(w.out.watermarks == std::vector<EventTime>{EventTime{30}});
}

TEST_CASE("late elements fire again while they are allowed, and are dropped and counted afterwards (WI-2)") {
  Windows w({tumbling_windows(TimeDomain::Event, 10ms), time_trigger(), 5ms});
  w.all_windows = {{0, 10}};
  w.open();
  w.click(1, 3);
  CHECK(w.watermark(9) == Said{"1 [0,10) 1"});
  w.out.values.clear();
  w.click(1, 4);
  CHECK(w.out.values == Said{"1 [0,10) 2"});
  CHECK(w.op.late_dropped() == 0);
  CHECK(w.watermark(14).empty());
  CHECK(w.cells() == 0);
  w.out.values.clear();
  w.click(1, 5);
  CHECK(w.out.values.empty());
  CHECK(w.op.late_dropped() == 1);
}

TEST_CASE("what is late may be sent elsewhere instead, at its own time (WI-2)") {
  Windows w({tumbling_windows(TimeDomain::Event, 10ms)},
            [](const Click& late, Collector<std::string>& out) { out.collect("late " + std::to_string(late.user)); });
  w.open();
  w.click(1, 3);
  CHECK(w.watermark(15) == Said{"1 [0,10) 1"});
  w.out.values.clear();
  w.click(2, 4);
  CHECK(w.out.values == Said{"late 2"});
  CHECK(w.attempt.chain.timestamp == EventTime{4});
  CHECK(w.op.late_dropped() == 0);
}

TEST_CASE("an element of several windows is dropped only when it is late for all of them (WI-2)") {
  Windows w({sliding_windows(TimeDomain::Event, 20ms, 10ms)});
  w.open();
  w.click(1, 15);
  CHECK(w.watermark(19) == Said{"1 [0,20) 1"});
  w.click(1, 16);
  CHECK(w.op.late_dropped() == 0);
  CHECK(w.watermark(29) == Said{"1 [10,30) 2"});
}

TEST_CASE("sessions merge with their content, and the timers of what was merged are gone (WI-5)") {
  Windows w({session_windows(TimeDomain::Event, 10ms)});
  w.all_windows = {{0, 10}, {15, 25}, {8, 18}, {0, 25}};
  w.open();
  w.click(1, 0, 1);
  w.click(1, 15, 2);
  w.click(1, 8, 4);
  CHECK(w.watermark(20).empty());
  CHECK(w.watermark(24) == Said{"1 [0,25) 7"});
  CHECK(w.cells() == 0);
  CHECK(w.watermark(1000).empty());
}

TEST_CASE("windows and their timers go on after a restore (WI-1, WI-6, TM-6)") {
  Windows before({session_windows(TimeDomain::Event, 10ms)});
  before.open();
  before.click(1, 0, 1);
  before.click(1, 8, 2);
  before.click(2, 3, 5);
  Windows after({session_windows(TimeDomain::Event, 10ms)});
  after.restore(before);
  after.click(1, 14, 4);
  CHECK(after.watermark(12) == Said{"2 [3,13) 5"});
  CHECK(after.watermark(kMaxWatermark.value) == Said{"1 [0,24) 7"});
}

TEST_CASE("a restored timer whose key or window does not decode ends the attempt when it fires") {
  for (const Timer& timer : {Timer{9, KeyGroup{0}, "k", serialize(TimeWindow{0, 10})},
                             Timer{9, KeyGroup{0}, serialize(std::int64_t{1}), "w"}}) {
    Windows w({tumbling_windows(TimeDomain::Event, 10ms)});
    TimerQueue event;
    event.add(timer);
    w.input.groups = write_timers(event, {});
    w.open();
    CHECK_THROWS_AS(w.watermark(20), OperatorFailure);
  }
}

TEST_CASE("a count trigger's count follows merged windows (WI-1, WI-5)") {
  Windows w({session_windows(TimeDomain::Event, 10ms), purging(count_trigger(3))});
  w.open();
  w.click(1, 0, 1);
  w.click(1, 20, 2);
  w.out.values.clear();
  w.click(1, 10, 4);
  CHECK(w.out.values == Said{"1 [0,30) 7"});
  w.out.values.clear();
  w.click(1, 11, 8);
  CHECK(w.out.values.empty());
}
