#pragma once

// Orders and payments, the two inputs of the jobs that join.

#include <array>
#include <cstdint>
#include <tuple>

#include "weir/engine/connectors.h"
#include "weir/engine/timestamps.h"
#include "weir/scenarios/job_catalogue.h"

namespace weir::scenarios {

struct Order {
  std::int64_t account = 0;
  std::int64_t at = 0;
  std::int64_t number = 0;
  static constexpr auto fields() { return std::tuple{&Order::account, &Order::at, &Order::number}; }
};

struct Payment {
  std::int64_t account = 0;
  std::int64_t at = 0;
  std::int64_t amount = 0;
  static constexpr auto fields() { return std::tuple{&Payment::account, &Payment::at, &Payment::amount}; }
};

struct Paid {
  std::int64_t account = 0;
  std::int64_t number = 0;
  std::int64_t ordered_at = 0;
  std::int64_t paid_at = 0;
  std::int64_t amount = 0;
  static constexpr auto fields() {
    return std::tuple{&Paid::account, &Paid::number, &Paid::ordered_at, &Paid::paid_at, &Paid::amount};
  }
  static constexpr auto field_names() { return std::array{"account", "number", "ordered-at", "paid-at", "amount"}; }
};

inline std::int64_t account_of_order(const Order& order) { return order.account; }
inline std::int64_t account_of_payment(const Payment& payment) { return payment.account; }
inline void pay(const Order& order, const Payment& payment, engine::Collector<Paid>& out) {
  out.collect({order.account, order.number, order.at, payment.at, payment.amount});
}

// Sources of topics "orders" and "payments", with event time.
engine::DataStream<Order> timed_orders(engine::StreamEnvironment& env);
engine::DataStream<Payment> timed_payments(engine::StreamEnvironment& env);
// Writes to topic "paid".
void paid_sink(const engine::DataStream<Paid>& paid);

// Half of the records are orders, the other half payments, in `ref.keys` accounts.
sim::Workload orders_and_payments(const JobRef& ref, const engine::Bytes& contents);

}  // namespace weir::scenarios
