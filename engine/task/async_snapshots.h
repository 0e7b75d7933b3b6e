#pragma once

// The async parts of one attempt's snapshots (SN-2, SN-3): written to checkpoint storage after the sync part, then
// acknowledged. They outlive the attempt's work: a write that is under way when it ends is still cleaned up (SN-17).

#include <vector>

#include "checkpoint/subtask_checkpoints.h"
#include "task/operator_chain.h"
#include "task/task_site.h"

namespace weir::engine {

// Numbers the writes of a process; the subtask can be read from the number.
class WriteIds {
 public:
  explicit WriteIds(std::uint32_t incarnation) : base_(std::uint64_t{incarnation & 0xFFFF} << 32) {}
  WriteId next(SubtaskId subtask) { return {std::uint64_t{subtask.value} << 48 | base_ | ++count_}; }
  static SubtaskId subtask_of(WriteId id) { return {static_cast<std::uint16_t>(id.value >> 48)}; }

 private:
  std::uint64_t base_;
  std::uint32_t count_ = 0;
};

class AsyncSnapshots {
 public:
  struct Times {  // for the acknowledgement (SN-5)
    Duration alignment{};
    Duration start_delay{};
  };

  AsyncSnapshots(const TaskSite& site, SubtaskCheckpoints& checkpoints, WriteIds& write_ids)
      : site_(site), checkpoints_(checkpoints), write_ids_(write_ids) {}

  // The sync part is done once the subtask has spent its cost on it.
  void start(CheckpointId checkpoint, SyncSnapshot snapshot, Times times);
  void on_timer(CheckpointId checkpoint);
  void on_stored(WriteId id, const Status& status);
  // The checkpoint was aborted while its part was running: nothing of it may stay.
  void discard(CheckpointId checkpoint);
  void discard_all();

 private:
  struct Part {
    CheckpointId checkpoint;
    SyncSnapshot snapshot;
    Times times;
    Time async_started{};  // when the sync part is over
    SnapshotHandle handle;
    WriteId write{};  // 0: not begun
    bool discarded = false;
  };
  Part* find(CheckpointId checkpoint);
  void erase(const Part& part);
  void write(Part& part);
  bool serialize(Part& part, Bytes& out);
  void acknowledge(const Part& part);
  void fail(const Part& part);

  const TaskSite& site_;
  SubtaskCheckpoints& checkpoints_;
  WriteIds& write_ids_;
  std::vector<Part> parts_;
};

}  // namespace weir::engine
