#include "jobs/orders.h"

#include <chrono>

#include "jobs/generate.h"

namespace weir::scenarios {

using namespace engine;
using namespace std::chrono_literals;

namespace {

constexpr char kOrders[] = "orders";
constexpr char kPayments[] = "payments";
constexpr char kPaid[] = "paid";
constexpr std::uint64_t kMostBetween = 40;

}  // namespace

DataStream<Order> timed_orders(StreamEnvironment& env) {
  return env.from_source(LogSource<Order>(kOrders), "orders")
      .uid("orders")
      .assign_timestamps_and_watermarks([](const Order& order) { return EventTime{order.at}; }, {0ms, 5ms})
      .uid("order-times");
}

DataStream<Payment> timed_payments(StreamEnvironment& env) {
  return env.from_source(LogSource<Payment>(kPayments), "payments")
      .uid("payments")
      .assign_timestamps_and_watermarks([](const Payment& payment) { return EventTime{payment.at}; }, {0ms, 5ms})
      .uid("payment-times");
}

void paid_sink(const DataStream<Paid>& paid) { paid.sink_to(TransactionalLogSink<Paid>(kPaid), "sink").uid("sink"); }

sim::Workload orders_and_payments(const JobRef& ref, const Bytes&) {
  EventTimes order_times(ref, kMostBetween);
  EventTimes payment_times(ref, kMostBetween);
  std::int64_t number = 0;
  const JobRef half = part_of(ref, 2);
  sim::Workload made;
  made.topics = {generated_topic(kOrders, half,
                                 [&](sim::RandomStream& random) {
                                   const std::int64_t at = order_times.next(random);
                                   const auto account = static_cast<std::int64_t>(random.below(ref.keys));
                                   return serialize(Order{account, at, ++number});
                                 }),
                 generated_topic(kPayments, half, [&](sim::RandomStream& random) {
                   const std::int64_t at = payment_times.next(random);
                   const auto account = static_cast<std::int64_t>(random.below(ref.keys));
                   return serialize(Payment{account, at, static_cast<std::int64_t>(random.below(1000))});
                 })};
  made.output_topics = {kPaid};
  return made;
}

}  // namespace weir::scenarios
