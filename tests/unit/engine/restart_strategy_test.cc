#include "recovery/restart_strategy.h"

#include <algorithm>
#include <vector>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "unit/engine/fakes/coord_harness.h"

namespace weir::engine {
namespace {

using coord_test::FixedRandomness;
using Delay = std::optional<Duration>;

// A clock by hand and one draw for all.
struct Failures {
  Delay at(auto& restart, Duration since_start) { return restart.on_failure({Time{since_start}, random}); }
  // The largest draw adds the whole jitter, 0 takes it away.
  FixedRandomness random;
};

// No jitter.
ExponentialDelayOptions steady() {
  ExponentialDelayOptions options;
  options.jitter_factor = 0;
  return options;
}

}  // namespace

TEST_CASE("the parameters of the strategies are Flink's (8.2)") {
  const RestartOptions options;
  CHECK(options.exponential_delay.initial_backoff == 1s);
  CHECK(options.exponential_delay.max_backoff == 1min);
  CHECK(options.exponential_delay.backoff_multiplier == 1500);
  CHECK(options.exponential_delay.jitter_factor == 100);
  CHECK(options.exponential_delay.reset_backoff_threshold == 1h);
  CHECK(options.exponential_delay.attempts_before_reset_backoff == kUnlimitedRestarts);
  CHECK(options.fixed_delay == FixedDelayOptions{1, 1s});
  CHECK(options.failure_rate == FailureRateOptions{1, 1min, 1s});
}

TEST_CASE("a job that names no strategy restarts with growing delays, without checkpoints not at all (CO-3)") {
  JobOptions options;
  CHECK(restart_strategy(options) == RestartStrategy::None);
  options.checkpoint.enabled = true;
  CHECK(restart_strategy(options) == RestartStrategy::ExponentialDelay);
  options.restart.strategy = RestartStrategy::FailureRate;
  CHECK(restart_strategy(options) == RestartStrategy::FailureRate);
}

// --- none, fixed-delay ---------------------------------------------------------------------------------------------

TEST_CASE("without restarts the first failure is final (8.2)") {
  Failures failure;
  NoRestart none;
  CHECK_FALSE(failure.at(none, 1s));
}

TEST_CASE("fixed delay restarts as often as it has attempts, each time after the same delay (8.2)") {
  Failures failure;
  FixedDelayRestart restart({2, 3s});
  CHECK(failure.at(restart, 1s) == Duration{3s});
  CHECK(failure.at(restart, 1h) == Duration{3s});
  CHECK_FALSE(failure.at(restart, 2h));
  CHECK_FALSE(failure.at(restart, 90h));
}

TEST_CASE("without attempts the first failure is final (8.2)") {
  Failures failure;
  FixedDelayRestart restart({0, 1s});
  CHECK_FALSE(failure.at(restart, 1s));
}

// --- failure-rate --------------------------------------------------------------------------------------------------

TEST_CASE("one failure more than the rate allows within its interval is final, at its very end too (8.2)") {
  Failures failure;
  FailureRateRestart restart({2, 10s, 1s});
  CHECK(failure.at(restart, 5s) == Duration{1s});
  CHECK(failure.at(restart, 7s) == Duration{1s});
  SECTION("within") { CHECK_FALSE(failure.at(restart, 14s)); }
  SECTION("at the end") { CHECK_FALSE(failure.at(restart, 15s)); }
  SECTION("after it") { CHECK(failure.at(restart, 15s + 1ns) == Duration{1s}); }
}

TEST_CASE("the rate is that of the last failures, whatever there was before (8.2)") {
  Failures failure;
  FailureRateRestart restart({2, 10s, 1s});
  for (const Duration at : {1s, 2s, 12s, 13s, 23s}) CHECK(failure.at(restart, at) == Duration{1s});
  CHECK_FALSE(failure.at(restart, 23s));  // 13 s, 23 s, 23 s
}

// --- exponential-delay ---------------------------------------------------------------------------------------------

TEST_CASE("each restart waits longer by the multiplier, up to the maximum (8.2)") {
  Failures failure;
  ExponentialDelayRestart restart(steady());
  const std::vector<Duration> expected{1s,         1500ms,        2250ms,        3375ms,        5062500us,    7593750us,
                                       11390625us, 17085937500ns, 25628906250ns, 38443359375ns, 57665039062ns};
  Duration now = 0s;
  for (const Duration delay : expected) {
    CHECK(failure.at(restart, now) == delay);
    now += delay + 1s;
  }
  CHECK(failure.at(restart, now) == Duration{1min});
}

TEST_CASE("jitter goes up and down by its factor, within the limits, from a stream of its own (8.2)") {
  Failures failure;
  ExponentialDelayRestart restart({});
  SECTION("up") {
    failure.random.next = ~std::uint64_t{0};
    CHECK(failure.at(restart, 0s) == Duration{1100ms});
    CHECK(failure.at(restart, 10s) == Duration{1650ms});
  }
  SECTION("down, never below the initial backoff") {
    CHECK(failure.at(restart, 0s) == Duration{1s});
    CHECK(failure.at(restart, 10s) == Duration{1350ms});
  }
  SECTION("up, never above the maximum") {
    failure.random.next = ~std::uint64_t{0};
    for (Duration now = 0s; now < 3000s; now += 100s) CHECK(*failure.at(restart, now) <= Duration{1min});
  }
  CHECK(failure.random.streams.front() == "recovery/restart-jitter");
  CHECK(failure.random.bounds.front() == 200'000'001);
}

TEST_CASE("the maximum bounds the delay after the jitter: a backoff that has outgrown it waits for all of it (8.2)") {
  Failures failure;  // takes the jitter away
  ExponentialDelayRestart restart({});
  for (Duration now = 0s; now < 1000s; now += 100s) failure.at(restart, now);
  CHECK(failure.at(restart, 1000s) == Duration{51'898'535'156});
  CHECK(failure.at(restart, 1100s) == Duration{1min});
}

TEST_CASE("a failure until the restart is due is merged with the one before and counts nothing (8.2)") {
  Failures failure;
  ExponentialDelayOptions options = steady();
  options.attempts_before_reset_backoff = 2;
  ExponentialDelayRestart restart(options);
  CHECK(failure.at(restart, 0s) == Duration{1s});
  CHECK(failure.at(restart, 400ms) == Duration{600ms});
  CHECK(failure.at(restart, 1s) == Duration{0s});
  CHECK(failure.at(restart, 1s + 1ns) == Duration{1500ms});
  CHECK_FALSE(failure.at(restart, 10s));
}

TEST_CASE("attempts are counted since the last reset (8.2)") {
  Failures failure;
  ExponentialDelayOptions options = steady();
  options.attempts_before_reset_backoff = 1;
  ExponentialDelayRestart restart(options);
  CHECK(failure.at(restart, 0s) == Duration{1s});
  SECTION("a nanosecond before the threshold") { CHECK_FALSE(failure.at(restart, 1s + 1h - 1ns)); }
  SECTION("at the threshold after the restart was due") {
    CHECK(failure.at(restart, 1s + 1h) == Duration{1s});
    CHECK_FALSE(failure.at(restart, 1s + 1h + 2s));
  }
}

TEST_CASE("a reset begins with the initial backoff again (8.2)") {
  Failures failure;
  ExponentialDelayRestart restart(steady());
  failure.at(restart, 0s);
  CHECK(failure.at(restart, 10s) == Duration{1500ms});
  CHECK(failure.at(restart, 11500ms + 1h) == Duration{1s});
  CHECK(failure.at(restart, 2h) == Duration{1500ms});
}

TEST_CASE("no number of restarts and no factor overflows a delay (8.2)") {
  Failures failure;
  failure.random.next = ~std::uint64_t{0};
  ExponentialDelayOptions options;
  options.max_backoff = std::chrono::hours(24 * 365);
  options.backoff_multiplier = 4'000'000'000;
  options.jitter_factor = 1000;
  options.reset_backoff_threshold = options.max_backoff;
  ExponentialDelayRestart restart(options);
  CHECK(failure.at(restart, 0s) == Duration{2s});
  CHECK(failure.at(restart, 1h) == Duration{8'000'000s});
  Duration now = 1h + 8'000'000s;
  for (int n = 0; n < 50; ++n) {
    now += 1h;
    CHECK(failure.at(restart, now) == options.max_backoff);
    now += options.max_backoff;
  }
}

// --- against reference models --------------------------------------------------------------------------------------

namespace {

// Each restates its strategy from the whole history of failures in the plainest way.

class FixedModel {
 public:
  explicit FixedModel(const FixedDelayOptions& options) : options_(options) {}
  Delay failed(Time, std::uint64_t) { return ++failures_ <= options_.attempts ? Delay(options_.delay) : Delay(); }

 private:
  FixedDelayOptions options_;
  std::size_t failures_ = 0;
};

class RateModel {
 public:
  explicit RateModel(const FailureRateOptions& options) : options_(options) {}
  Delay failed(Time now, std::uint64_t) {
    failures_.push_back(now);
    const auto recent =
        std::count_if(failures_.begin(), failures_.end(), [&](Time at) { return now - at <= options_.interval; });
    return recent <= options_.max_failures_per_interval ? Delay(options_.delay) : Delay();
  }

 private:
  FailureRateOptions options_;
  std::vector<Time> failures_;
};

class ExponentialModel {
 public:
  explicit ExponentialModel(const ExponentialDelayOptions& options) : options_(options) {}
  Delay failed(Time now, std::uint64_t draw) {
    if (!restarts_.empty() && now <= restarts_.back().due) return restarts_.back().due - now;
    const std::uint32_t attempts = attempts_before(now);
    if (attempts == options_.attempts_before_reset_backoff) return std::nullopt;
    const Duration delay = delay_after(attempts, draw);
    restarts_.push_back({now, now + delay});
    return delay;
  }

 private:
  struct Restart {
    Time asked;
    Time due;
  };
  // Restarts since the last pause of at least the threshold.
  std::uint32_t attempts_before(Time now) const {
    std::uint32_t attempts = 0;
    for (auto it = restarts_.rbegin(); it != restarts_.rend(); ++it) {
      if (now - it->due >= options_.reset_backoff_threshold) break;
      ++attempts;
      now = it->asked;
    }
    return attempts;
  }
  Duration delay_after(std::uint32_t attempts, std::uint64_t draw) const {
    std::int64_t backoff = to_ns(options_.initial_backoff);
    for (std::uint32_t n = 0; n < attempts && backoff < 1'000'000'000'000'000; ++n) {
      backoff = backoff * options_.backoff_multiplier / 1000;
    }
    const std::int64_t jitter =
        backoff / 1000 * options_.jitter_factor + backoff % 1000 * options_.jitter_factor / 1000;
    const auto drawn = static_cast<std::int64_t>(std::min<std::uint64_t>(draw, 2 * static_cast<std::uint64_t>(jitter)));
    const Duration delay{backoff - jitter + drawn};
    return delay > options_.max_backoff ? options_.max_backoff : std::max(delay, options_.initial_backoff);
  }

  ExponentialDelayOptions options_;
  std::vector<Restart> restarts_;
};

Duration any_duration(std::int64_t least_ms, std::int64_t most_ms) {
  return Duration{1'000'000 * *rc::gen::inRange(least_ms, most_ms + 1)};
}

// Bursts, pauses of seconds, and pauses that go beyond thresholds; now and then to the very end of one.
template <class Machine, class Model>
void agree(Machine machine, Model model, std::vector<Duration> telling) {
  FixedRandomness random;
  Time now{};
  for (int n = *rc::gen::inRange(1, 60); n > 0; --n) {
    const int kind = *rc::gen::inRange(0, 8);
    now += kind < 3   ? any_duration(0, 3)
           : kind < 5 ? any_duration(0, 3'000)
           : kind < 6 ? any_duration(0, 60'000)
                      : *rc::gen::elementOf(telling);
    random.next = *rc::gen::weightedOneOf<std::uint64_t>(
        {{1, rc::gen::arbitrary<std::uint64_t>()}, {2, rc::gen::inRange<std::uint64_t>(0, 1'000'000'000)}});
    const Delay expected = model.failed(now, random.next);
    const Delay given = machine.on_failure({now, random});
    RC_ASSERT(given == expected);
    if (given) telling.push_back(*given);  // the end of its delay
  }
}

}  // namespace

TEST_CASE("fixed delay agrees with a model that counts all failures (8.2)") {
  CHECK(rc::check([] {
    const FixedDelayOptions options{*rc::gen::inRange<std::uint32_t>(0, 20), any_duration(0, 100)};
    agree(FixedDelayRestart(options), FixedModel(options), {0s});
  }));
}

TEST_CASE("failure rate agrees with a model that looks at all failures (8.2)") {
  CHECK(rc::check([] {
    const FailureRateOptions options{*rc::gen::inRange<std::uint32_t>(1, 6), any_duration(1, 5'000),
                                     any_duration(0, 100)};
    agree(FailureRateRestart(options), RateModel(options), {options.interval, options.interval + 1ns});
  }));
}

TEST_CASE("exponential delay agrees with a model that goes back over all restarts (8.2)") {
  CHECK(rc::check([] {
    ExponentialDelayOptions options;
    options.initial_backoff = any_duration(1, 2'000);
    options.max_backoff = options.initial_backoff + any_duration(0, 100'000);
    options.backoff_multiplier = *rc::gen::inRange<std::uint32_t>(1001, 4001);
    options.jitter_factor = *rc::gen::inRange<std::uint32_t>(0, 1001);
    options.reset_backoff_threshold = any_duration(1, 20'000);
    options.attempts_before_reset_backoff = *rc::gen::element<std::uint32_t>(1, 2, 5, kUnlimitedRestarts);
    agree(ExponentialDelayRestart(options), ExponentialModel(options), {options.reset_backoff_threshold});
  }));
}

}  // namespace weir::engine
