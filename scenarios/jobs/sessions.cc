// Clicks of every user cut into sessions, each emitted as a whole.

#include <array>
#include <chrono>
#include <cstdint>
#include <tuple>

#include "jobs/built_in.h"
#include "jobs/generate.h"
#include "weir/engine/connectors.h"
#include "weir/engine/sessions.h"

namespace weir::scenarios {
namespace {

using namespace engine;
using namespace std::chrono_literals;

constexpr char kClicks[] = "clicks";
constexpr char kSessions[] = "sessions";

struct Click {
  std::int64_t user = 0;
  std::int64_t at = 0;
  std::int64_t page = 0;
  static constexpr auto fields() { return std::tuple{&Click::user, &Click::at, &Click::page}; }
  static constexpr auto field_names() { return std::array{"user", "at", "page"}; }
};
struct Earlier {
  bool operator()(const Click& a, const Click& b) const { return std::tuple(a.at, a.page) < std::tuple(b.at, b.page); }
};

void build(StreamEnvironment& env, const JobRef&) {
  auto clicks =
      env.from_source(LogSource<Click>(kClicks), "clicks")
          .uid("clicks")
          .assign_timestamps_and_watermarks([](const Click& click) { return EventTime{click.at}; }, {0ms, 5ms})
          .uid("timestamps");
  sessionise<Earlier>(clicks.key_by([](const Click& click) { return click.user; }), 150ms)
      .uid("sessions")
      .sink_to(TransactionalLogSink<Session<std::int64_t, Click>>(kSessions), "sink")
      .uid("sink");
}

sim::Workload workload(const JobRef& ref, const Bytes&) {
  EventTimes times(ref, 40);
  sim::Workload made;
  made.topics = {generated_topic(kClicks, ref, [&](sim::RandomStream& random) {
    const std::int64_t at = times.next(random);
    const auto user = static_cast<std::int64_t>(random.below(ref.keys));
    return serialize(Click{user, at, static_cast<std::int64_t>(random.below(20))});
  })};
  made.output_topics = {kSessions};
  return made;
}

}  // namespace

JobDefinition sessions() {
  return {"sessions", "clicks per user, cut into sessions of event time", false, {}, build, workload};
}

}  // namespace weir::scenarios
