#pragma once

// Decides what the barriers of one subtask's input channels mean, for aligned exactly-once checkpoints (BA-4 to BA-10).
// Input in, effects out: it blocks, snapshots and sends nothing itself.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "weir/engine/events.h"
#include "weir/engine/types.h"

namespace weir::engine {

struct AlignmentEffect {
  enum class Kind : std::uint8_t {
    Started,  // channel: of the first barrier
    Block,    // channel
    Resume,   // channel: its barrier is obsolete, it must not stay blocked (BA-4)
    Ended,
    TakeSnapshot,
    ResumeAfterSnapshot,  // every blocked channel
    AlignmentAborted,     // of a pending checkpoint, with reason
    Decline,              // checkpoint, reason: to the coordinator, and a cancel marker downstream
    ResumeAfterAbort,     // every blocked channel
  };
  Kind kind;
  CheckpointId checkpoint{};
  std::uint32_t channel = 0;
  AbortReason reason{};
  friend bool operator==(const AlignmentEffect&, const AlignmentEffect&) = default;
};

// What one input causes, to be carried out in order.
class AlignmentEffects {
 public:
  void add(const AlignmentEffect& effect) { effects_[size_++] = effect; }
  const AlignmentEffect* begin() const { return effects_.data(); }
  const AlignmentEffect* end() const { return effects_.data() + size_; }
  bool empty() const { return size_ == 0; }

 private:
  static constexpr std::size_t kMost = 8;  // an abort (3), then a whole alignment by one barrier (5)
  std::array<AlignmentEffect, kMost> effects_{};
  std::size_t size_ = 0;
};

class BarrierAligner {
 public:
  explicit BarrierAligner(std::uint32_t channels) : aligned_(channels), ended_(channels), open_(channels) {}

  AlignmentEffects on_barrier(std::uint32_t channel, CheckpointId checkpoint);
  AlignmentEffects on_cancel_marker(CheckpointId checkpoint);
  AlignmentEffects on_end_of_partition(std::uint32_t channel);
  // Triggered by the coordinator at a task without running predecessors (BA-9).
  AlignmentEffects on_trigger(CheckpointId checkpoint);

  // A barrier of this checkpoint comes too late to mean anything (BA-4).
  bool obsolete(CheckpointId checkpoint) const {
    return checkpoint < current_ || (checkpoint == current_ && !pending());
  }
  bool pending() const { return current_ != last_done_; }
  CheckpointId current() const { return current_; }

 private:
  void start(CheckpointId checkpoint, AlignmentEffects& out);
  void align(std::uint32_t channel);
  void complete_if_aligned(AlignmentEffects& out);
  void abort(CheckpointId checkpoint, AbortReason reason, AlignmentEffects& out);
  void clear_aligned();

  std::vector<std::uint8_t> aligned_;  // by channel, for `current_`
  std::vector<std::uint8_t> ended_;
  std::uint32_t aligned_count_ = 0;
  bool aligning_ = false;  // a barrier of `current_` arrived on a channel
  std::uint32_t open_;
  std::uint32_t target_ = 0;  // channels open when `current_` started
  CheckpointId current_{};    // largest started or cancelled
  CheckpointId last_done_{};  // last cancelled or completed
};

}  // namespace weir::engine
