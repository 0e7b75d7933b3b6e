// The reference job of the benchmarks: source → map → running count per key → sink, a vertex each.

#include <array>
#include <cstdint>
#include <tuple>

#include "jobs/built_in.h"
#include "jobs/generate.h"
#include "weir/engine/connectors.h"

namespace weir::scenarios {
namespace {

using namespace engine;

constexpr char kClicks[] = "clicks";
constexpr char kTotals[] = "totals";

struct Click {
  std::int64_t key = 0;
  std::int64_t amount = 0;
  static constexpr auto fields() { return std::tuple{&Click::key, &Click::amount}; }
  static constexpr auto field_names() { return std::array{"key", "amount"}; }
};

// Adds up amounts per key; they are all 1, so that the order of arrival does not show in what comes out.
class RunningTotal : public KeyedProcessFunction<std::int64_t, Click, Click> {
 public:
  void open(RuntimeContext& context) override {
    total_ = context.get_state(ValueStateDescriptor<std::int64_t>{"total"});
  }
  void process_element(const Click& click, Context&, Collector<Click>& out) override {
    const std::int64_t total = total_.value_or(0) + click.amount;
    total_.update(total);
    out.collect({click.key, total});
  }

 private:
  ValueState<std::int64_t> total_;
};

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
