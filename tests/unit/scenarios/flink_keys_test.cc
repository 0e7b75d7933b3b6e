#include "model/flink_keys.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>

#include "weir/scenarios/keys.h"

namespace weir::scenarios {
namespace {

// flink-semantics 14.1, as Flink's reference lists them; restart strategies from 8.2.
constexpr std::string_view kPresent[] = {
    "execution.checkpointing.interval",
    "execution.checkpointing.mode",
    "execution.checkpointing.interval-during-backlog",
    "execution.checkpointing.timeout",
    "execution.checkpointing.min-pause",
    "execution.checkpointing.max-concurrent-checkpoints",
    "execution.checkpointing.tolerable-failed-checkpoints",
    "execution.checkpointing.externalized-checkpoint-retention",
    "execution.checkpointing.num-retained",
    "execution.checkpointing.incremental",
    "execution.checkpointing.unaligned.enabled",
    "execution.checkpointing.unaligned.forced",
    "execution.checkpointing.aligned-checkpoint-timeout",
    "execution.checkpointing.unaligned.max-subtasks-per-channel-state-file",
    "execution.checkpointing.unaligned.interruptible-timers.enabled",
    "execution.checkpointing.unaligned.recover-output-on-downstream.enabled",
    "execution.checkpointing.during-recovery.enabled",
    "execution.checkpointing.checkpoints-after-tasks-finish",
    "execution.checkpointing.storage",
    "execution.checkpointing.dir",
    "execution.checkpointing.savepoint-dir",
    "execution.checkpointing.create-subdir",
    "execution.checkpointing.data-inline-threshold",
    "execution.checkpointing.write-buffer-size",
    "execution.checkpointing.cleaner.parallel-mode",
    "execution.checkpointing.local-backup.enabled",
    "execution.checkpointing.file-merging.enabled",
    "execution.checkpointing.file-merging.max-file-size",
    "execution.checkpointing.file-merging.max-space-amplification",
    "execution.checkpointing.file-merging.across-checkpoint-boundary",
    "execution.checkpointing.snapshot-compression",
    "pipeline.sources.pause-until-first-checkpoint",
    "execution.state-recovery.path",
    "execution.state-recovery.claim-mode",
    "execution.state-recovery.ignore-unclaimed-state",
    "execution.state-recovery.from-local",
    "execution.state-recovery.without-channel-state.checkpoint-id",
    "state.backend.type",
    "state.backend.rocksdb.timer-service.factory",
    "state.backend.rocksdb.checkpoint.transfer.thread.num",
    "state.changelog.enabled",
    "state.changelog.storage",
    "state.changelog.periodic-materialize.interval",
    "state.changelog.max-failures-allowed",
    "restart-strategy.type",
    "restart-strategy.fixed-delay.attempts",
    "restart-strategy.fixed-delay.delay",
    "restart-strategy.exponential-delay.initial-backoff",
    "restart-strategy.exponential-delay.max-backoff",
    "restart-strategy.exponential-delay.backoff-multiplier",
    "restart-strategy.exponential-delay.jitter-factor",
    "restart-strategy.exponential-delay.reset-backoff-threshold",
    "restart-strategy.exponential-delay.attempts-before-reset-backoff",
    "restart-strategy.failure-rate.max-failures-per-interval",
    "restart-strategy.failure-rate.failure-rate-interval",
    "restart-strategy.failure-rate.delay",
    "jobmanager.execution.failover-strategy",
    "heartbeat.interval",
    "heartbeat.timeout",
    "heartbeat.rpc-failure-threshold",
    "pekko.ask.timeout",
    "taskmanager.network.memory.buffer-debloat.enabled",
    "taskmanager.network.memory.buffer-debloat.target",
    "taskmanager.network.memory.buffer-debloat.period",
    "taskmanager.network.memory.buffer-debloat.samples",
    "taskmanager.network.memory.buffer-debloat.threshold-percentages",
    "taskmanager.network.memory.buffers-per-channel",
    "taskmanager.network.memory.floating-buffers-per-gate",
    "taskmanager.network.memory.max-overdraft-buffers-per-gate",
    "execution.buffer-timeout.interval",
    "sink.committer.retries",
    "web.checkpoints.history",
    "pipeline.max-parallelism",
};
constexpr std::string_view kOld[] = {
    "state.checkpoints.dir",
    "state.savepoints.dir",
    "state.checkpoints.num-retained",
    "state.backend",
    "state.backend.incremental",
    "state.backend.local-recovery",
    "execution.savepoint.path",
    "execution.savepoint-restore-mode",
    "execution.checkpointing.alignment-timeout",
};

}  // namespace

TEST_CASE("every key of Flink's reference has a row of its own") {
  for (const std::string_view name : kPresent) {
    CAPTURE(name);
    const FlinkKey* key = flink_key(name);
    REQUIRE(key != nullptr);
    CHECK(key->name == name);
    CHECK(present_name(name) == name);
  }
}

TEST_CASE("every old name leads to a row of its present name") {
  for (const std::string_view name : kOld) {
    CAPTURE(name);
    CHECK(present_name(name) != name);
  }
  for (const FlinkOldName& old : flink_old_names()) {
    CAPTURE(old.name);
    const FlinkKey* key = flink_key(old.present);
    REQUIRE(key != nullptr);
    CHECK(key->name == old.present);
    CHECK(present_name(old.present) == old.present);
    CHECK(present_name(old.name) == old.present);
  }
}

TEST_CASE("each row either sets a key of weir, which no other row does, or says why not") {
  std::set<std::string_view> names;
  std::set<std::string_view> set;
  for (const FlinkKey& key : flink_keys()) {
    CAPTURE(key.name);
    CHECK(names.insert(key.name).second);
    CHECK((key.use == FlinkUse::Sets) == key.why.empty());
    CHECK((key.use == FlinkUse::Only) == (key.use != FlinkUse::Sets && !key.words.empty()));
    if (key.use != FlinkUse::Sets) continue;
    CHECK(set.insert(key.sets).second);
    REQUIRE(spec_key(key.sets) != nullptr);
    CHECK_FALSE(spec_key(key.sets)->per_seed);
  }
  for (const FlinkOldName& old : flink_old_names()) CHECK(names.insert(old.name).second);
}

TEST_CASE("every word of a row is a value of the key that it sets") {
  for (const FlinkKey& key : flink_keys()) {
    if (key.use != FlinkUse::Sets || key.words.empty()) continue;
    CAPTURE(key.name);
    std::string_view words = key.words;
    while (!words.empty()) {
      const std::string_view pair = words.substr(0, words.find('|'));
      words.remove_prefix(std::min(words.size(), pair.size() + 1));
      const auto value = weir_value(key.form, key.words, pair.substr(0, pair.find('=')));
      REQUIRE(value.ok());
      RunSpec trial;
      CHECK(spec_key(key.sets)->set(trial, *spec_key(key.sets), value.value()).ok());
    }
  }
}

TEST_CASE("a family holds what starts like it, and no row of its own") {
  REQUIRE(flink_key("rest.port") != nullptr);
  CHECK(flink_key("rest.port")->name == "rest.*");
  CHECK(flink_key("rest.") == nullptr);
  CHECK(flink_key("restore.port") == nullptr);
  CHECK(flink_key("taskmanager.memory.segment-size")->use == FlinkUse::Sets);
  CHECK(flink_key("taskmanager.memory.process.size")->use == FlinkUse::Unmodelled);
}

TEST_CASE("the format reference names every key of Flink") {
  const std::string page = key_reference();
  for (const FlinkKey& key : flink_keys()) {
    CAPTURE(key.name);
    CHECK(page.find("| `" + std::string(key.name) + "` | ") != std::string::npos);
  }
  for (const FlinkOldName& old : flink_old_names()) {
    CHECK(page.find("| `" + std::string(old.name) + "` | `" + std::string(old.present) + "` |") != std::string::npos);
  }
}

}  // namespace weir::scenarios
