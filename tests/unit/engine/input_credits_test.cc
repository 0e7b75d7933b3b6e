#include "channel/input_credits.h"

#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <deque>

using namespace weir::engine;

namespace {

// One gate with a producer at each channel that sends whatever it has credit for at once.
struct CreditWorld {
  CreditWorld(std::uint32_t channels, std::uint32_t exclusive, std::uint32_t floating)
      : credits(channels, exclusive, floating), producers(channels, Producer{exclusive}) {}

  void produce(std::uint32_t channel, std::uint32_t segments = 1) {
    producers[channel].queued += segments;
    send(channel);
  }
  void consume(std::uint32_t channel) {
    --producers[channel].at_gate;
    hand_out(credits.consumed(channel));
  }
  void send(std::uint32_t channel) {
    Producer& p = producers[channel];
    while (p.queued > 0 && p.credits > 0) {
      --p.queued;
      --p.credits;
      ++p.at_gate;
      hand_out(credits.arrived(channel, p.queued));
    }
  }
  void hand_out(CreditGrant grant) {
    if (grant.credits == 0) return;
    producers[grant.channel].credits += grant.credits;
    send(grant.channel);
  }
  std::uint32_t held() const {
    std::uint32_t sum = credits.pooled();
    for (std::uint32_t c = 0; c < producers.size(); ++c) sum += credits.floating(c);
    return sum;
  }

  struct Producer {
    std::uint32_t credits;
    std::uint32_t queued = 0;
    std::uint32_t at_gate = 0;
  };
  InputCredits credits;
  std::vector<Producer> producers;
};

}  // namespace

TEST_CASE("a channel with a backlog takes floating credit, a channel without does not (BP-1)") {
  InputCredits credits(2, 2, 8);
  CHECK(credits.exclusive() == 2);
  CHECK(credits.arrived(1, 0).credits == 0);
  CHECK(credits.arrived(0, 1).credits == 0);  // the second exclusive credit is enough for it
  const CreditGrant grant = credits.arrived(0, 5);
  CHECK(grant.channel == 0);
  CHECK(grant.credits == 5);
  CHECK(credits.floating(0) == 5);
  CHECK(credits.floating(1) == 0);
  CHECK(credits.pooled() == 3);
}

TEST_CASE("without floating credit a backlog changes nothing (BP-1)") {
  InputCredits credits(1, 4, 0);
  for (int i = 0; i < 4; ++i) CHECK(credits.arrived(0, 10).credits == 0);
  CHECK(credits.consumed(0).credits == 0);
  CHECK(credits.consumed(0).credits == 2);  // half of the exclusive ones
}

TEST_CASE("a floating credit goes back when its segment is consumed and nothing waits (BP-1)") {
  InputCredits credits(1, 1, 3);
  CHECK(credits.arrived(0, 3).credits == 3);
  for (std::uint32_t backlog : {2u, 1u, 0u}) CHECK(credits.arrived(0, backlog).credits == 0);
  for (std::uint32_t pooled : {1u, 2u, 3u}) {
    CHECK(credits.consumed(0).credits == 0);
    CHECK(credits.pooled() == pooled);
  }
  CHECK(credits.consumed(0).credits == 1);  // the exclusive one
}

TEST_CASE("while a backlog lasts its channel keeps the credit (BP-1)") {
  InputCredits credits(1, 1, 2);
  CHECK(credits.arrived(0, 9).credits == 2);
  CHECK(credits.arrived(0, 8).credits == 0);
  CHECK(credits.consumed(0).credits == 1);
  CHECK(credits.floating(0) == 2);
}

TEST_CASE("channels that found the pool empty get one credit each, in turn (BP-1)") {
  InputCredits credits(3, 1, 2);
  CHECK(credits.arrived(0, 2).credits == 2);
  CHECK(credits.arrived(1, 4).credits == 0);
  CHECK(credits.arrived(2, 4).credits == 0);
  CHECK(credits.arrived(0, 1).credits == 0);
  CHECK(credits.arrived(0, 0).credits == 0);
  const CreditGrant first = credits.consumed(0);
  CHECK(first.channel == 1);
  CHECK(first.credits == 1);
  const CreditGrant second = credits.consumed(0);
  CHECK(second.channel == 2);
  CHECK(second.credits == 1);
  CHECK(credits.floating(0) == 0);
}

TEST_CASE("a channel in line that lacks nothing any more is passed over (BP-1)") {
  InputCredits credits(2, 2, 1);
  CHECK(credits.arrived(0, 0).credits == 0);
  CHECK(credits.arrived(0, 1).credits == 1);
  CHECK(credits.arrived(1, 2).credits == 0);  // in line: one credit, two wait
  CHECK(credits.arrived(1, 0).credits == 0);
  CHECK(credits.arrived(0, 0).credits == 0);
  CHECK(credits.consumed(0).credits == 0);
  CHECK(credits.pooled() == 1);
}

TEST_CASE("floating credit is never lost, never more than there is, and all of it comes back (BP-1)") {
  REQUIRE(rc::check([] {
    const auto channels = *rc::gen::inRange(1u, 5u);
    const auto exclusive = *rc::gen::inRange(1u, 6u);
    const auto floating = *rc::gen::inRange(0u, 9u);
    CreditWorld w(channels, exclusive, floating);
    const auto steps = *rc::gen::container<std::vector<std::pair<std::uint32_t, bool>>>(
        rc::gen::pair(rc::gen::inRange(0u, channels), rc::gen::arbitrary<bool>()));
    for (const auto& [channel, produce] : steps) {
      if (produce) {
        w.produce(channel, 1 + channel);
      } else if (w.producers[channel].at_gate > 0) {
        w.consume(channel);
      }
      RC_ASSERT(w.held() == floating);
      for (std::uint32_t c = 0; c < channels; ++c) {
        RC_ASSERT(w.producers[c].at_gate + w.producers[c].credits <= exclusive + w.credits.floating(c));
      }
    }
    for (bool any = true; any;) {
      any = false;
      for (std::uint32_t c = 0; c < channels; ++c) {
        if (w.producers[c].at_gate == 0) continue;
        w.consume(c);
        any = true;
      }
    }
    RC_ASSERT(w.credits.pooled() == floating);
    for (const auto& p : w.producers) RC_ASSERT(p.queued == 0);
  }));
}
