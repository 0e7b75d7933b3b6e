// Orders and the payments of the same account within a tenth of a second, two inputs of event time.

#include <chrono>

#include "jobs/built_in.h"
#include "jobs/orders.h"
#include "weir/engine/interval_join.h"

namespace weir::scenarios {
namespace {

using namespace engine;
using namespace std::chrono_literals;

void build(StreamEnvironment& env, const JobRef&) {
  auto paid = engine::interval_join<Paid>(timed_orders(env).key_by(account_of_order),
                                          timed_payments(env).key_by(account_of_payment), {-20ms, 100ms}, pay, "paid");
  paid_sink(paid.uid("paid"));
}

}  // namespace

JobDefinition interval_join() {
  return {"interval-join",    "orders with the payments from 20 ms before to 100 ms after them", false, {}, build,
          orders_and_payments};
}

}  // namespace weir::scenarios
