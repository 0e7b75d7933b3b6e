// Event time: clicks with timestamps → totals of each user's windows, emitted when watermarks say that a window is
// over.

#include <array>
#include <chrono>
#include <cstdint>
#include <tuple>

#include "jobs/built_in.h"
#include "jobs/generate.h"
#include "weir/engine/connectors.h"

namespace weir::scenarios {
namespace {

using namespace engine;
using namespace std::chrono_literals;

constexpr char kClicks[] = "clicks";
constexpr char kTotals[] = "totals";
constexpr char kWindow[] = "window";
constexpr std::uint64_t kMostBetween = 40;  // milliseconds of event time from one click of a partition to the next

struct Click {
  std::int64_t user = 0;
  std::int64_t at = 0;
  static constexpr auto fields() { return std::tuple{&Click::user, &Click::at}; }
};

struct Total {
  std::int64_t user = 0;
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::int64_t clicks = 0;
  static constexpr auto fields() { return std::tuple{&Total::user, &Total::from, &Total::to, &Total::clicks}; }
  static constexpr auto field_names() { return std::array{"user", "from", "to", "clicks"}; }
};

struct CountClicks final : AggregateFunction<Click, std::int64_t, std::int64_t> {
  std::int64_t create_accumulator() const override { return 0; }
  void add(const Click&, std::int64_t& count) const override { ++count; }
  std::int64_t get_result(const std::int64_t& count) const override { return count; }
  void merge(std::int64_t& into, const std::int64_t& other) const override { into += other; }
};

WindowAssigners windows(const JobRef& ref) {
  const std::string& kind = ref.parameters.at(kWindow);
  if (kind == "session") return session_windows(TimeDomain::Event, 150ms);
  if (kind == "sliding") return sliding_windows(TimeDomain::Event, 1000ms, 400ms);
  return tumbling_windows(TimeDomain::Event, 500ms);
}

void emit(const std::int64_t& user, const TimeWindow& window, const std::int64_t& clicks, Collector<Total>& out) {
  out.collect({user, window.start, window.end, clicks});
}

void build(StreamEnvironment& env, const JobRef& ref) {
  env.from_source(LogSource<Click>(kClicks), "clicks")
      .uid("clicks")
      .assign_timestamps_and_watermarks([](const Click& click) { return EventTime{click.at}; }, {0ms, 5ms})
      .uid("timestamps")
      .key_by([](const Click& click) { return click.user; })
      .window(windows(ref))
      .aggregate<Total, std::int64_t, std::int64_t>(std::make_shared<CountClicks>(), emit, "totals")
      .uid("totals")
      .sink_to(TransactionalLogSink<Total>(kTotals), "sink")
      .uid("sink");
}

sim::Workload workload(const JobRef& ref, const Bytes&) {
  EventTimes times(ref, kMostBetween);
  const auto make = [&](sim::RandomStream& random) {
    const std::int64_t at = times.next(random);
    const auto user = static_cast<std::int64_t>(random.below(ref.keys));
    return serialize(Click{user, at});
  };
  sim::Workload made;
  made.topics = {generated_topic(kClicks, ref, make)};
  made.output_topics = {kTotals};
  return made;
}

}  // namespace

JobDefinition window_totals() {
  return {"window-totals", "clicks per user and window of event time",
          false,           {{kWindow, "tumbling", "kind of window", {"tumbling", "sliding", "session"}}},
          build,           workload};
}

}  // namespace weir::scenarios
