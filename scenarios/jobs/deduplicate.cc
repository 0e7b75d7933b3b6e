// Payments that a careless producer sends several times, let through once each.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <tuple>

#include "jobs/built_in.h"
#include "jobs/generate.h"
#include "weir/engine/connectors.h"
#include "weir/engine/deduplicate.h"

namespace weir::scenarios {
namespace {

using namespace engine;
using namespace std::chrono_literals;

constexpr char kPayments[] = "payments";
constexpr char kOnce[] = "payments-once";
constexpr char kTtl[] = "ttl";

struct Payment {
  std::int64_t id = 0;
  std::int64_t amount = 0;
  static constexpr auto fields() { return std::tuple{&Payment::id, &Payment::amount}; }
  static constexpr auto field_names() { return std::array{"id", "amount"}; }
};

// Longer than any run, so that a replay finds what the first try found (ST-17).
std::optional<StateTtlConfig> ttl(const JobRef& ref) {
  if (ref.parameters.at(kTtl) == "none") return std::nullopt;
  return StateTtlConfig{1h};
}

void build(StreamEnvironment& env, const JobRef& ref) {
  env.from_source(LogSource<Payment>(kPayments), "payments")
      .uid("payments")
      .key_by([](const Payment& payment) { return payment.id; })
      .process<Deduplicate<std::int64_t, Payment>>("once", ttl(ref))
      .uid("once")
      .sink_to(TransactionalLogSink<Payment>(kOnce), "sink")
      .uid("sink");
}

sim::Workload workload(const JobRef& ref, const Bytes&) {
  sim::Workload made;
  made.topics = {generated_topic(kPayments, ref, [&](sim::RandomStream& random) {
    const auto id = static_cast<std::int64_t>(random.below(ref.keys));
    return serialize(Payment{id, id * 17 % 1000});
  })};
  made.output_topics = {kOnce};
  return made;
}

}  // namespace

JobDefinition deduplicate() {
  return {"deduplicate", "the first of all records with the same key",
          false,         {{kTtl, "1h", "how long a key is remembered", {"1h", "none"}}},
          build,         workload};
}

}  // namespace weir::scenarios
