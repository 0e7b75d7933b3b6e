// Problems of options that no run could survive. Each is one line: the option as users write it, its value, the remedy.

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weir/engine/edge.h"
#include "weir/engine/events.h"
#include "weir/engine/hash.h"
#include "weir/engine/processes.h"

namespace weir::engine {
namespace {

constexpr Duration kYear = std::chrono::hours(24 * 365);  // CO-1; also keeps sums of times far from overflow
constexpr std::uint32_t kMaxTaskManagers = kFirstSubtaskActor - 1;
constexpr std::uint32_t kMaxSubtasks = kFirstOutsideActor - kFirstSubtaskActor;

std::string text(Duration d) {
  struct Unit {
    std::int64_t ns;
    std::string_view name;
  };
  constexpr std::array<Unit, 5> kUnits{
      {{3'600'000'000'000, "h"}, {60'000'000'000, "min"}, {1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "us"}}};
  for (const Unit& unit : kUnits) {
    if (to_ns(d) != 0 && to_ns(d) % unit.ns == 0) return std::to_string(to_ns(d) / unit.ns).append(unit.name);
  }
  return std::to_string(to_ns(d)) + "ns";
}

class Problems {
 public:
  void add(const std::string& line) {
    if (!text_.empty()) text_ += '\n';
    text_ += line;
  }
  void at_least(std::string_view option, Duration value, Duration least) {
    if (value < least) too_small(option, text(value), text(least));
    if (value > kYear) {
      add(std::string(option) + " is " + text(value) + ", longer than a year: set it to at most " + text(kYear));
    }
  }
  void at_least(std::string_view option, std::uint64_t value, std::uint64_t least) {
    if (value < least) too_small(option, std::to_string(value), std::to_string(least));
  }
  std::string take() { return std::move(text_); }

 private:
  void too_small(std::string_view option, const std::string& value, const std::string& least) {
    add(std::string(option) + " is " + value + ": set it to at least " + least);
  }
  std::string text_;
};

// CO-2
void check_unaligned(const CheckpointOptions& options, Problems& problems) {
  problems.at_least("checkpoint.aligned-checkpoint-timeout", options.aligned_timeout, 0ns);
  if (!options.unaligned) return;
  if (options.max_concurrent > 1) {
    problems.add("checkpoint.max-concurrent is " + std::to_string(options.max_concurrent) +
                 ", and only one unaligned checkpoint can be under way: set it to 1, or checkpoint.unaligned to false");
  }
  if (options.mode == CheckpointingMode::AtLeastOnce) {
    problems.add(
        "checkpoint.unaligned is true, and barriers that nobody waits for need not overtake: set checkpoint.mode to "
        "exactly-once, or checkpoint.unaligned to false");
  }
}

// Flink's HeartbeatServices.
void check_heartbeat(const HeartbeatOptions& options, Problems& problems) {
  if (!options.enabled()) return;
  problems.at_least("heartbeat.interval", options.interval, 1ms);
  problems.at_least("heartbeat.timeout", options.timeout, options.interval + 1ms);
  problems.at_least("heartbeat.rpc-failure-threshold", options.rpc_failure_threshold, 1);
}

// CO-1. A pause longer than the interval is legal: the interval is then raised to it.
void check_checkpoint(const CheckpointOptions& options, Problems& problems) {
  problems.at_least("checkpoint.interval", options.interval, 10ms);
  problems.at_least("checkpoint.timeout", options.timeout, 10ms);
  problems.at_least("checkpoint.min-pause", options.min_pause, 0ns);
  problems.at_least("checkpoint.max-concurrent", options.max_concurrent, 1);
  problems.at_least("checkpoint.num-retained", options.num_retained, 1);
  check_unaligned(options, problems);
  if (options.data_inline_threshold > kMaxInlineThreshold) {  // SH-12
    problems.add("checkpoint.data-inline-threshold is " + std::to_string(options.data_inline_threshold) +
                 ": set it to at most " + std::to_string(kMaxInlineThreshold));
  }
}

// SN-12, SH-14
void check_incremental(const JobOptions& options, Problems& problems) {
  if (!options.checkpoint.incremental) return;
  if (options.backend != StateBackendKind::RocksDb) {
    problems.add(
        "checkpoint.incremental is true, and the heap backend has no files to share: set state.backend to rocksdb, or "
        "checkpoint.incremental to false");
  }
  if (options.checkpoint.storage == CheckpointStorageKind::JobManager) {
    problems.add(
        "checkpoint.incremental is true, and checkpoints kept by the JobManager share no files: set checkpoint.storage "
        "to filesystem, or checkpoint.incremental to false");
  }
}

// SN-20, SN-21
void check_changelog(const JobOptions& options, Problems& problems) {
  problems.at_least("state.changelog-materialization-interval", options.changelog.materialization_interval, 1ms);
  if (!options.changelog.enabled) return;
  if (options.checkpoint.incremental) {
    problems.add(
        "state.changelog and checkpoint.incremental are both true, and a changelog materialises in the canonical form: "
        "set one of them to false");
  }
  if (options.checkpoint.storage == CheckpointStorageKind::JobManager) {
    problems.add(
        "state.changelog is true, and checkpoints kept by the JobManager share no files: set checkpoint.storage to "
        "filesystem, or state.changelog to false");
  }
}

// SH-15
void check_file_merging(const CheckpointOptions& options, Problems& problems) {
  const FileMergingOptions& merging = options.file_merging;
  problems.at_least("checkpoint.file-merging-max-size", merging.max_file_size, 1);
  problems.at_least("checkpoint.file-merging-max-amplification", merging.max_amplification, 100);
  if (merging.enabled && options.storage == CheckpointStorageKind::JobManager) {
    problems.add(
        "checkpoint.file-merging is true, and checkpoints kept by the JobManager have no files: set checkpoint.storage "
        "to filesystem, or checkpoint.file-merging to false");
  }
}

// CO-48: what the store points to must outlive the JobManager, and whoever may delete it must be known to its
// successor.
void check_high_availability(const JobOptions& options, Problems& problems) {
  if (options.high_availability == HighAvailability::None) return;
  if (options.checkpoint.storage == CheckpointStorageKind::JobManager) {
    problems.add(
        "high-availability is store, and checkpoints kept by the JobManager are lost with it: set checkpoint.storage "
        "to filesystem, or high-availability to none");
  }
  if (options.checkpoint.file_merging.enabled) {
    problems.add(
        "high-availability is store, and another leader would not know whose merged files are: set "
        "checkpoint.file-merging to false, or high-availability to none");
  }
}

// 8.2
void check_restart(const RestartOptions& options, Problems& problems) {
  problems.at_least("restart.delay", options.fixed_delay.delay, 0ns);
  problems.at_least("restart.max-failures-per-interval", options.failure_rate.max_failures_per_interval, 1);
  problems.at_least("restart.failure-rate-interval", options.failure_rate.interval, 1ms);
  problems.at_least("restart.failure-rate-delay", options.failure_rate.delay, 0ns);
  const ExponentialDelayOptions& exponential = options.exponential_delay;
  problems.at_least("restart.initial-backoff", exponential.initial_backoff, 1ms);
  problems.at_least("restart.max-backoff", exponential.max_backoff, exponential.initial_backoff);
  problems.at_least("restart.backoff-multiplier", exponential.backoff_multiplier, 1001);
  problems.at_least("restart.reset-backoff-threshold", exponential.reset_backoff_threshold, 1ms);
  problems.at_least("restart.attempts-before-reset-backoff", exponential.attempts_before_reset_backoff, 1);
  if (exponential.jitter_factor > 1000) {
    problems.add("restart.jitter-factor is " + std::to_string(exponential.jitter_factor) + ": set it to at most 1000");
  }
}

void check_times(const JobOptions& options, Problems& problems) {
  problems.at_least("rpc.retry", options.rpc.retry, 1us);
  problems.at_least("rpc.deploy-timeout", options.rpc.deploy_timeout, 1us);
  check_heartbeat(options.heartbeat, problems);
  problems.at_least("cost.source-record", options.cost.source_record, 0ns);
  problems.at_least("cost.record", options.cost.record, 0ns);
  problems.at_least("cost.barrier", options.cost.barrier, 0ns);
  problems.at_least("cost.snapshot-sync", options.cost.snapshot_sync, 0ns);
  problems.at_least("cost.snapshot-async", options.cost.snapshot_async, 0ns);
  problems.at_least("cost.restore", options.cost.restore, 0ns);
  problems.at_least("cost.local-restore", options.cost.local_restore, 0ns);
}

void check_debloat(const DebloatOptions& options, Problems& problems) {
  problems.at_least("network.buffer-debloat-period", options.period, 1us);
  problems.at_least("network.buffer-debloat-target", options.target, 1us);
  problems.at_least("network.buffer-debloat-samples", options.samples, 1);
  problems.at_least("network.min-segment-size", options.min_segment_size, 1);
}

void check_network(const NetworkOptions& options, Problems& problems) {
  problems.at_least("network.segment-size", options.segment_size, 1);
  problems.at_least("network.records-per-segment", options.records_per_segment, 1);
  problems.at_least("network.credits-per-channel", options.credits_per_channel, 1);
  problems.at_least("network.queued-segments", options.queued_segments, 1);
  problems.at_least("network.buffer-timeout", options.buffer_timeout, 0ns);
  check_debloat(options.debloat, problems);
}

// A split that is assigned late would bring event times that watermarks have passed, and it may come to any subtask.
void check_sources(const JobSetup& setup, Problems& problems) {
  if (setup.options.split_assignment != SplitAssignment::OnRequest) return;
  if (setup.graph->job().timed) {
    problems.add(
        "source.assignment is on-request, but the job has event time, and records of splits that are assigned "
        "later would be late: set it to by-number");
  }
  if (const std::string name = keyed_in_place(setup); !name.empty()) {
    problems.add("source.assignment is on-request, but " + name +
                 " takes records to be with the subtask that owns their key, and a split comes to whichever subtask "
                 "asks: set it to by-number");
  }
}

void check_cluster(const ClusterOptions& options, const ExecutionGraph& graph, Problems& problems) {
  problems.at_least("cluster.task-managers", options.task_managers, 1);
  if (options.task_managers > kMaxTaskManagers) {
    problems.add("cluster.task-managers is " + std::to_string(options.task_managers) + ": set it to at most " +
                 std::to_string(kMaxTaskManagers));
  }
  const std::uint32_t needed = graph.slots_needed();
  const std::uint32_t offered = std::uint32_t{options.slots} * options.task_managers;
  if (options.slots != 0 && offered < needed) {
    problems.add("cluster.slots is " + std::to_string(options.slots) + ": " + std::to_string(options.task_managers) +
                 " task managers offer " + std::to_string(offered) + " slots and the job needs " +
                 std::to_string(needed) +
                 "; raise cluster.slots or cluster.task-managers, lower the parallelism, or set cluster.slots to 0");
  }
}

// RS-1, and what the dense ids can hold.
void check_graph(const ExecutionGraph& graph, Problems& problems) {
  for (const JobVertex& vertex : graph.job().vertices) {
    if (vertex.max_parallelism > kMaxMaxParallelism) {
      problems.add("max-parallelism of " + vertex.label + " is " + std::to_string(vertex.max_parallelism) +
                   ": set it to at most " + std::to_string(kMaxMaxParallelism));
    }
    if (vertex.parallelism > vertex.max_parallelism) {
      problems.add("parallelism of " + vertex.label + " is " + std::to_string(vertex.parallelism) +
                   ", above its max-parallelism " + std::to_string(vertex.max_parallelism) +
                   ": lower the one or raise the other");
    }
  }
  if (graph.subtasks().size() > kMaxSubtasks) {
    problems.add("the job has " + std::to_string(graph.subtasks().size()) + " subtasks, more than " +
                 std::to_string(kMaxSubtasks) + ": lower the parallelism");
  }
}

}  // namespace

std::string validate(const JobSetup& setup) {
  Problems problems;
  check_checkpoint(setup.options.checkpoint, problems);
  check_incremental(setup.options, problems);
  check_changelog(setup.options, problems);
  check_file_merging(setup.options.checkpoint, problems);
  check_high_availability(setup.options, problems);
  check_restart(setup.options.restart, problems);
  check_times(setup.options, problems);
  check_network(setup.options.network, problems);
  check_sources(setup, problems);
  check_cluster(setup.options.cluster, *setup.graph, problems);
  check_graph(*setup.graph, problems);
  return problems.take();
}

std::string keyed_in_place(const JobSetup& setup) {
  const JobGraph& job = setup.graph->job();
  std::vector<bool> as_read;  // by vertex, which come in topological order
  for (const JobVertex& vertex : job.vertices) {
    as_read.push_back(vertex.source() || std::any_of(vertex.inputs.begin(), vertex.inputs.end(), [&](auto input) {
                        const JobEdge& edge = job.edges[input];
                        return edge.type->partitioning() == Partitioning::Forward && as_read[edge.from.value];
                      }));
    if (!as_read.back()) continue;
    for (const JobOperator& op : vertex.chain) {
      if (op.keyed) return op.name;
    }
  }
  return {};
}

}  // namespace weir::engine
