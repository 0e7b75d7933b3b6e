#pragma once

// Exactly-once checkpoints, one at a time. Aligned: a channel whose barrier has come waits for the others (BA-4 to
// BA-10, BP-5), and the last one lets the snapshot be taken. Unaligned: the first one does, and the last one ends what
// has to be saved besides (BA-11). A checkpoint may begin as the one and go on as the other (BA-12, BA-13).

#include <cstdint>
#include <vector>

#include "checkpoint/barrier_handler.h"
#include "weir/engine/types.h"

namespace weir::engine {

class BarrierAligner final : public BarrierHandler {
 public:
  explicit BarrierAligner(std::uint32_t channels) : aligned_(channels), ended_(channels), open_(channels) {}

  AlignmentEffects on_barrier(std::uint32_t channel, CheckpointId checkpoint) override;
  AlignmentEffects on_overtaking_barrier(std::uint32_t channel, CheckpointId checkpoint) override;
  AlignmentEffects on_announcement(std::uint32_t channel, CheckpointId checkpoint) override;
  AlignmentEffects on_timeout(CheckpointId checkpoint) override;
  AlignmentEffects on_cancel_marker(std::uint32_t channel, CheckpointId checkpoint) override;
  AlignmentEffects on_end_of_partition(std::uint32_t channel) override;
  AlignmentEffects on_trigger(CheckpointId checkpoint) override;

  bool obsolete(CheckpointId checkpoint) const override {
    return checkpoint < current_ || (checkpoint == current_ && !pending());
  }
  bool pending() const { return current_ != last_done_; }
  CheckpointId current() const { return current_; }

 private:
  enum class Phase : std::uint8_t {
    Aligning,    // the snapshot is taken at the last barrier
    Overtaking,  // at the next one
    Capturing,   // it is taken; barriers are still to come
  };
  void start(CheckpointId checkpoint, AlignmentEffects& out);
  void align(std::uint32_t channel);
  void arrive(std::uint32_t channel, CheckpointId checkpoint, AlignmentEffects& out);
  void overtake(AlignmentEffects& out);
  void settle(AlignmentEffects& out);
  void abort(CheckpointId checkpoint, AbortReason reason, AlignmentEffects& out);
  void clear_aligned();

  std::vector<std::uint8_t> aligned_;  // by channel, for `current_`
  std::vector<std::uint8_t> ended_;
  std::uint32_t aligned_count_ = 0;
  Phase phase_ = Phase::Aligning;
  bool aligning_ = false;  // a barrier of `current_` arrived on a channel
  std::uint32_t open_;
  std::uint32_t target_ = 0;  // channels open when `current_` started
  CheckpointId current_{};    // largest started or cancelled
  CheckpointId last_done_{};  // last cancelled or completed
};

}  // namespace weir::engine
