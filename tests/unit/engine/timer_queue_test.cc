#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <algorithm>

#include "time/timer_bytes.h"
#include "weir/engine/timer_queue.h"

using namespace weir::engine;

namespace {

Timer timer(std::int64_t time, const char* key, std::uint16_t group = 0, const char* name_space = "") {
  return {time, KeyGroup{group}, key, name_space};
}

}  // namespace

TEST_CASE("timers come out by time, and equal ones collapse (TM-1, TM-2)") {
  TimerQueue queue;
  CHECK_FALSE(queue.next());
  CHECK(queue.add(timer(20, "a")));
  CHECK(queue.add(timer(10, "b")));
  CHECK_FALSE(queue.add(timer(30, "a")));
  queue.add(timer(20, "a"));
  queue.add(timer(20, "a", 0, "window"));
  CHECK(queue.timers().size() == 4);
  CHECK(queue.next() == 10);
  CHECK(queue.pop(20) == timer(10, "b"));
  CHECK(queue.pop(20) == timer(20, "a"));
  CHECK(queue.pop(20) == timer(20, "a", 0, "window"));
  CHECK_FALSE(queue.pop(20));
  CHECK(queue.pop(30) == timer(30, "a"));
}

TEST_CASE("deleting a timer that is not there is no error (TM-1)") {
  TimerQueue queue;
  queue.remove(timer(1, "a"));
  queue.add(timer(1, "a"));
  queue.remove(timer(1, "b"));
  CHECK(queue.timers().size() == 1);
  queue.remove(timer(1, "a"));
  CHECK(queue.timers().empty());
}

TEST_CASE("timers survive their bytes, each with its key group (TM-5)") {
  REQUIRE(rc::check([](const std::vector<std::tuple<std::int64_t, std::uint8_t, std::string, std::string>>& all) {
    TimerQueue event, processing;
    for (const auto& [time, group, key, name_space] : all) {
      (time % 2 == 0 ? event : processing).add({time, KeyGroup{group}, key, name_space});
    }
    const auto groups = write_timers(event, processing);
    RC_ASSERT(std::is_sorted(groups.begin(), groups.end(), [](auto& a, auto& b) { return a.group < b.group; }));
    TimerQueue event_again, processing_again;
    for (const auto& group : groups) RC_ASSERT(read_timers(group, event_again, processing_again));
    RC_ASSERT(event_again.timers() == event.timers());
    RC_ASSERT(processing_again.timers() == processing.timers());
  }));
}

TEST_CASE("timers that are cut short, or of another version, do not decode") {
  TimerQueue event, processing;
  event.add(timer(7, "key", 3, "window"));
  processing.add(timer(9, "other", 3));
  const auto groups = write_timers(event, processing);
  REQUIRE(groups.size() == 1);
  for (std::size_t size = 0; size < groups[0].bytes.size(); ++size) {
    TimerQueue a, b;
    CHECK_FALSE(read_timers({KeyGroup{3}, groups[0].bytes.substr(0, size)}, a, b));
  }
  RawState::Group newer = groups[0];
  newer.bytes[0] = 9;
  TimerQueue a, b;
  CHECK_FALSE(read_timers(newer, a, b));
}
