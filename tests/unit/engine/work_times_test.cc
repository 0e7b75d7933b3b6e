#include "task/work_times.h"

#include <catch2/catch.hpp>

namespace weir::engine {
namespace {

using namespace std::chrono_literals;

constexpr Time at(Duration since_start) { return Time{} + since_start; }

TEST_CASE("time between steps is back-pressured while an output has no room, else idle (14.2)") {
  WorkTimes times;
  times.start(at(10ms));
  times.step_begins(at(12ms));
  CHECK(times.back_pressured(at(12ms)) == 0ms);  // it was idle
  times.step_ends(at(12ms), 5ms, true);
  CHECK(times.busy() == 5ms);
  CHECK(times.back_pressured(at(15ms)) == 0ms);  // the step takes until 17 ms
  CHECK(times.back_pressured(at(20ms)) == 3ms);
  times.output_changed(at(22ms), false);
  CHECK(times.back_pressured(at(30ms)) == 5ms);
  times.step_begins(at(30ms));
  times.step_ends(at(30ms), 1ms, false);
  CHECK(times.busy() == 6ms);
  CHECK(times.back_pressured(at(40ms)) == 5ms);
}

TEST_CASE("a step that is taken while there is no room interrupts the wait, and does not end it") {
  WorkTimes times;
  times.start(at(0ms));
  times.step_begins(at(0ms));
  times.step_ends(at(0ms), 2ms, true);
  times.step_begins(at(6ms));  // a control mail
  times.step_ends(at(6ms), 1ms, true);
  CHECK(times.busy() == 3ms);
  CHECK(times.back_pressured(at(9ms)) == 6ms);  // 2 to 6, and 7 to 9
}

TEST_CASE("room that comes before the step is over leaves nothing to wait for") {
  WorkTimes times;
  times.start(at(0ms));
  times.step_begins(at(0ms));
  times.step_ends(at(0ms), 4ms, true);
  times.output_changed(at(3ms), false);
  CHECK(times.back_pressured(at(9ms)) == 0ms);
  times.output_changed(at(5ms), true);  // what waited for the buffer timeout was sent, and filled the queue
  CHECK(times.back_pressured(at(9ms)) == 4ms);
}

}  // namespace
}  // namespace weir::engine
