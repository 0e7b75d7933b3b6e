#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "weir/engine/watermark_valve.h"

using namespace weir::engine;

TEST_CASE("the watermark of several channels is the least of theirs (TM-13)") {
  WatermarkValve valve(3);
  CHECK(valve.current() == kMinWatermark);
  CHECK_FALSE(valve.advance(0, EventTime{10}));
  CHECK_FALSE(valve.advance(1, EventTime{20}));
  CHECK(valve.advance(2, EventTime{15}) == EventTime{10});
  CHECK_FALSE(valve.advance(2, EventTime{40}));
  CHECK(valve.advance(0, EventTime{30}) == EventTime{20});
}

TEST_CASE("a channel whose data has ended counts as the greatest watermark (TM-13)") {
  WatermarkValve valve(2);
  CHECK_FALSE(valve.advance(0, EventTime{7}));
  CHECK(valve.end(1) == EventTime{7});
  CHECK(valve.end(0) == kMaxWatermark);
  CHECK_FALSE(valve.end(0));
}

TEST_CASE("a watermark that goes back changes nothing") {
  WatermarkValve valve(1);
  CHECK(valve.advance(0, EventTime{5}) == EventTime{5});
  CHECK_FALSE(valve.advance(0, EventTime{5}));
  CHECK_FALSE(valve.advance(0, EventTime{4}));
  CHECK(valve.current() == EventTime{5});
}

TEST_CASE("what the valve lets through ascends and is never above a channel") {
  REQUIRE(rc::check([](const std::vector<std::pair<std::uint8_t, std::int16_t>>& said) {
    constexpr std::uint32_t kChannels = 4;
    WatermarkValve valve(kChannels);
    std::vector<EventTime> newest(kChannels, kMinWatermark);
    EventTime last = kMinWatermark;
    for (const auto& [channel, time] : said) {
      EventTime& mine = newest[channel % kChannels];
      mine = std::max(mine, EventTime{time});
      const auto out = valve.advance(channel % kChannels, EventTime{time});
      const EventTime least = *std::min_element(newest.begin(), newest.end());
      RC_ASSERT(out.has_value() == (least > last));
      if (out) RC_ASSERT(*out == least);
      last = std::max(last, least);
    }
  }));
}
