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
  arrive(channel, checkpoint, out);
  out.push_back({Kind::Block, checkpoint, channel, {}});
  settle(out);
  return out;
}

AlignmentEffects BarrierAligner::on_overtaking_barrier(std::uint32_t channel, CheckpointId checkpoint) {
  AlignmentEffects out;
  if (obsolete(checkpoint)) return out;
  arrive(channel, checkpoint, out);
  if (phase_ == Phase::Aligning) overtake(out);
  settle(out);
  return out;
}

AlignmentEffects BarrierAligner::on_announcement(std::uint32_t, CheckpointId checkpoint) {
  AlignmentEffects out;
  if (obsolete(checkpoint)) return out;
  if (checkpoint > current_) start(checkpoint, out);
  if (phase_ != Phase::Aligning) out.push_back({Kind::Prioritise, checkpoint, 0, {}});
  return out;
}

// Without a barrier so far the first one to come lets the snapshot be taken, and those announced come at once.
AlignmentEffects BarrierAligner::on_timeout(CheckpointId checkpoint) {
  AlignmentEffects out;
  if (checkpoint != current_ || !pending() || phase_ != Phase::Aligning) return out;
  overtake(out);
  if (aligned_count_ > 0) settle(out);
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
  if (phase_ != Phase::Overtaking || aligned_count_ == target_) settle(out);
  return out;
}

AlignmentEffects BarrierAligner::on_trigger(CheckpointId checkpoint) {
  AlignmentEffects out;
  if (obsolete(checkpoint)) return out;
  if (checkpoint > current_) start(checkpoint, out);
  for (std::uint32_t channel = 0; channel < aligned_.size(); ++channel) {
    if (ended_[channel] == 0) align(channel);
  }
  settle(out);
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

void BarrierAligner::arrive(std::uint32_t channel, CheckpointId checkpoint, AlignmentEffects& out) {
  if (checkpoint > current_) start(checkpoint, out);
  align(channel);
  if (!aligning_) out.push_back({Kind::Started, checkpoint, channel, {}});
  aligning_ = true;
}

void BarrierAligner::overtake(AlignmentEffects& out) {
  phase_ = Phase::Overtaking;
  out.push_back({Kind::Prioritise, current_, 0, {}});
}

// BA-6, BA-11: aligned, the snapshot is taken at the last barrier, and only then do the channels go on. Unaligned, it
// is taken at the first, and channels that were blocked before stay so until the last (BA-12).
void BarrierAligner::settle(AlignmentEffects& out) {
  const bool all = aligned_count_ == target_;
  if (phase_ == Phase::Overtaking) {
    out.push_back({Kind::TakeUnalignedSnapshot, current_, 0, {}});
    phase_ = Phase::Capturing;
  }
  if (!all) return;
  if (aligning_) out.push_back({Kind::Ended, current_, 0, {}});
  out.push_back({phase_ == Phase::Capturing ? Kind::CaptureEnded : Kind::TakeSnapshot, current_, 0, {}});
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
  phase_ = Phase::Aligning;
}

}  // namespace weir::engine
