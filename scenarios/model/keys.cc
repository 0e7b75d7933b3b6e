#include "weir/scenarios/keys.h"

#include <array>
#include <limits>
#include <type_traits>

#include "model/choices.h"
#include "model/flink_keys.h"
#include "model/key_values.h"
#include "model/restart_keys.h"

namespace weir::scenarios {
namespace {

using engine::Status;

constexpr std::uint64_t kMillisecond = 1'000'000;
constexpr std::uint64_t kLongest = 20ull * 24 * 3600 * 1'000'000'000;  // storm and drain together stay below 52 days
constexpr std::uint64_t kAny32 = std::numeric_limits<std::uint32_t>::max();

// `Field` is a callable from a spec to a reference to one of its fields.
template <auto Field, class Read, class Convert>
Status assign(RunSpec& spec, const SpecKey& key, std::string_view text, Read read, Convert convert) {
  auto value = read(key, text);
  if (!value.ok()) return value.status();
  Field(spec) = convert(value.value());
  return {};
}

template <auto Field>
using FieldType = std::remove_reference_t<decltype(Field(std::declval<RunSpec&>()))>;

template <auto Field>
constexpr auto kAs = [](auto value) { return static_cast<FieldType<Field>>(value); };

template <auto Field>
constexpr SpecKey integer(std::string_view name, std::uint64_t low, std::uint64_t high, std::string_view doc) {
  return {name,
          KeyType::Integer,
          low,
          high,
          {},
          doc,
          false,
          [](const RunSpec& spec) { return std::to_string(Field(spec)); },
          [](RunSpec& spec, const SpecKey& key, std::string_view text) {
            return assign<Field>(spec, key, text, read_integer, kAs<Field>);
          }};
}

template <auto Field>
constexpr SpecKey hex(std::string_view name, bool per_seed, std::string_view doc) {
  return {name,
          KeyType::Hex,
          0,
          std::numeric_limits<std::uint64_t>::max(),
          {},
          doc,
          per_seed,
          [](const RunSpec& spec) { return hex_text(Field(spec)); },
          [](RunSpec& spec, const SpecKey& key, std::string_view text) {
            return assign<Field>(spec, key, text, read_integer, kAs<Field>);
          }};
}

template <auto Field>
constexpr SpecKey boolean(std::string_view name, std::string_view doc) {
  return {name,
          KeyType::Boolean,
          0,
          1,
          {},
          doc,
          false,
          [](const RunSpec& spec) { return std::string(Field(spec) ? "true" : "false"); },
          [](RunSpec& spec, const SpecKey& key, std::string_view text) {
            return assign<Field>(spec, key, text, read_boolean, kAs<Field>);
          }};
}

template <auto Field>
constexpr SpecKey duration(std::string_view name, std::uint64_t low, std::string_view doc) {
  return {name,
          KeyType::Duration,
          low,
          kLongest,
          {},
          doc,
          false,
          [](const RunSpec& spec) { return sim::duration_text(Field(spec)); },
          [](RunSpec& spec, const SpecKey& key, std::string_view text) {
            return assign<Field>(spec, key, text, read_duration, kAs<Field>);
          }};
}

template <auto Field>
constexpr SpecKey range(std::string_view name, std::string_view doc) {
  return {name,
          KeyType::Range,
          0,
          kLongest,
          {},
          doc,
          false,
          [](const RunSpec& spec) { return range_text(Field(spec)); },
          [](RunSpec& spec, const SpecKey& key, std::string_view text) {
            return assign<Field>(spec, key, text, read_range, kAs<Field>);
          }};
}

template <auto Field>
constexpr SpecKey text(std::string_view name, std::string_view doc) {
  return {name,
          KeyType::Text,
          0,
          0,
          {},
          doc,
          false,
          [](const RunSpec& spec) { return Field(spec); },
          [](RunSpec& spec, const SpecKey&, std::string_view value) {
            Field(spec) = value;
            return Status();
          }};
}

// An enumeration whose values are in the order of `Words`.
template <auto Field, const std::string_view& Words>
constexpr SpecKey choice(std::string_view name, std::string_view doc) {
  return {name,
          KeyType::Choice,
          0,
          0,
          Words,
          doc,
          false,
          [](const RunSpec& spec) { return std::string(split(Words, '|')[static_cast<std::size_t>(Field(spec))]); },
          [](RunSpec& spec, const SpecKey& key, std::string_view value) {
            return assign<Field>(spec, key, value, read_choice, kAs<Field>);
          }};
}

#define WEIR_FIELD(path) \
  [](auto& spec) -> auto& { return spec.path; }

constexpr std::array kKeys{
    text<WEIR_FIELD(scenario)>("scenario.name", "a label, shown wherever the scenario is"),
    text<WEIR_FIELD(job.name)>("job.name", "a job of the catalogue, as `weir list` names them, or one of your own"),
    integer<WEIR_FIELD(job.parallelism)>("job.parallelism", 1, 1024, "subtasks of each operator"),
    integer<WEIR_FIELD(job.partitions)>("job.partitions", 0, 1024,
                                        "splits of a generated input; 0: as many as there are subtasks"),
    integer<WEIR_FIELD(job.max_parallelism)>("job.max-parallelism", 0, engine::kMaxMaxParallelism,
                                             "number of key groups; 0: derived from the parallelism as Flink does"),
    text<WEIR_FIELD(job.input)>("job.input",
                                "a real text file to read, relative to the scenario file; absent: generated"),
    hex<WEIR_FIELD(job.input_hash)>("job.input-hash", false,
                                    "hash of the file's bytes; other bytes are refused; 0: any"),
    integer<WEIR_FIELD(job.records)>("job.records", 1, 10'000'000, "generated records, over all partitions"),
    integer<WEIR_FIELD(job.keys)>("job.keys", 1, 10'000'000, "distinct keys of generated records"),
    hex<WEIR_FIELD(job.workload_seed)>("job.workload-seed", false, "which records are generated"),
    choice<WEIR_FIELD(options.backend), kBackends>("state.backend", "where working state lives"),
    boolean<WEIR_FIELD(options.changelog.enabled)>(
        "state.changelog", "a checkpoint is the last materialisation of keyed state and the log of changes since"),
    duration<WEIR_FIELD(options.changelog.materialization_interval)>(
        "state.changelog-materialization-interval", kMillisecond, "time from one materialisation to the next"),
    boolean<WEIR_FIELD(options.local_recovery)>(
        "state.local-recovery", "TaskManagers keep local copies of their snapshots and restore from them"),
    boolean<WEIR_FIELD(options.checkpoint.enabled)>("checkpoint.enabled", "true as soon as an interval is given"),
    duration<WEIR_FIELD(options.checkpoint.interval)>("checkpoint.interval", 10 * kMillisecond,
                                                      "time from one trigger to the next"),
    duration<WEIR_FIELD(options.checkpoint.timeout)>("checkpoint.timeout", 10 * kMillisecond,
                                                     "a checkpoint not complete by then is aborted"),
    duration<WEIR_FIELD(options.checkpoint.min_pause)>("checkpoint.min-pause", 0,
                                                       "least time from a completion to the next trigger"),
    integer<WEIR_FIELD(options.checkpoint.max_concurrent)>("checkpoint.max-concurrent", 1, 1000,
                                                           "checkpoints under way at once"),
    integer<WEIR_FIELD(options.checkpoint.tolerable_failures)>("checkpoint.tolerable-failures", 0, kAny32,
                                                               "failed checkpoints in a row before the job fails over"),
    integer<WEIR_FIELD(options.checkpoint.num_retained)>("checkpoint.num-retained", 1, 1000,
                                                         "completed checkpoints that are kept"),
    choice<WEIR_FIELD(options.checkpoint.mode), kModes>("checkpoint.mode", "what alignment promises"),
    boolean<WEIR_FIELD(options.checkpoint.unaligned)>(
        "checkpoint.unaligned", "barriers overtake records, and checkpoints hold what was in flight"),
    duration<WEIR_FIELD(options.checkpoint.aligned_timeout)>(
        "checkpoint.aligned-checkpoint-timeout", 0,
        "with unaligned: barriers stay in line until so long after the trigger; 0: they overtake at once"),
    choice<WEIR_FIELD(options.checkpoint.storage), kStorages>("checkpoint.storage", "where checkpoints are kept"),
    choice<WEIR_FIELD(options.checkpoint.retention), kRetentions>(
        "checkpoint.retention",
        "whether retained checkpoints outlive a job that fails for good, or also one that is cancelled"),
    integer<WEIR_FIELD(options.checkpoint.data_inline_threshold)>(
        "checkpoint.data-inline-threshold", 0, engine::kMaxInlineThreshold,
        "smaller states, in bytes, go into the metadata instead of a file; Flink's default is 20480"),
    boolean<WEIR_FIELD(options.checkpoint.incremental)>(
        "checkpoint.incremental", "upload only files that no confirmed checkpoint has; needs the rocksdb backend"),
    boolean<WEIR_FIELD(options.checkpoint.file_merging.enabled)>(
        "checkpoint.file-merging", "TaskManagers put many pieces of state into one file of checkpoint storage"),
    integer<WEIR_FIELD(options.checkpoint.file_merging.max_file_size)>(
        "checkpoint.file-merging-max-size", 1, std::uint64_t{1} << 40, "a merged file of so many bytes takes no more"),
    integer<WEIR_FIELD(options.checkpoint.file_merging.max_amplification)>(
        "checkpoint.file-merging-max-amplification", 100, 1'000'000,
        "a merged file larger than so many percent of what is used of it is not referred to again"),
    boolean<WEIR_FIELD(options.checkpoint.file_merging.across_checkpoints)>(
        "checkpoint.file-merging-across-checkpoints", "a merged file may hold pieces of several checkpoints"),
    boolean<WEIR_FIELD(options.checkpoint.pause_sources_until_first)>(
        "checkpoint.pause-sources-until-first",
        "sources that start from nothing read nothing before a checkpoint is complete"),
    choice<WEIR_FIELD(options.restart.strategy), kRestartStrategies>(
        kRestartStrategy,
        "whether and when a failed job restarts; default: what the other keys here belong to, else exponential-delay, "
        "or none without checkpoints"),
    duration<WEIR_FIELD(options.restart.exponential_delay.initial_backoff)>(
        "restart.initial-backoff", kMillisecond, "exponential-delay: from the first failure to the restart, at least"),
    duration<WEIR_FIELD(options.restart.exponential_delay.max_backoff)>(
        "restart.max-backoff", kMillisecond, "exponential-delay: from any failure to the restart, at most"),
    integer<WEIR_FIELD(options.restart.exponential_delay.backoff_multiplier)>(
        "restart.backoff-multiplier", 1001, 1'000'000,
        "exponential-delay: thousandths of its delay that the next restart waits"),
    integer<WEIR_FIELD(options.restart.exponential_delay.jitter_factor)>(
        "restart.jitter-factor", 0, 1000,
        "exponential-delay: up to so many thousandths are added to the delay, or taken from it"),
    duration<WEIR_FIELD(options.restart.exponential_delay.reset_backoff_threshold)>(
        "restart.reset-backoff-threshold", kMillisecond,
        "exponential-delay: a job that ran for so long begins with the initial backoff again"),
    integer<WEIR_FIELD(options.restart.exponential_delay.attempts_before_reset_backoff)>(
        "restart.attempts-before-reset-backoff", 1, kAny32,
        "exponential-delay: restarts before the job fails for good, counted anew after the threshold"),
    integer<WEIR_FIELD(options.restart.fixed_delay.attempts)>(
        kRestartAttempts, 0, kAny32,
        "fixed-delay: restarts before the job fails for good; 2147483647 when it is not named but chosen by its "
        "delay"),
    duration<WEIR_FIELD(options.restart.fixed_delay.delay)>("restart.delay", 0,
                                                            "fixed-delay: time from a failure to the restart"),
    integer<WEIR_FIELD(options.restart.failure_rate.max_failures_per_interval)>(
        "restart.max-failures-per-interval", 1, 1'000'000, "failure-rate: one more and the job fails for good"),
    duration<WEIR_FIELD(options.restart.failure_rate.interval)>("restart.failure-rate-interval", kMillisecond,
                                                                "failure-rate: in which failures are counted"),
    duration<WEIR_FIELD(options.restart.failure_rate.delay)>("restart.failure-rate-delay", 0,
                                                             "failure-rate: time from a failure to the restart"),
    choice<WEIR_FIELD(options.failover_strategy), kFailoverStrategies>(
        "restart.failover-strategy",
        "what restarts with a failed subtask: those it is connected with, while the others keep running, or all"),
    integer<WEIR_FIELD(options.cluster.task_managers)>("cluster.task-managers", 1, 900, "TaskManager processes"),
    integer<WEIR_FIELD(options.cluster.slots)>("cluster.slots", 0, 1024, "slots of each; 0: just enough for the job"),
    choice<WEIR_FIELD(options.high_availability), kAvailabilities>(
        "cluster.high-availability",
        "whether a second JobManager takes over, with what is in a store that outlives the first"),
    choice<WEIR_FIELD(options.split_assignment), kSplitAssignments>(
        "source.assignment",
        "how splits come to the subtasks of a source: by their number, or from a coordinator in the JobManager to who "
        "has none left"),
    integer<WEIR_FIELD(options.network.segment_size)>("network.segment-size", 64, 1 << 20,
                                                      "bytes of a buffer; a larger record spans several"),
    integer<WEIR_FIELD(options.network.records_per_segment)>("network.records-per-segment", 1, 1 << 20,
                                                             "a buffer with so many records is sent"),
    integer<WEIR_FIELD(options.network.credits_per_channel)>("network.credits-per-channel", 1, 10'000,
                                                             "exclusive buffers of a receiver for each channel"),
    integer<WEIR_FIELD(options.network.floating_credits_per_gate)>(
        "network.floating-credits-per-gate", 0, 10'000,
        "further buffers of a receiver, for channels whose senders have a backlog"),
    integer<WEIR_FIELD(options.network.queued_segments)>("network.queued-segments", 1, 10'000,
                                                         "buffers a sender queues before it stops"),
    integer<WEIR_FIELD(options.network.overdraft_segments_per_output)>(
        "network.overdraft-segments-per-output", 0, 1'000'000,
        "buffers of a sender beyond those, to end the burst of records at hand"),
    duration<WEIR_FIELD(options.network.buffer_timeout)>(
        "network.buffer-timeout", 0,
        "how long a buffer that is not full waits for more; 0: it is sent when its subtask has nothing else to do"),
    boolean<WEIR_FIELD(options.network.debloat.enabled)>("network.buffer-debloat",
                                                         "the size of buffers follows what their receiver processes"),
    duration<WEIR_FIELD(options.network.debloat.period)>("network.buffer-debloat-period", kMillisecond,
                                                         "time from one measurement of that to the next"),
    duration<WEIR_FIELD(options.network.debloat.target)>("network.buffer-debloat-target", kMillisecond,
                                                         "time in which what is in flight is to be processed"),
    integer<WEIR_FIELD(options.network.debloat.samples)>("network.buffer-debloat-samples", 1, 1'000,
                                                         "measurements that the moving average is over"),
    integer<WEIR_FIELD(options.network.debloat.threshold_percent)>(
        "network.buffer-debloat-threshold", 0, 100, "per cent of change below which the senders are not told"),
    integer<WEIR_FIELD(options.network.debloat.min_segment_size)>("network.min-segment-size", 16, 1 << 20,
                                                                  "bytes of a buffer that debloating leaves at least"),
    duration<WEIR_FIELD(options.cost.source_record)>("cost.source-record", 0, "reading one record"),
    duration<WEIR_FIELD(options.cost.record)>("cost.record", 0, "one record through one chain of operators"),
    duration<WEIR_FIELD(options.cost.barrier)>("cost.barrier", 0, "handling one barrier"),
    duration<WEIR_FIELD(options.cost.snapshot_sync)>("cost.snapshot-sync", 0,
                                                     "part of a snapshot that stops the subtask"),
    duration<WEIR_FIELD(options.cost.snapshot_async)>("cost.snapshot-async", 0,
                                                      "part beside processing; the storage write comes on top"),
    duration<WEIR_FIELD(options.cost.restore)>("cost.restore", 0, "loading state after a restart"),
    duration<WEIR_FIELD(options.cost.local_restore)>("cost.local-restore", 0,
                                                     "the same from local copies alone; see state.local-recovery"),
    duration<WEIR_FIELD(options.rpc.retry)>("rpc.retry", kMillisecond, "between repetitions of an unanswered message"),
    duration<WEIR_FIELD(options.rpc.deploy_timeout)>("rpc.deploy-timeout", kMillisecond,
                                                     "a deployment without news by then has failed"),
    duration<WEIR_FIELD(options.heartbeat.interval)>(
        "heartbeat.interval", 0,
        "between heartbeats; 0: there are none, and the JobManager is told of a death after world.detect-loss"),
    duration<WEIR_FIELD(options.heartbeat.timeout)>("heartbeat.timeout", kMillisecond,
                                                    "who was silent for so long is given up"),
    integer<WEIR_FIELD(options.heartbeat.rpc_failure_threshold)>(
        "heartbeat.rpc-failure-threshold", 1, 1000, "heartbeats in a row that reach nobody before it is given up"),
    hex<WEIR_FIELD(world.seed)>("world.seed", true, "root of all randomness of the run"),
    choice<WEIR_FIELD(world.schedule), kSchedules>("world.schedule", "order of simultaneous events, and jitter"),
    range<WEIR_FIELD(world.data)>("world.data-latency", "buffers between subtasks"),
    range<WEIR_FIELD(world.control)>("world.control-latency", "messages between JobManager and TaskManagers"),
    range<WEIR_FIELD(world.storage)>("world.storage-latency", "writes to checkpoint storage, plus 1 ns a byte"),
    duration<WEIR_FIELD(world.detect_loss)>("world.detect-loss", 0, "until peers notice a dead process"),
    duration<WEIR_FIELD(world.storm)>("world.storm", 0, "faults may strike until then"),
    duration<WEIR_FIELD(world.drain)>("world.drain", kMillisecond, "time after the storm for the job to finish"),
};

#undef WEIR_FIELD

constexpr std::array kScenarioKeys{
    ScenarioKey{"scenario.name", "text", "default: the file's name"},
    ScenarioKey{"scenario.summary", "text", "one sentence on what is tried"},
    ScenarioKey{"scenario.seeds", "an integer from 1 to 1000000000",
                "default range of seeds is 1 to this; default 200"},
    ScenarioKey{"scenario.expect", "\"holds\" or a property", "what a campaign should find; default \"holds\""},
    ScenarioKey{"scenario.defects", "a list of defects", "bugs switched on on purpose; `weir defects` lists them"},
    ScenarioKey{"faults.crash", "true or false", "the nemesis may crash TaskManagers"},
    ScenarioKey{"faults.lose-messages", "true or false", "the nemesis may lose control messages"},
    ScenarioKey{"faults.slow-barrier", "true or false", "the nemesis may hold back barriers"},
    ScenarioKey{"faults.repeat-messages", "true or false", "the nemesis may bring control messages twice"},
    ScenarioKey{"faults.pause", "true or false", "the nemesis may let processes stand still"},
    ScenarioKey{"faults.partition", "true or false", "the nemesis may part TaskManagers from the JobManager"},
    ScenarioKey{"faults.crash-jobmanager", "true or false",
                "the nemesis may crash the leading JobManager; this and the next two need cluster.high-availability"},
    ScenarioKey{"faults.ha-write-ambiguous", "true or false",
                "the nemesis may hide what becomes of writes to the high-availability store"},
    ScenarioKey{"faults.lose-leadership", "true or false",
                "the nemesis may make another JobManager the leader while the one before lives"},
    ScenarioKey{"faults.delay-messages", "true or false", "the nemesis may bring control messages late"},
    ScenarioKey{"faults.mean-time-between-crashes", "a duration",
                "so often on average a TaskManager crashes, at random times of the storm, and comes back after 10ms"},
    ScenarioKey{"faults.max", "an integer from 0 to 100", "most faults of each kind in one run; default 4"},
    ScenarioKey{"sweep.x", "text", "the key that takes values in turn, along the plot"},
    ScenarioKey{"sweep.values", "a list of values", "which values"},
    ScenarioKey{"sweep.from", "a value, a duration or an integer",
                "instead of `values`: the first of some that grow by the same factor"},
    ScenarioKey{"sweep.to", "a value, a duration or an integer", "the last of them"},
    ScenarioKey{"sweep.steps", "an integer from 2 to 100", "how many they are"},
    ScenarioKey{"sweep.series", "text", "another key: each of its values is a line of the plot"},
    ScenarioKey{"sweep.series-values", "a list of values", "which values"},
    ScenarioKey{"sweep.measure", "one of checkpoint-duration, in-flight, lost-work, repeated-results, run-time",
                "what is measured in each run"},
    ScenarioKey{"fault.text", "a fault as reports print it", "instead of all other keys of the fault"},
    ScenarioKey{"fault.kind",
                "one of crash, lose-messages, slow-barrier, repeat-messages, delay-messages, pause, partition, "
                "ha-write-ambiguous, lose-leadership",
                "what happens"},
    ScenarioKey{"fault.task-manager", "an integer from 0",
                "crash: which one dies; pause: which one stands still, 0: the JobManager; partition: which one is "
                "parted from the JobManager"},
    ScenarioKey{"fault.process", "jobmanager", "crash: instead of a TaskManager; of two the one that leads"},
    ScenarioKey{"fault.restart", "a duration", "crash: until it is started again; default 1s"},
    ScenarioKey{"fault.for", "a duration", "pause, partition: how long"},
    ScenarioKey{"fault.direction", "one of both, to-jobmanager, from-jobmanager",
                "partition: which control messages are lost; default: both"},
    ScenarioKey{"fault.message", "a kind of control message", "of those that strike messages: which kind"},
    ScenarioKey{"fault.subtask", "a subtask such as \"totals/0\"",
                "of those that strike messages: only from or to it; default: any"},
    ScenarioKey{"fault.channel", "a channel such as \"map/0->totals/1\"", "slow-barrier: where; default: any"},
    ScenarioKey{"fault.delay", "a duration",
                "slow-barrier, delay-messages: how late each comes; repeat-messages: how much later it comes again; "
                "lose-leadership: "
                "how much later the old leader hears of it; default 0"},
    ScenarioKey{"fault.applied", "true or false",
                "ha-write-ambiguous: whether the write is applied, which nobody learns; default true"},
    ScenarioKey{"fault.checkpoint", "an integer from 1",
                "of messages, barriers and writes: only of this one; default: any"},
    ScenarioKey{"fault.count", "an integer from 1", "of messages, barriers and writes: how many; default 1"},
    ScenarioKey{"fault.at", "a duration", "strikes at this time"},
    ScenarioKey{"fault.when.event", "an event of the trace", "strikes at this event; one of `at` and `when` is needed"},
    ScenarioKey{"fault.when.actor", "where the event happens",
                "a subtask, \"tm-1\" or \"jobmanager\"; default: anywhere"},
    ScenarioKey{"fault.when.checkpoint", "an integer from 1", "only at the event of this checkpoint; default: any"},
    ScenarioKey{"fault.when.occurrence", "an integer from 1", "at the n-th such event; default 1"},
    ScenarioKey{"action.do", "one of savepoint, stop, cancel, restore, rescale, upgrade",
                "what the user does; after the last three another job follows in the same run"},
    ScenarioKey{"action.format", "one of canonical, native", "of the savepoint; default canonical"},
    ScenarioKey{"action.drain", "true or false", "stop: all timers fire and all windows close first; default false"},
    ScenarioKey{"action.from", "one of checkpoint, savepoint",
                "restore: the newest of these is where the job starts again; default checkpoint"},
    ScenarioKey{"action.claim", "one of no-claim, claim",
                "whose the files are that the next job starts from; default no-claim: the user's"},
    ScenarioKey{"action.allow-non-restored-state", "true or false",
                "the next job may leave out operators that have state; default false"},
    ScenarioKey{"action.parallelism", "an integer from 1 to 1024", "rescale: of the next job"},
    ScenarioKey{"action.set", "a table of keys",
                "what differs in the next job, e.g. { state.backend = \"rocksdb\", job.params.top = \"5\" }"},
    ScenarioKey{"action.at", "a duration", "at this time"},
    ScenarioKey{"action.when.event", "an event of the trace", "at this event; one of `at` and `when` is needed"},
    ScenarioKey{"action.when.actor", "where the event happens", "as for a fault"},
    ScenarioKey{"action.when.checkpoint", "an integer from 1", "only at the event of this checkpoint; default: any"},
    ScenarioKey{"action.when.occurrence", "an integer from 1", "at the n-th such event of the present job; default 1"},
};

std::string section_of(std::string_view name) { return std::string(name.substr(0, name.find('.'))); }
std::string key_of(std::string_view name) { return std::string(name.substr(name.find('.') + 1)); }

std::string default_text(const SpecKey& key) {
  const std::string value = key.get(RunSpec{});
  return value.empty() ? "" : "`" + value + "`";
}

void add_row(std::string& page, std::string& section, std::string_view name, const std::string& expects,
             const std::string& standard, std::string_view doc) {
  if (section_of(name) != section) {
    section = section_of(name);
    const bool list = section == "fault" || section == "action";
    page += "\n### `" + std::string(list ? "[[" : "[") + section + (list ? "]]" : "]") + "`\n\n";
    page += "| key | value | default | |\n|---|---|---|---|\n";
  }
  page += "| `" + key_of(name) + "` | " + expects + " | " + standard + " | " + std::string(doc) + " |\n";
}

}  // namespace

std::span<const SpecKey> spec_keys() { return kKeys; }

const SpecKey* spec_key(std::string_view name) {
  for (const SpecKey& key : kKeys) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

std::span<const ScenarioKey> scenario_keys() { return kScenarioKeys; }

std::string key_reference() {
  std::string page;
  std::string section;
  for (const ScenarioKey& key : kScenarioKeys) {
    if (section_of(key.name) == "scenario") add_row(page, section, key.name, std::string(key.expects), "", key.doc);
  }
  for (const SpecKey& key : kKeys) {
    if (section_of(key.name) == "scenario" || key.per_seed) continue;
    add_row(page, section, key.name, expectation(key), default_text(key), key.doc);
    if (key.name == "job.workload-seed") {
      add_row(page, section, "job.params.NAME", "text", "", "a parameter of the job itself; `weir list` names them");
    }
  }
  for (const ScenarioKey& key : kScenarioKeys) {
    if (section_of(key.name) != "scenario") add_row(page, section, key.name, std::string(key.expects), "", key.doc);
  }
  return page + flink_key_reference();
}

}  // namespace weir::scenarios
