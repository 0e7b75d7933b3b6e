#include "checkpoint/request_decider.h"

#include <catch2/catch.hpp>

namespace weir::engine {
namespace {

using Decider = CheckpointRequestDecider;

constexpr CheckpointType kPeriodic{CheckpointKind::Periodic};
constexpr CheckpointType kFinal{CheckpointKind::Final};
constexpr CheckpointType kSavepoint{CheckpointKind::Savepoint};

Decider::Situation idle() { return {}; }
Time ms(std::int64_t n) { return Time{std::chrono::milliseconds(n)}; }

TEST_CASE("non-periodic requests come before periodic ones, then the earlier timestamp (CO-9)") {
  Decider decider(1, 0ns);
  decider.add(kPeriodic, ms(3));
  decider.add(kPeriodic, ms(1));
  decider.add(kFinal, ms(9));
  const auto first = decider.next(ms(10), idle()).head;
  const auto second = decider.next(ms(10), idle()).head;
  const auto third = decider.next(ms(10), idle()).head;
  REQUIRE((first && second && third));
  CHECK(first->type.kind == CheckpointKind::Final);
  CHECK(second->timestamp == ms(1));
  CHECK(third->timestamp == ms(3));
  CHECK_FALSE(decider.next(ms(10), idle()).head);
}

TEST_CASE("a full queue drops the last in rank when that is periodic, else the new one (CO-9)") {
  Decider decider(1, 0ns);
  SECTION("a periodic one gives way to a final one") {
    for (std::size_t i = 0; i < Decider::kCapacity; ++i) CHECK_FALSE(decider.add(kPeriodic, ms(1)));
    CHECK(decider.add(kFinal, ms(2))->type == kPeriodic);
    CHECK(decider.queued() == Decider::kCapacity);
    CHECK(decider.next(ms(3), idle()).head->type.kind == CheckpointKind::Final);
  }
  SECTION("a savepoint is refused by those that are not periodic") {
    for (std::size_t i = 0; i < Decider::kCapacity; ++i) CHECK_FALSE(decider.add(kFinal, ms(1)));
    CHECK(decider.add({CheckpointKind::Savepoint}, ms(2))->type.kind == CheckpointKind::Savepoint);
    CHECK(decider.queued() == Decider::kCapacity);
  }
  SECTION("a new one is refused") {
    for (std::size_t i = 0; i < Decider::kCapacity; ++i) CHECK_FALSE(decider.add(kFinal, ms(1)));
    CHECK(decider.add(kPeriodic, ms(0))->timestamp == ms(0));
    CHECK(decider.queued() == Decider::kCapacity);
    CHECK(decider.next(ms(3), idle()).head->type.kind == CheckpointKind::Final);
  }
}

TEST_CASE("nothing starts while a trigger is in progress, or too much is being discarded (CO-10)") {
  Decider decider(2, 0ns);
  decider.add(kPeriodic, ms(1));
  CHECK_FALSE(decider.next(ms(1), {true, 0, 0, {}}).head);
  CHECK_FALSE(decider.next(ms(1), {false, 0, 3, {}}).head);
  CHECK(decider.queued() == 1);
  CHECK(decider.next(ms(1), {false, 0, 2, {}}).head);
}

TEST_CASE("no more checkpoints are pending than max-concurrent, and the request waits (CO-11)") {
  Decider decider(2, 0ns);
  decider.add(kFinal, ms(1));
  CHECK_FALSE(decider.next(ms(1), {false, 2, 0, {}}).head);
  CHECK(decider.queued() == 1);
  CHECK(decider.next(ms(1), {false, 1, 0, {}}).head);
}

TEST_CASE("a periodic request within min-pause of the last completion fails and is due when the pause ends (CO-12)") {
  Decider decider(1, 10ms);
  decider.add(kPeriodic, ms(104));
  const auto early = decider.next(ms(104), {false, 0, 0, ms(100)});
  REQUIRE(early.head);
  REQUIRE(early.too_early);
  CHECK(*early.too_early == Duration{6ms});
  CHECK(decider.queued() == 0);

  decider.add(kPeriodic, ms(110));
  CHECK(decider.next(ms(110), {false, 0, 0, ms(100)}).head);
}

TEST_CASE("a final checkpoint does not wait for min-pause (CO-12)") {
  Decider decider(1, 10ms);
  decider.add(kFinal, ms(101));
  CHECK(decider.next(ms(101), {false, 0, 0, ms(100)}).head);
}

TEST_CASE("a savepoint comes before every checkpoint and is forced: it starts beside pending ones (CO-9, CO-11)") {
  Decider decider(1, 0ns);
  decider.add(kFinal, ms(1));
  decider.add(kSavepoint, ms(5), 17);
  const auto first = decider.next(ms(5), {false, 1, 0, {}}).head;
  REQUIRE(first);
  CHECK(first->type == kSavepoint);
  CHECK(first->job_request == 17);
  CHECK_FALSE(decider.next(ms(5), {false, 1, 0, {}}).head);
  CHECK(decider.clear().size() == 1);
  CHECK(decider.queued() == 0);
}

TEST_CASE("without a completion there is no pause (CO-13)") {
  Decider decider(1, 10ms);
  decider.add(kPeriodic, ms(1));
  CHECK(decider.next(ms(1), idle()).head);
}

}  // namespace
}  // namespace weir::engine
