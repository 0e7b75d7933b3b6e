#include "checkpoint/request_decider.h"

#include <iterator>
#include <tuple>

namespace weir::engine {
namespace {

bool periodic(const CheckpointRequest& request) { return request.kind == CheckpointKind::Periodic; }

}  // namespace

// CO-9: non-periodic before periodic, then the earlier timestamp.
bool CheckpointRequestDecider::Order::operator()(const CheckpointRequest& a, const CheckpointRequest& b) const {
  return std::make_tuple(periodic(a), a.timestamp, a.number) < std::make_tuple(periodic(b), b.timestamp, b.number);
}

bool CheckpointRequestDecider::add(CheckpointKind kind, Time timestamp) {
  const bool full = queue_.size() >= kCapacity;
  if (full && !periodic(*queue_.rbegin())) return false;
  queue_.insert({kind, timestamp, arrivals_++});
  if (full) queue_.erase(std::prev(queue_.end()));
  return !full;
}

CheckpointRequestDecider::Decision CheckpointRequestDecider::next(Time now, const Situation& situation) {
  if (situation.triggering || queue_.empty()) return {};       // CO-10
  if (situation.being_discarded > max_concurrent_) return {};  // CO-10: cleaning throttles triggering
  if (situation.pending >= max_concurrent_) return {};         // CO-11
  const bool head_is_periodic = periodic(*queue_.begin());
  const CheckpointRequest head = take_head();
  if (head_is_periodic && situation.last_completion && *situation.last_completion + min_pause_ > now) {  // CO-12
    return {std::nullopt, *situation.last_completion + min_pause_ - now};
  }
  return {head, std::nullopt};
}

CheckpointRequest CheckpointRequestDecider::take_head() {
  const CheckpointRequest head = *queue_.begin();
  queue_.erase(queue_.begin());
  return head;
}

}  // namespace weir::engine
