#include "channel/buffer_debloat.h"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

using namespace weir::engine;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t kLargest = 2048;

struct DebloatFixture {
  explicit DebloatFixture(std::uint32_t samples = 1) : options{true, 200ms, 1s, samples, 25, 256} {
    debloat.emplace(options, kLargest, now);
  }
  // A whole period in which so many bytes are processed, with so many segments in flight at its end.
  std::optional<std::uint32_t> period(std::uint32_t bytes, std::uint64_t segments) {
    debloat->processed(bytes);
    now += options.period;
    return debloat->on_period(now, segments);
  }

  Time now{};
  DebloatOptions options;
  std::optional<BufferDebloat> debloat;
};

using Size = std::optional<std::uint32_t>;

}  // namespace

TEST_CASE("all segments in flight together are what is processed in the target time (BP-6)") {
  DebloatFixture f;
  CHECK(f.period(2'000, 10) == Size(1'000));  // 10,000 bytes a second
  CHECK(f.period(4'000, 10) == Size(2'000));
  CHECK(f.period(4'000, 25) == Size(800));
  CHECK(f.debloat->announced() == 800);
}

TEST_CASE("segments stay between the smallest and the largest size (BP-6)") {
  DebloatFixture f;
  CHECK(f.period(1'000'000, 1) == Size());  // as large as they are
  CHECK(f.period(10, 100) == Size(256));
  CHECK(f.period(1'000'000, 0) == Size(kLargest));
  const BufferDebloat small(f.options, 100, f.now);
  CHECK(small.announced() == 100);
}

TEST_CASE("a change of less than the threshold is not announced, until it has added up (BP-6)") {
  DebloatFixture f;
  CHECK(f.period(2'000, 10) == Size(1'000));
  CHECK(f.period(1'502, 10) == Size());  // 751
  CHECK(f.period(2'498, 10) == Size());  // 1,249
  CHECK(f.debloat->announced() == 1'000);
  CHECK(f.period(1'500, 10) == Size(750));
}

TEST_CASE("the size is a moving average over the samples (BP-6)") {
  DebloatFixture f(20);
  int periods = 1;
  while (!f.period(1'000, 20)) ++periods;  // 250 bytes each, which is below the smallest
  CHECK(periods == 4);                     // 2,048 - 1,792 · (1 - (19/21)^n) is at most three quarters of 2,048
  CHECK(f.debloat->announced() == 1'456);
  for (int i = 0; i < 200; ++i) f.period(1'000, 20);
  CHECK(f.debloat->announced() < 256 * 4 / 3);
}

TEST_CASE("time without input counts for no throughput (BP-6)") {
  DebloatFixture f;
  f.debloat->idle(f.now + 100ms);
  CHECK(f.period(1'000, 10) == Size(1'000));  // 10,000 bytes in a second of work
  f.debloat->active(f.now + 150ms);
  CHECK(f.period(100, 10) == Size(256));  // 2,000 bytes
  CHECK(f.period(1'000, 10) == Size(500));
}

TEST_CASE("a period in which nothing is processed changes nothing (BP-6)") {
  DebloatFixture f;
  CHECK(f.period(2'000, 10) == Size(1'000));
  for (int i = 0; i < 10; ++i) CHECK(f.period(0, 10) == Size());
  CHECK(f.debloat->announced() == 1'000);
}

TEST_CASE("whatever is measured, sizes keep their bounds and announcements their threshold (BP-6)") {
  REQUIRE(rc::check([] {
    DebloatFixture f(*rc::gen::inRange(1u, 40u));
    std::uint32_t before = kLargest;
    const auto measured = *rc::gen::container<std::vector<std::pair<std::uint32_t, std::uint32_t>>>(
        rc::gen::pair(rc::gen::arbitrary<std::uint32_t>(), rc::gen::arbitrary<std::uint32_t>()));
    for (const auto& [bytes, segments] : measured) {
      const Size size = f.period(bytes, segments);
      if (!size) continue;
      RC_ASSERT(*size >= 256u && *size <= kLargest);
      const std::uint32_t change = *size > before ? *size - before : before - *size;
      RC_ASSERT(change * 100 >= before * 25);
      before = *size;
    }
  }));
}
