// The reference job of the benchmarks: source → map → running count per key → sink, a vertex each.

#include <array>
#include <cstdint>
#include <tuple>

#include "jobs/built_in.h"
#include "jobs/clicks.h"
#include "jobs/generate.h"
#include "weir/engine/connectors.h"

namespace weir::scenarios {
namespace {

using namespace engine;

constexpr char kClicks[] = "clicks";
constexpr char kTotals[] = "totals";

void build(StreamEnvironment& env, const JobRef&) {
  env.disable_operator_chaining();
  env.from_source(LogSource<Click>(kClicks), "source")
      .uid("source")
      .map(
          [](const Click& click) {
            return Click{click.key, 1};
          },
          "map")
      .uid("map")
      .key_by([](const Click& click) { return click.key; })
      .process<RunningTotal>("totals")
      .uid("totals")
      .sink_to(TransactionalLogSink<Click>(kTotals), "sink")
      .uid("sink");
}

Bytes generated_click(const JobRef& ref, sim::RandomStream& random) {
  const auto key = static_cast<std::int64_t>(random.below(ref.keys));
  const auto amount = static_cast<std::int64_t>(random.below(1000));
  return serialize(Click{key, amount});
}

sim::Workload workload(const JobRef& ref, const Bytes&) {
  sim::Workload made;
  made.topics = {
      generated_topic(kClicks, ref, [&](sim::RandomStream& random) { return generated_click(ref, random); })};
  made.output_topics = {kTotals};
  return made;
}

}  // namespace

JobDefinition keyed_count() {
  return {"keyed-count", "source, map, running count per key and sink, unchained", false, {}, build, workload};
}

}  // namespace weir::scenarios
