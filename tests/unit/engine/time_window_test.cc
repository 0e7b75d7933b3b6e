#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

#include "weir/engine/time_window.h"
#include "weir/engine/window_trigger.h"

using namespace weir::engine;
using namespace std::chrono_literals;

namespace {

std::vector<TimeWindow> assigned(const WindowAssigners& assigner, std::int64_t time) {
  std::vector<TimeWindow> windows;
  assigner->assign(time, windows);
  return windows;
}

// Keeps what a trigger asked for.
struct Asked final : TriggerContext {
  explicit Asked(std::int64_t time) : now(time) {}
  std::int64_t current_time() const override { return now; }
  void register_timer(std::int64_t time) override { timers.push_back(time); }
  void delete_timer(std::int64_t time) override { std::erase(timers, time); }
  std::int64_t add_to_count(std::int64_t n) override { return count += n; }
  void clear_count() override { count = 0; }
  void merge_counts() override { merged = true; }
  std::int64_t now;
  std::vector<std::int64_t> timers;
  std::int64_t count = 0;
  bool merged = false;
};

}  // namespace

TEST_CASE("tumbling windows lie side by side, also before zero and with an offset") {
  const auto plain = tumbling_windows(TimeDomain::Event, 10ms);
  CHECK(assigned(plain, 0) == std::vector<TimeWindow>{{0, 10}});
  CHECK(assigned(plain, 9) == std::vector<TimeWindow>{{0, 10}});
  CHECK(assigned(plain, 10) == std::vector<TimeWindow>{{10, 20}});
  CHECK(assigned(plain, -1) == std::vector<TimeWindow>{{-10, 0}});
  CHECK(assigned(tumbling_windows(TimeDomain::Event, 10ms, 3ms), 2) == std::vector<TimeWindow>{{-7, 3}});
}

TEST_CASE("sliding windows are all that hold the time") {
  const auto sliding = sliding_windows(TimeDomain::Event, 30ms, 10ms);
  CHECK(assigned(sliding, 25) == std::vector<TimeWindow>{{20, 50}, {10, 40}, {0, 30}});
  REQUIRE(rc::check([](std::int32_t time) {
    const auto size = *rc::gen::inRange(1, 50), slide = *rc::gen::inRange(1, 50);
    const auto windows = assigned(
        sliding_windows(TimeDomain::Event, std::chrono::milliseconds(size), std::chrono::milliseconds(slide)), time);
    for (const TimeWindow& w : windows) RC_ASSERT(w.start <= time && time < w.end && w.end - w.start == size);
    const auto least = static_cast<std::size_t>(size / slide);
    RC_ASSERT(windows.size() == least || windows.size() == least + 1);
  }));
}

TEST_CASE("a window that joins two sessions goes on with the state of the older one (WI-5)") {
  MergingWindowSet set;
  CHECK(set.add({0, 10}).merged.empty());
  CHECK(set.add({20, 30}).merged.empty());
  const auto within = set.add({2, 9});
  CHECK(within.window == TimeWindow{0, 10});
  CHECK(within.merged.empty());
  const auto joined = set.add({10, 20});
  CHECK(joined.window == TimeWindow{0, 30});
  CHECK(joined.state == TimeWindow{0, 10});
  CHECK(joined.merged == std::vector<TimeWindow>{{0, 10}, {20, 30}});
  CHECK(joined.merged_states == std::vector<TimeWindow>{{20, 30}});
  CHECK(set.state_of({0, 10}) == nullptr);
  REQUIRE(set.state_of({0, 30}) != nullptr);
  CHECK(*set.state_of({0, 30}) == TimeWindow{0, 10});
  set.retire({0, 30});
  CHECK(set.entries().empty());
}

TEST_CASE("merging windows stay apart from each other and keep every element's content (WI-1, WI-5)") {
  REQUIRE(rc::check([](const std::vector<std::uint8_t>& times) {
    MergingWindowSet set;
    std::map<TimeWindow, std::vector<int>> content;  // by state window
    for (std::size_t i = 0; i < times.size(); ++i) {
      const TimeWindow window{times[i], times[i] + 5};
      const auto added = set.add(window);
      for (const TimeWindow& from : added.merged_states) {
        auto& into = content[added.state];
        into.insert(into.end(), content[from].begin(), content[from].end());
        content.erase(from);
      }
      content[added.state].push_back(static_cast<int>(i));
    }
    std::size_t elements = 0;
    for (const auto& a : set.entries()) {
      for (const auto& b : set.entries()) RC_ASSERT(a == b || !a.window.intersects(b.window));
      for (const int i : content[a.state]) {
        RC_ASSERT(a.window.start <= times[static_cast<std::size_t>(i)]);
        RC_ASSERT(times[static_cast<std::size_t>(i)] + 5 <= a.window.end);
      }
      elements += content[a.state].size();
    }
    RC_ASSERT(elements == times.size());
  }));
}

TEST_CASE("the time trigger waits for the end of the window, and fires late elements at once (WI-3)") {
  const TimeWindow window{0, 10};
  Asked early(5);
  CHECK(time_trigger()->on_element(window, early) == TriggerResult::Continue);
  CHECK(early.timers == std::vector<std::int64_t>{9});
  CHECK(time_trigger()->on_time(9, window, early) == TriggerResult::Fire);
  CHECK(time_trigger()->on_time(12, window, early) == TriggerResult::Continue);
  time_trigger()->clear(window, early);
  CHECK(early.timers.empty());
  Asked late(9);
  CHECK(time_trigger()->on_element(window, late) == TriggerResult::Fire);
  CHECK(late.timers.empty());
}

TEST_CASE("a merged window asks for a timer only when its time is still to come (WI-5)") {
  Asked before(8), after(9);
  time_trigger()->on_merge({0, 10}, before);
  time_trigger()->on_merge({0, 10}, after);
  CHECK(before.timers == std::vector<std::int64_t>{9});
  CHECK(after.timers.empty());
}

TEST_CASE("a count trigger fires each time so many elements came, a purging one throws away what fires") {
  const auto trigger = purging(count_trigger(2));
  Asked asked(0);
  CHECK(trigger->on_element({0, 10}, asked) == TriggerResult::Continue);
  CHECK(trigger->on_element({0, 10}, asked) == TriggerResult::FireAndPurge);
  CHECK(trigger->on_element({0, 10}, asked) == TriggerResult::Continue);
  CHECK(trigger->on_time(9, {0, 10}, asked) == TriggerResult::Continue);
  trigger->on_merge({0, 10}, asked);
  CHECK(asked.merged);
  trigger->clear({0, 10}, asked);
  CHECK(asked.count == 0);
}
