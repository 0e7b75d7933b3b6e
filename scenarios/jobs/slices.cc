// An embarrassingly parallel job: source, map, running totals and sink, each slice by itself. Every slice is a failover
// region of its own.

#include <cstdint>

#include "jobs/built_in.h"
#include "jobs/clicks.h"
#include "jobs/generate.h"
#include "weir/engine/connectors.h"
#include "weir/engine/hash.h"

namespace weir::scenarios {
namespace {

using namespace engine;

constexpr char kClicks[] = "clicks";
constexpr char kTotals[] = "totals";

void build(StreamEnvironment& env, const JobRef&) {
  env.disable_operator_chaining();
  env.from_source(LogSource<Click>(kClicks), "source")
      .uid("source")
      .map([](const Click& click) { return click; }, "map")
      .uid("map")
      .reinterpret_as_keyed([](const Click& click) { return click.key; })
      .process<RunningTotal>("totals")
      .uid("totals")
      .sink_to(TransactionalLogSink<Click>(kTotals), "sink")
      .uid("sink");
}

// Which slice a key belongs to.
std::uint32_t slice_of(std::int64_t key, const JobRef& ref) {
  const std::uint32_t groups =
      ref.max_parallelism != 0 ? ref.max_parallelism : default_max_parallelism(ref.parallelism);
  return subtask_of(key_group_of(KeyHash<std::int64_t>::code(key), groups), groups, ref.parallelism);
}

// Amounts are all 1. Keys that the slice which reads a partition does not own are passed over, also those beyond
// `ref.keys`.
sim::Workload workload(const JobRef& ref, const Bytes&) {
  sim::Workload made;
  const std::uint32_t partitions = partitions_of(ref);
  std::uint64_t record = 0;  // they go to the partitions in turn, and these to the slices
  made.topics = {generated_topic(kClicks, ref, [&](sim::RandomStream& random) {
    const auto slice = static_cast<std::uint32_t>(record++ % partitions % ref.parallelism);
    auto key = static_cast<std::int64_t>(random.below(ref.keys));
    while (slice_of(key, ref) != slice) ++key;
    return serialize(Click{key, 1});
  })};
  made.output_topics = {kTotals};
  return made;
}

}  // namespace

JobDefinition slices() {
  return {"slices", "source, map, running count per key and sink, all forward: each slice by itself", false, {}, build,
          workload};
}

}  // namespace weir::scenarios
