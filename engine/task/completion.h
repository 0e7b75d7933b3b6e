#pragma once

// When an attempt has reached the end of its data, and when it may go FINISHED (CO-55). Decides only.

#include <cstdint>
#include <vector>

#include "weir/engine/types.h"

namespace weir::engine {

class Completion {
 public:
  // Without checkpointing there is no final checkpoint to wait for (CO-3).
  Completion(std::uint32_t channels, bool checkpointing)
      : ended_(channels), open_(channels), checkpointing_(checkpointing) {}

  // EndOfData of an input. True: it was the last one.
  bool on_end_of_data(std::uint32_t channel) {
    if (ended_[channel] != 0) return false;
    ended_[channel] = 1;
    return --open_ == 0;
  }
  // All records are emitted; a checkpoint begun after `last_begun` makes them final.
  void reach(CheckpointId last_begun) {
    reached_ = true;
    last_before_ = last_begun;
  }
  bool reached() const { return reached_; }

  // SP-7: its part of that savepoint is taken. The attempt stands still until the savepoint is complete, then it ends.
  void stop_with(CheckpointId savepoint) { stopping_ = savepoint; }
  bool stopping() const { return stopping_ != kNoCheckpoint; }
  bool standing_still() const { return stopping() && !stopped_; }
  // The savepoint will not come: it or a newer one was aborted, or the job has gone on to a newer one.
  bool waits_in_vain_after_abort(CheckpointId aborted) const { return standing_still() && aborted >= stopping_; }
  bool waits_in_vain_after_trigger(CheckpointId newer) const { return standing_still() && newer > stopping_; }

  void on_completed(CheckpointId checkpoint) {
    if (reached_ && checkpoint > last_before_) final_complete_ = true;
    if (checkpoint == stopping_) stopped_ = true;
  }
  // Every input has ended for good as well: predecessors finish first, as a restore demands (CO-53). And no async part
  // may be under way, so that the coordinator gets every acknowledgement it waits for.
  bool may_finish(bool inputs_ended, bool async_running) const {
    const bool final = stopping() ? stopped_ : reached_ && (final_complete_ || !checkpointing_);
    return final && inputs_ended && !async_running;
  }

 private:
  std::vector<std::uint8_t> ended_;
  std::uint32_t open_;
  bool checkpointing_;
  bool reached_ = false;
  bool final_complete_ = false;
  CheckpointId last_before_{};
  CheckpointId stopping_{};
  bool stopped_ = false;
};

}  // namespace weir::engine
