#include "checkpoint/barrier_tracker.h"

#include <algorithm>
#include <utility>

#include "weir/engine/assert.h"

namespace weir::engine {

using Kind = AlignmentEffect::Kind;

bool BarrierTracker::Pending::align(std::uint32_t channel) {
  if (aligned[channel] != 0) return false;
  aligned[channel] = 1;
  return ++aligned_count == target;
}

BarrierTracker::Place BarrierTracker::find(CheckpointId checkpoint) {
  return std::find_if(pending_.begin(), pending_.end(), [&](const Pending& p) { return p.checkpoint == checkpoint; });
}

bool BarrierTracker::obsolete(CheckpointId checkpoint) const {
  return checkpoint <= latest_ &&
         std::none_of(pending_.begin(), pending_.end(), [&](const Pending& p) { return p.checkpoint == checkpoint; });
}

AlignmentEffects BarrierTracker::on_barrier(std::uint32_t channel, CheckpointId checkpoint) {
  AlignmentEffects out;
  if (const Place known = find(checkpoint); known != pending_.end()) {
    if (known->align(channel)) complete(known, out);
  } else if (checkpoint > latest_) {
    begin(checkpoint, channel, out);
  }
  return out;
}

// BA-14, BA-15: with one channel left its barrier is the first and the last.
void BarrierTracker::begin(CheckpointId checkpoint, std::uint32_t channel, AlignmentEffects& out) {
  latest_ = checkpoint;
  pending_.push_back(make(checkpoint));
  out.push_back({Kind::Started, checkpoint, channel, {}});
  if (pending_.back().align(channel)) return complete(std::prev(pending_.end()), out);
  if (pending_.size() > kMostPending) pending_.pop_front();
}

BarrierTracker::Pending BarrierTracker::make(CheckpointId checkpoint) const {
  return {checkpoint, std::vector<std::uint8_t>(ended_.size()), 0, open_, false};
}

// It and all older ones are over.
void BarrierTracker::complete(Place at, AlignmentEffects& out) {
  const Pending done = std::move(*at);
  pending_.erase(pending_.begin(), std::next(at));
  if (done.aborted) return;
  if (done.aligned_count > 0) out.push_back({Kind::Ended, done.checkpoint, 0, {}});
  out.push_back({Kind::TakeSnapshot, done.checkpoint, 0, {}});
}

// BA-16
AlignmentEffects BarrierTracker::on_cancel_marker(std::uint32_t channel, CheckpointId checkpoint) {
  AlignmentEffects out;
  const bool late = obsolete(checkpoint);
  while (!pending_.empty() && pending_.front().checkpoint < checkpoint) {
    abort(pending_.front(), out);
    pending_.pop_front();
  }
  if (late) return out;
  if (pending_.empty() || pending_.front().checkpoint != checkpoint) pending_.push_front(make(checkpoint));
  latest_ = std::max(latest_, checkpoint);
  abort(pending_.front(), out);
  if (pending_.front().align(channel)) pending_.pop_front();
  return out;
}

void BarrierTracker::abort(Pending& pending, AlignmentEffects& out) {
  if (std::exchange(pending.aborted, true)) return;  // once each (FLINK-5285)
  const AbortReason reason = AbortReason::CheckpointDeclinedOnCancellationBarrier;
  if (pending.aligned_count > 0) out.push_back({Kind::AlignmentAborted, pending.checkpoint, 0, reason});
  out.push_back({Kind::Decline, pending.checkpoint, 0, reason});
}

// BA-17: the newest that becomes complete takes the older ones along.
AlignmentEffects BarrierTracker::on_end_of_partition(std::uint32_t channel) {
  AlignmentEffects out;
  WEIR_ASSERT(ended_[channel] == 0, "a channel ends twice");
  ended_[channel] = 1;
  --open_;
  for (auto at = pending_.rbegin(); at != pending_.rend(); ++at) {
    if (!at->align(channel)) continue;
    complete(std::prev(at.base()), out);
    break;
  }
  return out;
}

AlignmentEffects BarrierTracker::on_trigger(CheckpointId checkpoint) {
  AlignmentEffects out;
  if (obsolete(checkpoint)) return out;
  if (checkpoint > latest_) {
    latest_ = checkpoint;
    pending_.push_back(make(checkpoint));
  }
  complete(find(checkpoint), out);
  return out;
}

}  // namespace weir::engine
