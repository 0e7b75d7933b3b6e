#pragma once

// A scenario that runs in a few milliseconds of real time and still sees checkpoints, crashes and recoveries.

#include "weir/scenarios/scenario.h"

namespace weir::scenarios::test {

inline Scenario small_storm() {
  using namespace std::chrono_literals;
  Scenario s;
  s.name = "small-storm";
  s.base.job.name = "keyed-count";
  s.base.job.parallelism = 2;
  s.base.job.records = 300;
  s.base.job.keys = 8;
  s.base.options.checkpoint.enabled = true;
  s.base.options.checkpoint.interval = 30ms;
  s.base.options.checkpoint.timeout = 100ms;
  s.base.options.checkpoint.tolerable_failures = 1000;
  s.base.options.restart.strategy = engine::RestartStrategy::FixedDelay;
  s.base.options.restart.fixed_delay = {engine::kUnlimitedRestarts, 20ms};
  s.base.options.network.records_per_segment = 4;
  s.base.options.cost.source_record = 2ms;
  s.base.world.storm = 400ms;
  s.profile = {true, true, true, 3};
  return s;
}

}  // namespace weir::scenarios::test
