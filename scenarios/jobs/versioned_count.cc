// A job with two versions, to be upgraded from the one to the other in the middle of a run: the same results from other
// operators, other chains, and state of another type.

#include <array>
#include <cstdint>
#include <string>
#include <tuple>

#include "jobs/built_in.h"
#include "jobs/generate.h"
#include "weir/engine/connectors.h"

namespace weir::scenarios {
namespace {

using namespace engine;

constexpr char kVisits[] = "visits";
constexpr char kCounts[] = "counts";
constexpr char kVersion[] = "version";
constexpr char kChaining[] = "chaining";
constexpr char kUids[] = "uids";

struct Count {
  std::string page;
  std::int64_t count = 0;
  static constexpr auto fields() { return std::tuple{&Count::page, &Count::count}; }
  static constexpr auto field_names() { return std::array{"page", "count"}; }
};

// What version 1 keeps of a page; `weight` was a bad idea.
struct Seen1 {
  std::int64_t count = 0;
  std::int32_t weight = 3;
  static constexpr auto fields() { return std::tuple{&Seen1::count, &Seen1::weight}; }
  static constexpr auto field_names() { return std::array{"count", "weight"}; }
};
// Version 2 has dropped it, and keeps more. A field that is not in the state yet has its default.
struct Seen2 {
  std::string unit = "visits";
  std::int64_t count = 0;
  static constexpr auto fields() { return std::tuple{&Seen2::unit, &Seen2::count}; }
  static constexpr auto field_names() { return std::array{"unit", "count"}; }
  static constexpr std::uint32_t kSchemaVersion = 2;
};

template <class Seen>
class CountPages : public KeyedProcessFunction<std::string, std::string, Count> {
 public:
  void open(RuntimeContext& context) override { seen_ = context.get_state(ValueStateDescriptor<Seen>{"seen"}); }
  void process_element(const std::string& page, Context&, Collector<Count>& out) override {
    Seen seen = seen_.value_or(Seen{});
    ++seen.count;
    seen_.update(seen);
    out.collect({page, seen.count});
  }

 private:
  ValueState<Seen> seen_;
};

std::string parameter(const JobRef& ref, const char* name, const char* standard) {
  const auto found = ref.parameters.find(name);
  return found == ref.parameters.end() ? standard : found->second;
}

// Operators without a uid are found again by the id that their place in the graph gives them (RS-12).
template <class Stream>
Stream named(Stream stream, const JobRef& ref, const char* uid) {
  return parameter(ref, kUids, "on") == "on" ? stream.uid(uid) : stream;
}

template <class Seen, class Pages>
void count_and_sink(Pages pages, const JobRef& ref) {
  auto counts = pages.key_by([](const std::string& page) { return page; }).template process<CountPages<Seen>>("count");
  named(named(counts, ref, "count").sink_to(TransactionalLogSink<Count>(kCounts), "sink"), ref, "sink");
}

void build(StreamEnvironment& env, const JobRef& ref) {
  if (parameter(ref, kChaining, "on") == "off") env.disable_operator_chaining();
  auto visits = env.from_source(LogSource<std::string>(kVisits), "visits");
  visits = named(visits, ref, "visits");
  if (parameter(ref, kVersion, "1") == "1") return count_and_sink<Seen1>(visits, ref);
  auto cleansed = visits.map([](const std::string& page) { return page; }, "cleanse");
  count_and_sink<Seen2>(named(cleansed, ref, "cleanse"), ref);
}

sim::Workload workload(const JobRef& ref, const Bytes&) {
  sim::Workload made;
  made.topics = {
      generated_topic(kVisits, ref, [&](sim::RandomStream& random) { return nth_word(random.below(ref.keys)); })};
  made.output_topics = {kCounts};
  return made;
}

}  // namespace

JobDefinition versioned_count() {
  return {"versioned-count",
          "visits per page in two versions with the same results, for upgrades",
          false,
          {{kVersion, "1", "2 has one operator more, and state of an evolved type", {"1", "2"}},
           {kChaining, "on", "whether operators are chained", {"on", "off"}},
           {kUids, "on", "whether operators have uids", {"on", "off"}}},
          build,
          workload};
}

}  // namespace weir::scenarios
