#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <utility>
#include <vector>

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

namespace {

struct Told final : WatermarkTarget {
  void watermark(EventTime w) override { said.push_back(w.value); }
  void status(WatermarkStatus s) override { said.push_back(s == WatermarkStatus::Idle ? kIdle : kActive); }
  std::vector<std::int64_t> take() { return std::exchange(said, {}); }
  static constexpr std::int64_t kIdle = -1, kActive = -2;
  std::vector<std::int64_t> said;
};
using Said = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("an idle channel holds nothing back, and the last one to go idle takes the furthest along (TM-13)") {
  WatermarkValve valve(3);
  Told told;
  valve.advance(0, EventTime{10}, told);
  valve.advance(1, EventTime{30}, told);
  CHECK(told.take().empty());
  valve.set_status(2, WatermarkStatus::Idle, told);
  CHECK(told.take() == Said{10});
  valve.set_status(1, WatermarkStatus::Idle, told);
  CHECK(told.take().empty());
  valve.advance(0, EventTime{20}, told);
  CHECK(told.take() == Said{20});
  valve.set_status(0, WatermarkStatus::Idle, told);
  CHECK(told.take() == Said{30, Told::kIdle});
  CHECK(valve.idle());
}

TEST_CASE("a channel that is active again has a say once it has caught up (TM-13)") {
  WatermarkValve valve(2);
  Told told;
  valve.set_status(1, WatermarkStatus::Idle, told);
  valve.advance(0, EventTime{10}, told);
  CHECK(told.take() == Said{10});
  valve.set_status(1, WatermarkStatus::Active, told);
  valve.advance(1, EventTime{5}, told);
  valve.advance(0, EventTime{20}, told);
  CHECK(told.take() == Said{20});
  valve.advance(1, EventTime{25}, told);
  valve.advance(0, EventTime{40}, told);
  CHECK(told.take() == Said{25});
  valve.set_status(0, WatermarkStatus::Idle, told);
  valve.set_status(1, WatermarkStatus::Idle, told);
  CHECK(told.take() == Said{40, Told::kIdle});
  valve.set_status(1, WatermarkStatus::Active, told);
  CHECK(told.take() == Said{Told::kActive});
}

TEST_CASE("channels that have ended do not speak for idle ones (TM-13)") {
  WatermarkValve valve(2);
  Told told;
  valve.advance(1, EventTime{7}, told);
  valve.set_status(1, WatermarkStatus::Idle, told);
  valve.advance(0, kMaxWatermark, told);
  CHECK(told.take() == Said{7, Told::kIdle});
  valve.advance(1, kMaxWatermark, told);
  CHECK(told.take() == Said{Told::kActive, kMaxWatermark.value});
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

TEST_CASE("defect follow-furthest-watermark: the greatest counts") {
  DefectSet defects;
  defects.add(Defect::FollowFurthestWatermark);
  WatermarkValve valve(2, defects);
  CHECK(valve.advance(0, EventTime{10}) == EventTime{10});
  CHECK_FALSE(valve.advance(1, EventTime{5}));
  CHECK(valve.end(0) == std::nullopt);
  CHECK(valve.end(1) == kMaxWatermark);
}
