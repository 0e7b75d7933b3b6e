#include "task/coordinator_link.h"

#include <utility>

namespace weir::engine {

void CoordinatorLink::say(CheckpointId checkpoint) {
  to_say_.push_back(checkpoint);
  send_next();
}

void CoordinatorLink::send_next() {
  if (under_way_ || to_say_.empty()) return;
  under_way_ = ++numbers_;
  site_.send(CoordinatorEvent{site_.attempt, numbers_, to_say_.front()});
  site_.arm(site_.options().rpc.deploy_timeout, TaskTimer::EventTimeout, numbers_);
  to_say_.pop_front();
}

void CoordinatorLink::on_seen(std::uint32_t number) {
  if (under_way_ != number) return;
  under_way_.reset();
  send_next();
}

bool CoordinatorLink::receive(OperatorEvent&& event) {
  site_.send(EventSeen{site_.attempt, event.number});
  if (event.number <= newest_) return false;
  newest_ = event.number;
  received_.push_back(std::move(event));
  return true;
}

OperatorEvent CoordinatorLink::next() {
  OperatorEvent event = std::move(received_.front());
  received_.pop_front();
  handled_ = event.number;
  return event;
}

}  // namespace weir::engine
