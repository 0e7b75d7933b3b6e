// Clicks whose user is looked up outside, with several requests under way; slow ones time out and are asked again.

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <tuple>

#include "jobs/built_in.h"
#include "jobs/generate.h"
#include "weir/engine/async_operator.h"
#include "weir/engine/connectors.h"

namespace weir::scenarios {
namespace {

using namespace engine;
using namespace std::chrono_literals;

constexpr char kClicks[] = "clicks";
constexpr char kNamed[] = "named-clicks";
constexpr char kOrder[] = "order";

struct Click {
  std::int64_t user = 0;
  std::int64_t number = 0;
  static constexpr auto fields() { return std::tuple{&Click::user, &Click::number}; }
};
struct NamedClick {
  std::string user;
  std::int64_t number = 0;
  static constexpr auto fields() { return std::tuple{&NamedClick::user, &NamedClick::number}; }
  static constexpr auto field_names() { return std::array{"user", "number"}; }
};

class LookUpUser : public AsyncFunction<Click, NamedClick> {
 public:
  Reply async_invoke(const Click& click, AsyncContext& context) override {
    return {context.latency(1ms, 16ms), {{nth_word(static_cast<std::uint64_t>(click.user)), click.number}}};
  }
};

void build(StreamEnvironment& env, const JobRef& ref) {
  const AsyncOutput output = ref.parameters.at(kOrder) == "ordered" ? AsyncOutput::Ordered : AsyncOutput::Unordered;
  const AsyncOptions options{.capacity = 4, .timeout = 12ms, .attempts = 0};
  auto clicks = env.from_source(LogSource<Click>(kClicks), "clicks").uid("clicks");
  AsyncDataStream::wait<LookUpUser>(clicks.rebalance(), options, output, "look-up")
      .uid("look-up")
      .sink_to(TransactionalLogSink<NamedClick>(kNamed), "sink")
      .uid("sink");
}

sim::Workload workload(const JobRef& ref, const Bytes&) {
  std::int64_t number = 0;
  sim::Workload made;
  made.topics = {generated_topic(kClicks, ref, [&](sim::RandomStream& random) {
    return serialize(Click{static_cast<std::int64_t>(random.below(ref.keys)), ++number});
  })};
  made.output_topics = {kNamed};
  return made;
}

}  // namespace

JobDefinition async_enrich() {
  return {"async-enrich", "clicks with the user's name, looked up outside",
          false,          {{kOrder, "ordered", "order of results", {"ordered", "unordered"}}},
          build,          workload};
}

}  // namespace weir::scenarios
