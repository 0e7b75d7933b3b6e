#include "model/flink_keys.h"

#include <array>

namespace weir::scenarios {
namespace {

constexpr FlinkKey sets(std::string_view name, std::string_view key, FlinkForm form, std::string_view words = {}) {
  return {name, FlinkUse::Sets, form, key, words, {}};
}
constexpr FlinkKey only(std::string_view name, std::string_view value, std::string_view why) {
  return {name, FlinkUse::Only, FlinkForm::Word, {}, value, why};
}
constexpr FlinkKey ignored(std::string_view name, std::string_view why) {
  return {name, FlinkUse::Ignored, FlinkForm::Word, {}, {}, why};
}
constexpr FlinkKey unmodelled(std::string_view name, std::string_view why) {
  return {name, FlinkUse::Unmodelled, FlinkForm::Word, {}, {}, why};
}

constexpr std::string_view kNoListener = "nothing listens on a network";
constexpr std::string_view kNoMemory = "memory is not limited";

constexpr std::array kKeys{
    sets("execution.checkpointing.interval", "checkpoint.interval", FlinkForm::Duration),
    sets("execution.checkpointing.mode", "checkpoint.mode", FlinkForm::Word,
         "EXACTLY_ONCE=exactly-once|AT_LEAST_ONCE=at-least-once"),
    unmodelled("execution.checkpointing.interval-during-backlog", "no source reports a backlog"),
    sets("execution.checkpointing.timeout", "checkpoint.timeout", FlinkForm::Duration),
    sets("execution.checkpointing.min-pause", "checkpoint.min-pause", FlinkForm::Duration),
    sets("execution.checkpointing.max-concurrent-checkpoints", "checkpoint.max-concurrent", FlinkForm::Positive),
    sets("execution.checkpointing.tolerable-failed-checkpoints", "checkpoint.tolerable-failures", FlinkForm::Count),
    sets("execution.checkpointing.externalized-checkpoint-retention", "checkpoint.retention", FlinkForm::Word,
         "NO_EXTERNALIZED_CHECKPOINTS=never|DELETE_ON_CANCELLATION=on-failure|RETAIN_ON_CANCELLATION=on-cancellation"),
    sets("execution.checkpointing.num-retained", "checkpoint.num-retained", FlinkForm::Positive),
    sets("execution.checkpointing.incremental", "checkpoint.incremental", FlinkForm::Flag),
    sets("execution.checkpointing.unaligned.enabled", "checkpoint.unaligned", FlinkForm::Flag),
    only("execution.checkpointing.unaligned.forced", "false", "there are no iterations or partitioners of one's own"),
    sets("execution.checkpointing.aligned-checkpoint-timeout", "checkpoint.aligned-checkpoint-timeout",
         FlinkForm::Duration),
    only("execution.checkpointing.unaligned.max-subtasks-per-channel-state-file", "1",
         "each subtask writes what it has in flight to a file of its own"),
    only("execution.checkpointing.unaligned.interruptible-timers.enabled", "false",
         "timers that are due fire in one go"),
    only("execution.checkpointing.unaligned.recover-output-on-downstream.enabled", "true",
         "what was in flight comes back at its consumer"),
    only("execution.checkpointing.during-recovery.enabled", "false", "no checkpoint is taken while state is restored"),
    only("execution.checkpointing.checkpoints-after-tasks-finish", "true",
         "checkpoints go on when subtasks have finished"),
    sets("execution.checkpointing.storage", "checkpoint.storage", FlinkForm::Word,
         "filesystem=filesystem|jobmanager=jobmanager"),
    ignored("execution.checkpointing.dir",
            "checkpoint storage is simulated; say where by execution.checkpointing.storage"),
    ignored("execution.checkpointing.savepoint-dir", "savepoints lie in simulated storage"),
    only("execution.checkpointing.create-subdir", "true", "each job has a directory of its own"),
    sets("execution.checkpointing.data-inline-threshold", "checkpoint.data-inline-threshold", FlinkForm::Size),
    unmodelled("execution.checkpointing.write-buffer-size", "writes are not buffered"),
    ignored("execution.checkpointing.cleaner.parallel-mode", "what is deleted is the same in either mode"),
    unmodelled("execution.checkpointing.local-backup.enabled",
               "local copies are kept exactly when jobs restore from them; set execution.state-recovery.from-local"),
    ignored("execution.checkpointing.local-backup.dirs", "local disks are simulated"),
    sets("execution.checkpointing.file-merging.enabled", "checkpoint.file-merging", FlinkForm::Flag),
    sets("execution.checkpointing.file-merging.max-file-size", "checkpoint.file-merging-max-size", FlinkForm::Size),
    sets("execution.checkpointing.file-merging.max-space-amplification", "checkpoint.file-merging-max-amplification",
         FlinkForm::Ratio),
    sets("execution.checkpointing.file-merging.across-checkpoint-boundary",
         "checkpoint.file-merging-across-checkpoints", FlinkForm::Flag),
    unmodelled("execution.checkpointing.file-merging.pool-blocking", "merged files come from no pool"),
    only("execution.checkpointing.snapshot-compression", "false", "state is not compressed"),
    only("state.backend.async", "true", "every snapshot has an asynchronous part"),
    sets("pipeline.sources.pause-until-first-checkpoint", "checkpoint.pause-sources-until-first", FlinkForm::Flag),
    unmodelled("execution.state-recovery.path",
               "a run starts fresh; an [[action]] with do = \"restore\" starts the next job from a snapshot"),
    unmodelled("execution.state-recovery.claim-mode", "it belongs to an [[action]]: claim = \"claim\" or \"no-claim\""),
    unmodelled("execution.state-recovery.ignore-unclaimed-state",
               "it belongs to an [[action]]: allow-non-restored-state = true"),
    sets("execution.state-recovery.from-local", "state.local-recovery", FlinkForm::Flag),
    only("execution.state-recovery.without-channel-state.checkpoint-id", "-1",
         "what was in flight is always recovered"),
    sets("state.backend.type", "state.backend", FlinkForm::Word, "hashmap=heap|rocksdb=rocksdb"),
    unmodelled("state.backend.rocksdb.timer-service.factory", "where timers are kept is not a choice"),
    unmodelled("state.backend.rocksdb.checkpoint.transfer.thread.num",
               "the time of a transfer is world.storage-latency"),
    unmodelled("state.backend.rocksdb.*", "RocksDB runs with settings of its own"),
    sets("state.changelog.enabled", "state.changelog", FlinkForm::Flag),
    only("state.changelog.storage", "filesystem", "the log lies in checkpoint storage"),
    only("state.changelog.periodic-materialize.enabled", "true", "a changelog is materialised periodically"),
    sets("state.changelog.periodic-materialize.interval", "state.changelog-materialization-interval",
         FlinkForm::Duration),
    only("state.changelog.max-failures-allowed", "3", "the fourth materialisation in a row that fails fails its task"),
    sets("restart-strategy.type", "restart.strategy", FlinkForm::Word,
         "exponential-delay=exponential-delay|exponentialdelay=exponential-delay|fixed-delay=fixed-delay|"
         "fixeddelay=fixed-delay|failure-rate=failure-rate|failurerate=failure-rate|none=none|off=none|disable=none"),
    sets("restart-strategy.fixed-delay.attempts", "restart.attempts", FlinkForm::Count),
    sets("restart-strategy.fixed-delay.delay", "restart.delay", FlinkForm::Duration),
    sets("restart-strategy.exponential-delay.initial-backoff", "restart.initial-backoff", FlinkForm::Duration),
    sets("restart-strategy.exponential-delay.max-backoff", "restart.max-backoff", FlinkForm::Duration),
    sets("restart-strategy.exponential-delay.backoff-multiplier", "restart.backoff-multiplier", FlinkForm::Factor),
    sets("restart-strategy.exponential-delay.reset-backoff-threshold", "restart.reset-backoff-threshold",
         FlinkForm::Duration),
    sets("restart-strategy.exponential-delay.jitter-factor", "restart.jitter-factor", FlinkForm::Factor),
    sets("restart-strategy.exponential-delay.attempts-before-reset-backoff", "restart.attempts-before-reset-backoff",
         FlinkForm::Positive),
    sets("restart-strategy.failure-rate.max-failures-per-interval", "restart.max-failures-per-interval",
         FlinkForm::Positive),
    sets("restart-strategy.failure-rate.failure-rate-interval", "restart.failure-rate-interval", FlinkForm::Duration),
    sets("restart-strategy.failure-rate.delay", "restart.failure-rate-delay", FlinkForm::Duration),
    sets("jobmanager.execution.failover-strategy", "restart.failover-strategy", FlinkForm::Word,
         "region=region|full=full"),
    sets("heartbeat.interval", "heartbeat.interval", FlinkForm::Duration),
    sets("heartbeat.timeout", "heartbeat.timeout", FlinkForm::Duration),
    sets("heartbeat.rpc-failure-threshold", "heartbeat.rpc-failure-threshold", FlinkForm::Positive),
    sets("pekko.ask.timeout", "rpc.deploy-timeout", FlinkForm::Duration),
    sets("taskmanager.network.memory.buffer-debloat.enabled", "network.buffer-debloat", FlinkForm::Flag),
    sets("taskmanager.network.memory.buffer-debloat.target", "network.buffer-debloat-target", FlinkForm::Duration),
    sets("taskmanager.network.memory.buffer-debloat.period", "network.buffer-debloat-period", FlinkForm::Duration),
    sets("taskmanager.network.memory.buffer-debloat.samples", "network.buffer-debloat-samples", FlinkForm::Positive),
    sets("taskmanager.network.memory.buffer-debloat.threshold-percentages", "network.buffer-debloat-threshold",
         FlinkForm::Count),
    sets("taskmanager.network.memory.buffers-per-channel", "network.credits-per-channel", FlinkForm::Positive),
    sets("taskmanager.network.memory.floating-buffers-per-gate", "network.floating-credits-per-gate", FlinkForm::Count),
    sets("taskmanager.network.memory.max-overdraft-buffers-per-gate", "network.overdraft-segments-per-output",
         FlinkForm::Count),
    sets("taskmanager.memory.segment-size", "network.segment-size", FlinkForm::Size),
    sets("taskmanager.memory.min-segment-size", "network.min-segment-size", FlinkForm::Size),
    sets("execution.buffer-timeout.interval", "network.buffer-timeout", FlinkForm::Duration),
    only("execution.buffer-timeout.enabled", "true", "a buffer that is not full is always sent in the end"),
    unmodelled("sink.committer.retries", "how often a commit is tried is not a choice"),
    ignored("web.checkpoints.history", "there is no web interface"),
    sets("pipeline.max-parallelism", "job.max-parallelism", FlinkForm::Positive, "-1=0"),
    sets("parallelism.default", "job.parallelism", FlinkForm::Positive),
    sets("taskmanager.numberOfTaskSlots", "cluster.slots", FlinkForm::Positive),
    sets("high-availability.type", "cluster.high-availability", FlinkForm::Word,
         "NONE=none|zookeeper=store|kubernetes=store"),
    ignored("high-availability.storageDir", "metadata lies in simulated checkpoint storage"),
    unmodelled("high-availability.*", "the store is simulated"),
    unmodelled("jobmanager.memory.*", kNoMemory),
    unmodelled("taskmanager.memory.*", kNoMemory),
    ignored("jobmanager.rpc.address", kNoListener),
    ignored("jobmanager.rpc.port", kNoListener),
    ignored("jobmanager.bind-host", kNoListener),
    ignored("taskmanager.bind-host", kNoListener),
    ignored("taskmanager.host", kNoListener),
    ignored("rest.*", kNoListener),
};

constexpr std::array kOldNames{
    FlinkOldName{"state.checkpoints.dir", "execution.checkpointing.dir"},
    FlinkOldName{"state.backend.fs.checkpointdir", "execution.checkpointing.dir"},
    FlinkOldName{"state.savepoints.dir", "execution.checkpointing.savepoint-dir"},
    FlinkOldName{"savepoints.state.backend.fs.dir", "execution.checkpointing.savepoint-dir"},
    FlinkOldName{"state.checkpoints.create-subdir", "execution.checkpointing.create-subdir"},
    FlinkOldName{"state.checkpoints.num-retained", "execution.checkpointing.num-retained"},
    FlinkOldName{"state.checkpoint-storage", "execution.checkpointing.storage"},
    FlinkOldName{"state.checkpoint.cleaner.parallel-mode", "execution.checkpointing.cleaner.parallel-mode"},
    FlinkOldName{"state.storage.fs.memory-threshold", "execution.checkpointing.data-inline-threshold"},
    FlinkOldName{"state.backend.fs.memory-threshold", "execution.checkpointing.data-inline-threshold"},
    FlinkOldName{"state.storage.fs.write-buffer-size", "execution.checkpointing.write-buffer-size"},
    FlinkOldName{"state.backend.fs.write-buffer-size", "execution.checkpointing.write-buffer-size"},
    FlinkOldName{"state.backend", "state.backend.type"},
    FlinkOldName{"state.backend.incremental", "execution.checkpointing.incremental"},
    FlinkOldName{"state.backend.local-recovery", "execution.state-recovery.from-local"},
    FlinkOldName{"taskmanager.state.local.root-dirs", "execution.checkpointing.local-backup.dirs"},
    FlinkOldName{"state.backend.changelog.enabled", "state.changelog.enabled"},
    FlinkOldName{"state.backend.changelog.storage", "state.changelog.storage"},
    FlinkOldName{"state.backend.changelog.periodic-materialize.enabled",
                 "state.changelog.periodic-materialize.enabled"},
    FlinkOldName{"state.backend.changelog.periodic-materialize.interval",
                 "state.changelog.periodic-materialize.interval"},
    FlinkOldName{"state.backend.changelog.max-failures-allowed", "state.changelog.max-failures-allowed"},
    FlinkOldName{"execution.savepoint.path", "execution.state-recovery.path"},
    FlinkOldName{"execution.savepoint-restore-mode", "execution.state-recovery.claim-mode"},
    FlinkOldName{"execution.savepoint.ignore-unclaimed-state", "execution.state-recovery.ignore-unclaimed-state"},
    FlinkOldName{"execution.checkpointing.recover-without-channel-state.checkpoint-id",
                 "execution.state-recovery.without-channel-state.checkpoint-id"},
    FlinkOldName{"execution.checkpointing.unaligned", "execution.checkpointing.unaligned.enabled"},
    FlinkOldName{"execution.checkpointing.alignment-timeout", "execution.checkpointing.aligned-checkpoint-timeout"},
    FlinkOldName{"execution.checkpointing.checkpoints-after-tasks-finish.enabled",
                 "execution.checkpointing.checkpoints-after-tasks-finish"},
    FlinkOldName{"restart-strategy", "restart-strategy.type"},
    FlinkOldName{"akka.ask.timeout", "pekko.ask.timeout"},
    FlinkOldName{"execution.buffer-timeout", "execution.buffer-timeout.interval"},
    FlinkOldName{"high-availability", "high-availability.type"},
};

bool is_family(const FlinkKey& key) { return key.name.back() == '*'; }

bool in_family(const FlinkKey& family, std::string_view name) {
  const std::string_view start = family.name.substr(0, family.name.size() - 1);
  return name.size() > start.size() && name.substr(0, start.size()) == start;
}

std::string here(const FlinkKey& key) {
  switch (key.use) {
    case FlinkUse::Sets:
      return "`" + std::string(key.sets) + "`";
    case FlinkUse::Only:
      return "only `" + std::string(key.words) + "`";
    case FlinkUse::Ignored:
      return "no effect";
    case FlinkUse::Unmodelled:
      break;
  }
  return "refused";
}

}  // namespace

std::span<const FlinkKey> flink_keys() { return kKeys; }
std::span<const FlinkOldName> flink_old_names() { return kOldNames; }

std::string_view present_name(std::string_view name) {
  for (const FlinkOldName& old : kOldNames) {
    if (old.name == name) return old.present;
  }
  return name;
}

const FlinkKey* flink_key(std::string_view present) {
  for (const FlinkKey& key : kKeys) {
    if (key.name == present) return &key;
  }
  for (const FlinkKey& key : kKeys) {
    if (is_family(key) && in_family(key, present)) return &key;
  }
  return nullptr;
}

std::vector<std::string_view> flink_names() {
  std::vector<std::string_view> names;
  for (const FlinkKey& key : kKeys) {
    if (!is_family(key)) names.push_back(key.name);
  }
  for (const FlinkOldName& old : kOldNames) names.push_back(old.name);
  return names;
}

std::string flink_key_reference() {
  std::string page = "\n### `[flink]`\n\n| Flink's key | here | value, or why |\n|---|---|---|\n";
  for (const FlinkKey& key : kKeys) {
    const std::string about = key.use == FlinkUse::Sets ? flink_expectation(key.form, key.words) : std::string(key.why);
    page += "| `" + std::string(key.name) + "` | " + here(key) + " | " + about + " |\n";
  }
  page += "\n| old name | present name |\n|---|---|\n";
  for (const FlinkOldName& old : kOldNames) {
    page += "| `" + std::string(old.name) + "` | `" + std::string(old.present) + "` |\n";
  }
  return page;
}

}  // namespace weir::scenarios
