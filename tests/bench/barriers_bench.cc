// What a barrier costs as jobs grow: ten vertices, each subtask with a channel to all of the next vertex, ten
// checkpoints, all properties on line. Prints one line of `name=value` for each size.
//
//   usage: bench_barriers [PARALLELISM...]   (10 and 100: jobs of 100 and of 1,000 subtasks)

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/clocks.h"
#include "weir/engine/connectors.h"
#include "weir/engine/process_function.h"
#include "weir/scenarios/runner.h"

namespace {

using namespace weir;
using namespace weir::bench;
using namespace std::chrono_literals;

constexpr int kStages = 7;  // between source and sink
constexpr std::uint64_t kCheckpoints = 10;
constexpr char kIn[] = "numbers";
constexpr char kOut[] = "numbers-again";

struct HandOn final : engine::KeyedProcessFunction<std::int64_t, std::int64_t, std::int64_t> {
  void process_element(const std::int64_t& number, Context&, engine::Collector<std::int64_t>& out) override {
    out.collect(number);
  }
};

void build(engine::StreamEnvironment& env, const scenarios::JobRef&) {
  env.disable_operator_chaining();
  const auto itself = [](std::int64_t number) { return number; };
  auto stream = env.from_source(engine::LogSource<std::int64_t>(kIn), "source").uid("source");
  for (int stage = 0; stage < kStages; ++stage) {
    const std::string uid = "stage-" + std::to_string(stage);
    stream = stream.key_by(itself).process<HandOn>(uid).uid(uid);
  }
  stream.key_by(itself).process<HandOn>("last").uid("last").sink_to(engine::TransactionalLogSink<std::int64_t>(kOut),
                                                                    "sink");
}

// Few records: barriers are what is measured.
sim::Workload workload(const scenarios::JobRef& ref, const engine::Bytes&) {
  sim::Workload made;
  sim::Topic topic;
  topic.name = kIn;
  topic.partitions.resize(ref.parallelism);
  for (std::uint64_t i = 0; i < ref.records; ++i) {
    topic.partitions[i % ref.parallelism].push_back(engine::serialize(static_cast<std::int64_t>(i)));
  }
  made.topics.push_back(std::move(topic));
  made.output_topics = {kOut};
  return made;
}

scenarios::RunSpec spec(std::uint32_t parallelism) {
  scenarios::RunSpec spec;
  spec.scenario = "bench-barriers";
  spec.job.name = "all-to-all";
  spec.job.parallelism = parallelism;
  spec.job.records = 12 * parallelism;
  spec.options.checkpoint.enabled = true;
  spec.options.checkpoint.interval = 200ms;
  spec.options.cluster.task_managers = 10;
  spec.options.network.records_per_segment = 1;
  spec.options.cost.source_record = 200ms;  // twelve a source: about as long as ten checkpoints
  spec.world.storm = 1ms;
  spec.world.drain = 60s;
  return spec;
}

int measure(std::uint32_t parallelism) {
  scenarios::JobCatalogue catalogue;
  catalogue.add({"all-to-all", "ten vertices, each connected with all of the next", false, {}, build, workload});
  scenarios::Runner runner(catalogue);
  const double start = cpu_seconds();
  const auto result = runner.run(spec(parallelism));
  const double seconds = cpu_seconds() - start;
  if (!result.ok() || result.value().answer != properties::Answer::Holds) {
    std::fprintf(stderr, "the run does not hold: %s\n",
                 (result.ok() ? result.value().cause : result.status().message()).c_str());
    return 1;
  }
  std::uint64_t barriers = 0;
  for (const sim::TraceEvent& event : runner.trace().events()) {
    if (event.kind == sim::TraceKind(engine::EventKind::BarrierReceived)) ++barriers;
  }
  const std::uint64_t checkpoints = result.value().checkpoints_completed;
  if (checkpoints < kCheckpoints) return std::fputs("too few checkpoints\n", stderr), 1;
  std::printf("barriers subtasks=%zu channels=%zu checkpoints=%" PRIu64 " barriers=%" PRIu64
              " seconds=%.3f ns_per_barrier=%.0f\n",
              runner.graph().subtasks().size(), runner.graph().channels().size(), checkpoints, barriers, seconds,
              seconds * 1e9 / static_cast<double>(barriers));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::uint32_t> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(static_cast<std::uint32_t>(std::strtoul(argv[i], nullptr, 10)));
  if (sizes.empty()) sizes = {10, 100};
  int status = 0;
  for (const std::uint32_t size : sizes) status |= size == 0 ? 2 : measure(size);
  return status;
}
