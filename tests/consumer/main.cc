// A program of one's own: a job registered by name gets scenarios, replay, shrinking and reports from weir's command
// line.

#include <algorithm>
#include <string>

#include "weir/engine/connectors.h"
#include "weir/engine/stream.h"
#include "weir/reports/cli.h"
#include "weir/scenarios/job_catalogue.h"

namespace {

using namespace weir::engine;

// Keeps a sum for each key and emits it whenever it changes.
class RunningSum : public KeyedProcessFunction<std::string, std::pair<std::string, std::int64_t>, std::string> {
 public:
  void open(RuntimeContext& context) override { sum_ = context.get_state(ValueStateDescriptor<std::int64_t>{"sum"}); }
  void process_element(const std::pair<std::string, std::int64_t>& reading, Context& context,
                       Collector<std::string>& out) override {
    const std::int64_t sum = sum_.value_or(0) + reading.second;
    sum_.update(sum);
    out.collect(context.current_key + "=" + std::to_string(sum));
  }

 private:
  ValueState<std::int64_t> sum_;
};

void build(StreamEnvironment& env, const weir::scenarios::JobRef&) {
  using Reading = std::pair<std::string, std::int64_t>;
  env.from_source(LogSource<Reading>("readings"), "readings")
      .uid("readings")
      .key_by([](const Reading& r) -> const std::string& { return r.first; })
      .process<RunningSum>("sums")
      .uid("sums")
      .sink_to(TransactionalLogSink<std::string>("sums"), "sink")
      .uid("sink");
}

weir::sim::Workload workload(const weir::scenarios::JobRef& ref, const Bytes&) {
  weir::sim::Topic topic{.name = "readings", .partitions = std::vector<std::vector<Bytes>>(ref.parallelism)};
  for (std::uint64_t i = 0; i < ref.records; ++i) {
    const std::pair<std::string, std::int64_t> reading{"sensor-" + std::to_string(i % ref.keys), 1};
    topic.partitions[i % ref.parallelism].push_back(serialize(reading));
  }
  return {.topics = {std::move(topic)}, .files = {}, .output_topics = {"sums"}};
}

}  // namespace

int main(int argc, char** argv) {
  auto catalogue = weir::scenarios::JobCatalogue::built_in();
  catalogue.add({.name = "sensor-sums", .summary = "sum per sensor", .build = build, .workload = workload});
  return weir::reports::main(catalogue, argc, argv);
}
