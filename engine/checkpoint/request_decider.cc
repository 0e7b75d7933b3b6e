#include "checkpoint/request_decider.h"

#include <iterator>
#include <tuple>

namespace weir::engine {
namespace {

bool periodic(const CheckpointRequest& request) { return request.type.kind == CheckpointKind::Periodic; }
bool savepoint(const CheckpointRequest& request) { return is_savepoint(request.type.kind); }

}  // namespace

// CO-11: an aligned savepoint does not wait for checkpoints that are under way, unless those are unaligned.
bool CheckpointRequestDecider::forced(const CheckpointRequest& request) const {
  return savepoint(request) && !unaligned_;
}

// CO-9: savepoints, then non-periodic before periodic, then the earlier timestamp.
bool CheckpointRequestDecider::Order::operator()(const CheckpointRequest& a, const CheckpointRequest& b) const {
  return std::make_tuple(!savepoint(a), periodic(a), a.timestamp, a.number) <
         std::make_tuple(!savepoint(b), periodic(b), b.timestamp, b.number);
}

std::optional<CheckpointRequest> CheckpointRequestDecider::add(CheckpointType type, Time timestamp,
                                                               std::uint32_t job_request) {
  const CheckpointRequest added{type, timestamp, job_request, arrivals_++};
  if (queue_.size() == kCapacity && !periodic(*queue_.rbegin())) return added;
  queue_.insert(added);
  if (queue_.size() <= kCapacity) return std::nullopt;
  const CheckpointRequest last = *queue_.rbegin();
  queue_.erase(std::prev(queue_.end()));
  return last;
}

std::vector<CheckpointRequest> CheckpointRequestDecider::clear() {
  std::vector<CheckpointRequest> queued(queue_.begin(), queue_.end());
  queue_.clear();
  return queued;
}

CheckpointRequestDecider::Decision CheckpointRequestDecider::next(Time now, const Situation& situation) {
  if (situation.triggering || queue_.empty()) return {};       // CO-10
  if (situation.being_discarded > max_concurrent_) return {};  // CO-10: cleaning throttles triggering
  if (situation.pending >= max_concurrent_ && !forced(*queue_.begin())) return {};  // CO-11
  // A pause looks at the last completion only: beside a slow checkpoint another one may start (CO-2).
  const bool head_is_periodic = periodic(*queue_.begin());
  const CheckpointRequest head = take_head();
  if (head_is_periodic && situation.last_completion && *situation.last_completion + min_pause_ > now) {  // CO-12
    return {head, *situation.last_completion + min_pause_ - now};
  }
  return {head, std::nullopt};
}

CheckpointRequest CheckpointRequestDecider::take_head() {
  const CheckpointRequest head = *queue_.begin();
  queue_.erase(queue_.begin());
  return head;
}

}  // namespace weir::engine
