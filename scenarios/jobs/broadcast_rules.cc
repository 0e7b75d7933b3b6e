// Limits that change in time, broadcast to all subtasks, and the payments above them.

#include <array>
#include <chrono>
#include <cstdint>
#include <tuple>

#include "jobs/built_in.h"
#include "jobs/generate.h"
#include "jobs/orders.h"
#include "weir/engine/connected_streams.h"
#include "weir/engine/connectors.h"
#include "weir/engine/rules_in_time.h"

namespace weir::scenarios {
namespace {

using namespace engine;
using namespace std::chrono_literals;

constexpr char kPayments[] = "payments";
constexpr char kLimits[] = "limits";
constexpr char kAlerts[] = "alerts";
constexpr std::uint64_t kLimitsKnown = 3;
constexpr std::uint64_t kPaymentsPerLimit = 10;

struct Limit {
  std::int64_t id = 0;
  std::int64_t from = 0;
  std::int64_t amount = 0;
  static constexpr auto fields() { return std::tuple{&Limit::id, &Limit::from, &Limit::amount}; }
};
struct Alert {
  std::int64_t account = 0;
  std::int64_t at = 0;
  std::int64_t amount = 0;
  std::int64_t rule = 0;
  std::int64_t limit = 0;
  static constexpr auto fields() {
    return std::tuple{&Alert::account, &Alert::at, &Alert::amount, &Alert::rule, &Alert::limit};
  }
  static constexpr auto field_names() { return std::array{"account", "at", "amount", "rule", "limit"}; }
};

void check(const Payment& payment, const Limit& limit, Collector<Alert>& out) {
  if (payment.amount <= limit.amount) return;
  out.collect({payment.account, payment.at, payment.amount, limit.id, limit.amount});
}

void build(StreamEnvironment& env, const JobRef&) {
  using Check = RulesInTime<std::int64_t, Payment, Limit, Alert>;
  auto limits = env.from_source(LogSource<Limit>(kLimits), "limits")
                    .uid("limits")
                    .assign_timestamps_and_watermarks([](const Limit& l) { return EventTime{l.from}; }, {0ms, 5ms})
                    .uid("limit-times");
  timed_payments(env)
      .key_by(account_of_payment)
      .connect(limits.broadcast())
      .process<Check>("check", Check::IdOf([](const Limit& l) { return l.id; }), Check::Apply(check))
      .uid("check")
      .sink_to(TransactionalLogSink<Alert>(kAlerts), "sink")
      .uid("sink");
}

// Limits begin one after the other, so that no two versions of one begin at the same time.
sim::Workload workload(const JobRef& ref, const Bytes&) {
  EventTimes payment_times(ref, 40);
  std::int64_t limits = 0;
  sim::Workload made;
  made.topics = {generated_topic(kPayments, ref,
                                 [&](sim::RandomStream& random) {
                                   const std::int64_t at = payment_times.next(random);
                                   const auto account = static_cast<std::int64_t>(random.below(ref.keys));
                                   const auto amount = static_cast<std::int64_t>(random.below(1000));
                                   return serialize(Payment{account, at, amount});
                                 }),
                 generated_topic(kLimits, part_of(ref, kPaymentsPerLimit), [&](sim::RandomStream& random) {
                   const std::int64_t from = 40 * limits++ + static_cast<std::int64_t>(random.below(40));
                   const auto id = static_cast<std::int64_t>(random.below(kLimitsKnown));
                   return serialize(Limit{id, from, static_cast<std::int64_t>(random.between(500, 999))});
                 })};
  made.output_topics = {kAlerts};
  return made;
}

}  // namespace

JobDefinition broadcast_rules() {
  return {"broadcast-rules", "payments above limits that change in time", false, {}, build, workload};
}

}  // namespace weir::scenarios
