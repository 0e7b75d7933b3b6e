#include <catch2/catch.hpp>

#include "fakes/core_world.h"
#include "weir/engine/timer_service.h"
#include "weir/engine/timestamps.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

struct Service {
  explicit Service(std::vector<RawState::Group> restored = {}) {
    input.groups = std::move(restored);
    attempt.context.raw_input = &input;
    attempt.context.raw_output = &output;
    timers.open(attempt.context);
  }
  void add(TimeDomain domain, std::int64_t time, const char* key = "k") {
    timers.register_timer(domain, time, {key, KeyGroup{5}});
  }
  std::vector<std::int64_t> advance(std::int64_t watermark) {
    std::vector<std::int64_t> fired;
    timers.advance(EventTime{watermark}, [&](const Timer& t) { fired.push_back(t.time); });
    return fired;
  }

  CoreWorld world;
  CoreAttempt attempt{world};
  RawState input, output;
  TimerService timers;
};

using Times = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("event timers fire up to the watermark, in order, once (TM-3)") {
  Service s;
  for (const std::int64_t time : {30, 10, 20, 40, 20}) s.add(TimeDomain::Event, time);
  CHECK(s.timers.current_watermark() == kMinWatermark);
  CHECK(s.advance(5).empty());
  CHECK(s.advance(30) == Times{10, 20, 30});
  CHECK(s.timers.current_watermark() == EventTime{30});
  CHECK(s.advance(30).empty());
  CHECK(s.advance(kMaxWatermark.value) == Times{40});
}

TEST_CASE("a timer that a callback registers below the watermark fires in the same pass (TM-3)") {
  Service s;
  s.add(TimeDomain::Event, 10);
  Times fired;
  s.timers.advance(EventTime{100}, [&](const Timer& t) {
    fired.push_back(t.time);
    if (t.time < 40) s.add(TimeDomain::Event, t.time + 10);
    if (t.time == 40) s.add(TimeDomain::Event, 101);
  });
  CHECK(fired == Times{10, 20, 30, 40});
  CHECK(s.timers.count(TimeDomain::Event) == 1);
}

TEST_CASE("the alarm is set to the first processing timer and moves with it (TM-4)") {
  Service s;
  CHECK_FALSE(s.attempt.alarm.at);
  s.add(TimeDomain::Event, 1);
  CHECK_FALSE(s.attempt.alarm.at);
  s.add(TimeDomain::Processing, 500);
  CHECK(s.attempt.alarm.at == at_ns(500));
  s.add(TimeDomain::Processing, 900);
  CHECK(s.attempt.alarm.at == at_ns(500));
  s.add(TimeDomain::Processing, 200);
  CHECK(s.attempt.alarm.at == at_ns(200));
}

TEST_CASE("what is in a snapshot is what has not fired, and comes back with its time (TM-5, TM-6, TM-7)") {
  Service before;
  for (const std::int64_t time : {10, 20, 30}) before.add(TimeDomain::Event, time);
  before.add(TimeDomain::Processing, -7);  // overdue wherever it is restored
  before.advance(10);
  before.timers.snapshot();
  before.advance(20);

  Service after(before.output.groups);
  CHECK(after.attempt.alarm.at == at_ns(-7));
  CHECK(after.timers.current_watermark() == kMinWatermark);  // TM-11
  Times fired;
  after.timers.ring([&](const Timer& t) { fired.push_back(t.time); });
  CHECK(fired == Times{-7});
  after.timers.ring([&](const Timer& t) { fired.push_back(t.time); });
  CHECK(fired == Times{-7});
  CHECK(after.advance(1000) == Times{20, 30});
}

TEST_CASE("restored timers that do not decode end the attempt") {
  CHECK_THROWS_AS(Service({{KeyGroup{5}, "rubbish"}}), OperatorFailure);
}

TEST_CASE("watermarks stay behind the newest record by the allowed lateness") {
  CoreWorld world;
  CoreAttempt attempt(world);
  const auto when = [](const std::int64_t& ms) { return EventTime{ms}; };
  detail::TimestampsOperator<std::int64_t, decltype(when)> op(when, {std::chrono::milliseconds(50)});
  CoreCollector<std::int64_t> out(attempt.chain);
  op.set_output(out.any());
  op.open(attempt.context);
  CHECK(attempt.alarm.at.has_value());
  op.on_processing_time();
  CHECK(out.watermarks.empty());
  op.collect(1000);
  CHECK(attempt.chain.timestamp == EventTime{1000});
  op.collect(980);
  op.on_processing_time();
  op.on_processing_time();
  op.collect(1200);
  op.on_processing_time();
  op.watermark(EventTime{5});  // of before the timestamps: means nothing here
  op.watermark(kMaxWatermark);
  CHECK(out.watermarks == std::vector<EventTime>{EventTime{949}, EventTime{1149}, kMaxWatermark});
  CHECK(out.values == std::vector<std::int64_t>{1000, 980, 1200});
}

TEST_CASE("a subtask without records is idle after a while, until the next one, and does not stop the others (TM-13)") {
  CoreWorld world;
  CoreAttempt attempt(world);
  const auto when = [](const std::int64_t& ms) { return EventTime{ms}; };
  const BoundedOutOfOrderness bound{std::chrono::milliseconds(0), std::chrono::milliseconds(10)};
  detail::TimestampsOperator<std::int64_t, decltype(when)> op(when, bound.with_idleness(std::chrono::milliseconds(20)));
  CoreCollector<std::int64_t> out(attempt.chain);
  op.set_output(out.any());
  op.open(attempt.context);
  const auto intervals = [&](int n) {
    for (; n > 0; --n) op.on_processing_time();
  };
  intervals(2);
  CHECK(out.statuses.empty());
  intervals(5);
  CHECK(out.statuses == std::vector{WatermarkStatus::Idle});
  op.collect(5);
  CHECK(out.statuses == std::vector{WatermarkStatus::Idle, WatermarkStatus::Active});
  intervals(2);
  op.collect(6);
  intervals(2);
  CHECK(out.statuses.size() == 2);
  intervals(1);
  CHECK(out.statuses.back() == WatermarkStatus::Idle);
  op.status(WatermarkStatus::Active);  // of before the timestamps: means nothing here
  CHECK(out.statuses.size() == 3);
}
