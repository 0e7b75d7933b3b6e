#pragma once

// Decides what the barriers of one subtask's input channels mean for at-least-once checkpoints (BA-14 to BA-17): it
// blocks nothing, so records behind a barrier may be in the snapshot and are replayed after a restore (BA-18). Several
// checkpoints may be pending at once. Input in, effects out.

#include <cstdint>
#include <deque>
#include <vector>

#include "checkpoint/barrier_handler.h"
#include "weir/engine/types.h"

namespace weir::engine {

class BarrierTracker final : public BarrierHandler {
 public:
  static constexpr std::size_t kMostPending = 50;  // BA-14: of more, the oldest is forgotten

  explicit BarrierTracker(std::uint32_t channels) : ended_(channels), open_(channels) {}

  AlignmentEffects on_barrier(std::uint32_t channel, CheckpointId checkpoint) override;
  // Barriers never overtake in this mode (CO-2).
  AlignmentEffects on_overtaking_barrier(std::uint32_t, CheckpointId) override { return {}; }
  AlignmentEffects on_announcement(std::uint32_t, CheckpointId) override { return {}; }
  AlignmentEffects on_timeout(CheckpointId) override { return {}; }
  AlignmentEffects on_cancel_marker(std::uint32_t channel, CheckpointId checkpoint) override;
  AlignmentEffects on_end_of_partition(std::uint32_t channel) override;
  AlignmentEffects on_trigger(CheckpointId checkpoint) override;

  bool obsolete(CheckpointId checkpoint) const override;
  std::size_t pending() const { return pending_.size(); }

 private:
  struct Pending {
    CheckpointId checkpoint;
    std::vector<std::uint8_t> aligned;  // by channel
    std::uint32_t aligned_count = 0;
    std::uint32_t target = 0;
    bool aborted = false;  // kept, so that its barriers are counted away (BA-16)

    bool align(std::uint32_t channel);  // true: that was the last one
  };
  using Place = std::deque<Pending>::iterator;
  Place find(CheckpointId checkpoint);
  Pending make(CheckpointId checkpoint) const;
  void begin(CheckpointId checkpoint, std::uint32_t channel, AlignmentEffects& out);
  void complete(Place at, AlignmentEffects& out);
  void abort(Pending& pending, AlignmentEffects& out);

  std::vector<std::uint8_t> ended_;
  std::uint32_t open_;
  std::deque<Pending> pending_;  // ascending
  CheckpointId latest_{};        // of all that were begun or cancelled
};

}  // namespace weir::engine
