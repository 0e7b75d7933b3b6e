// Orders and payments of the same account in the same window of event time: two streams become one, and a window of it.

#include <chrono>

#include "jobs/built_in.h"
#include "jobs/orders.h"
#include "weir/engine/window_join.h"

namespace weir::scenarios {
namespace {

using namespace engine;
using namespace std::chrono_literals;

void build(StreamEnvironment& env, const JobRef&) {
  auto paid = engine::window_join<Paid>(timed_orders(env), account_of_order, timed_payments(env), account_of_payment,
                                        tumbling_windows(TimeDomain::Event, 200ms), pay, "paid");
  paid_sink(paid.uid("paid"));
}

}  // namespace

JobDefinition window_join() {
  return {"window-join", "orders with the payments of the same 200 ms", false, {}, build, orders_and_payments};
}

}  // namespace weir::scenarios
