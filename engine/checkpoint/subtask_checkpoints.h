#pragma once

// What one attempt knows of checkpoints (BA-19 to BA-22, SN-3): which it began, which were aborted before they came,
// which async parts run, which completion it was told of. Decides only; snapshots and messages are made by its caller.

#include <cstdint>
#include <vector>

#include "weir/engine/types.h"

namespace weir::engine {

class SubtaskCheckpoints {
 public:
  // `restored` counts as complete from the start (G-5).
  explicit SubtaskCheckpoints(CheckpointId restored) : completed_(restored) {}

  enum class Begin : std::uint8_t {
    Ignore,      // not newer than the last one
    MarkerOnly,  // its abort came first: cancel marker downstream, neither snapshot nor ack nor decline
    Snapshot,
  };
  Begin begin(CheckpointId checkpoint);        // BA-19 steps 0 and 0b
  void abandon(CheckpointId checkpoint);       // aborted on its barrier: it must not begin any more
  CheckpointId last() const { return last_; }  // largest begun or abandoned

  // An abort notification: remembered if the checkpoint is still to come (BA-20). True: its async part was running and
  // is now discarded.
  bool on_aborted(CheckpointId checkpoint);
  // A completion notification. True: newer than any before, so operators must hear of it (P16).
  bool on_completed(CheckpointId checkpoint);
  CheckpointId completed() const { return completed_; }

  // Async part: RUNNING -> COMPLETED or DISCARDED, whichever is first (SN-3). False: the other one was.
  void start_async(CheckpointId checkpoint) { running_.push_back(checkpoint); }
  bool running(CheckpointId checkpoint) const;
  bool complete_async(CheckpointId checkpoint) { return leave_running(checkpoint); }
  bool discard_async(CheckpointId checkpoint) { return leave_running(checkpoint); }
  void discard_all() { running_.clear(); }
  bool any_running() const { return !running_.empty(); }

  static constexpr std::uint64_t kRememberedAborts = 128;

 private:
  bool take_aborted(CheckpointId checkpoint);
  bool leave_running(CheckpointId checkpoint);

  CheckpointId last_{};
  CheckpointId completed_;
  CheckpointId largest_aborted_{};
  std::vector<CheckpointId> aborted_;  // ascending, all > last_, within kRememberedAborts of the largest
  std::vector<CheckpointId> running_;
};

}  // namespace weir::engine
