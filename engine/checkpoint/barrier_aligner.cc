#include "checkpoint/barrier_aligner.h"

#include <algorithm>

#include "weir/engine/assert.h"

namespace weir::engine {

using Kind = AlignmentEffect::Kind;

AlignmentEffects BarrierAligner::on_barrier(std::uint32_t channel, CheckpointId checkpoint) {
  AlignmentEffects out;
  if (obsolete(checkpoint)) {
    out.push_back({Kind::Resume, checkpoint, channel, {}});
    return out;
  }
  if (checkpoint > current_) start(checkpoint, out);
  align(channel);
  if (!aligning_) out.push_back({Kind::Started, checkpoint, channel, {}});
  aligning_ = true;
  out.push_back({Kind::Block, checkpoint, channel, {}});
  complete_if_aligned(out);
  return out;
}

// BA-7: acts on a newer checkpoint, or on the current one once a barrier of it was seen.
AlignmentEffects BarrierAligner::on_cancel_marker(std::uint32_t, CheckpointId checkpoint) {
  AlignmentEffects out;
  if (checkpoint > current_ || (checkpoint == current_ && aligned_count_ > 0)) {
    abort(checkpoint, AbortReason::CheckpointDeclinedOnCancellationBarrier, out);
  }
  return out;
}

// BA-8: the ended channel counts as aligned; the target of a pending checkpoint stays what it was.
AlignmentEffects BarrierAligner::on_end_of_partition(std::uint32_t channel) {
  AlignmentEffects out;
  WEIR_ASSERT(ended_[channel] == 0, "a channel ends twice");
  ended_[channel] = 1;
  --open_;
  if (!pending()) return out;
  align(channel);
  complete_if_aligned(out);
  return out;
}

AlignmentEffects BarrierAligner::on_trigger(CheckpointId checkpoint) {
  AlignmentEffects out;
  if (obsolete(checkpoint)) return out;
  if (checkpoint > current_) start(checkpoint, out);
  for (std::uint32_t channel = 0; channel < aligned_.size(); ++channel) {
    if (ended_[channel] == 0) align(channel);
  }
  complete_if_aligned(out);
  return out;
}

// BA-5: a newer checkpoint ends the one that is pending.
void BarrierAligner::start(CheckpointId checkpoint, AlignmentEffects& out) {
  if (pending()) abort(current_, AbortReason::CheckpointDeclinedSubsumed, out);
  clear_aligned();
  current_ = checkpoint;
  target_ = open_;
}

void BarrierAligner::align(std::uint32_t channel) {
  if (aligned_[channel] != 0) return;
  aligned_[channel] = 1;
  ++aligned_count_;
}

// BA-6, BA-11: the snapshot is taken at the last barrier, and only then do the channels go on.
void BarrierAligner::complete_if_aligned(AlignmentEffects& out) {
  if (aligned_count_ != target_) return;
  if (aligning_) out.push_back({Kind::Ended, current_, 0, {}});
  out.push_back({Kind::TakeSnapshot, current_, 0, {}});
  out.push_back({Kind::ResumeAfterSnapshot, current_, 0, {}});
  last_done_ = current_;
  clear_aligned();
}

// BA-7: nothing of an aborted checkpoint can start again, its later barriers are obsolete.
void BarrierAligner::abort(CheckpointId checkpoint, AbortReason reason, AlignmentEffects& out) {
  if (pending()) out.push_back({Kind::AlignmentAborted, current_, 0, reason});
  out.push_back({Kind::Decline, checkpoint, 0, reason});
  out.push_back({Kind::ResumeAfterAbort, checkpoint, 0, reason});
  current_ = std::max(current_, checkpoint);
  last_done_ = std::max(last_done_, checkpoint);
  target_ = 0;
  clear_aligned();
}

void BarrierAligner::clear_aligned() {
  std::fill(aligned_.begin(), aligned_.end(), std::uint8_t{0});
  aligned_count_ = 0;
  aligning_ = false;
}

}  // namespace weir::engine
