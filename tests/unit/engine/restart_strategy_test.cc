#include "recovery/restart_strategy.h"

#include <catch2/catch.hpp>

namespace weir::engine {
namespace {

TEST_CASE("fixed delay restarts as often as it has attempts, each time after the same delay (8.2)") {
  FixedDelayRestart restart({2, 3s});
  CHECK(restart.restarts() == 0);
  CHECK(restart.on_failure() == Duration{3s});
  CHECK(restart.on_failure() == Duration{3s});
  CHECK(restart.restarts() == 2);
  CHECK_FALSE(restart.on_failure());
  CHECK_FALSE(restart.on_failure());
  CHECK(restart.restarts() == 2);
}

TEST_CASE("without attempts the first failure is final (8.2)") {
  FixedDelayRestart restart({0, 1s});
  CHECK_FALSE(restart.on_failure());
}

}  // namespace
}  // namespace weir::engine
