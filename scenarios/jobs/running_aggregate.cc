// Running statistics per key: what an aggregating state holds, emitted anew with every measurement.

#include <algorithm>
#include <array>
#include <cstdint>
#include <tuple>

#include "jobs/built_in.h"
#include "jobs/generate.h"
#include "weir/engine/connectors.h"
#include "weir/engine/running_aggregate.h"

namespace weir::scenarios {
namespace {

using namespace engine;

constexpr char kMeasurements[] = "measurements";
constexpr char kStatistics[] = "statistics";

struct Measurement {
  std::int64_t sensor = 0;
  std::int64_t value = 0;
  static constexpr auto fields() { return std::tuple{&Measurement::sensor, &Measurement::value}; }
};

struct Statistics {
  std::int64_t count = 0;
  std::int64_t sum = 0;
  std::int64_t least = 0;
  std::int64_t most = 0;
  static constexpr auto fields() {
    return std::tuple{&Statistics::count, &Statistics::sum, &Statistics::least, &Statistics::most};
  }
  static constexpr auto field_names() { return std::array{"count", "sum", "least", "most"}; }
};

struct Summarise final : AggregateFunction<Measurement, Statistics, Statistics> {
  Statistics create_accumulator() const override { return {}; }
  void add(const Measurement& m, Statistics& s) const override { merge(s, {1, m.value, m.value, m.value}); }
  Statistics get_result(const Statistics& s) const override { return s; }
  void merge(Statistics& into, const Statistics& other) const override {
    into.least = into.count == 0 ? other.least : std::min(into.least, other.least);
    into.most = into.count == 0 ? other.most : std::max(into.most, other.most);
    into.count += other.count;
    into.sum += other.sum;
  }
};

void build(StreamEnvironment& env, const JobRef&) {
  using Running = RunningAggregate<std::int64_t, Measurement, Statistics, Statistics>;
  env.from_source(LogSource<Measurement>(kMeasurements), "measurements")
      .uid("measurements")
      .key_by([](const Measurement& m) { return m.sensor; })
      .process<Running>("statistics", std::make_shared<Summarise>())
      .uid("statistics")
      .sink_to(TransactionalLogSink<Running::Output>(kStatistics), "sink")
      .uid("sink");
}

// A sensor always measures the same, so that the order of arrival does not show in what comes out.
sim::Workload workload(const JobRef& ref, const Bytes&) {
  sim::Workload made;
  made.topics = {generated_topic(kMeasurements, ref, [&](sim::RandomStream& random) {
    const auto sensor = static_cast<std::int64_t>(random.below(ref.keys));
    return serialize(Measurement{sensor, 3 * sensor - 7});
  })};
  made.output_topics = {kStatistics};
  return made;
}

}  // namespace

JobDefinition running_aggregate() {
  return {"running-aggregate", "statistics per key, anew with every record", false, {}, build, workload};
}

}  // namespace weir::scenarios
