#pragma once

// The async parts of one attempt's snapshots (SN-2, SN-3): written to checkpoint storage after the sync part, then
// acknowledged. They outlive the attempt's work: a write that is under way when it ends is still cleaned up (SN-17).

#include <vector>

#include "checkpoint/subtask_checkpoints.h"
#include "task/operator_chain.h"
#include "task/task_site.h"
#include "weir/engine/file_segment.h"

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
  struct About {  // for the acknowledgement (SN-5)
    Duration alignment{};
    Duration start_delay{};
    bool past_end_of_data = false;
    CheckpointType type{};
    bool in_flight_follows = false;  // the part waits for `add_in_flight`
  };

  AsyncSnapshots(const TaskSite& site, SubtaskCheckpoints& checkpoints, WriteIds& write_ids)
      : site_(site), checkpoints_(checkpoints), write_ids_(write_ids) {}

  // The sync part is done once the subtask has spent its cost on it.
  void start(CheckpointId checkpoint, SyncSnapshot snapshot, About about);
  void on_timer(CheckpointId checkpoint);
  // What was in flight is known: the last barrier has come (BA-11). Perhaps nothing.
  void add_in_flight(CheckpointId checkpoint, EncodedInFlight in_flight);
  bool on_stored(WriteId id, const Status& status);  // false: no write of this attempt
  // The checkpoint was aborted while its part was running: nothing of it may stay.
  void discard(CheckpointId checkpoint);
  void discard_all();
  // The process died: nothing is cleaned up any more.
  void forget() { parts_.clear(); }
  // Writes are still on their way to storage.
  bool any_write_under_way() const { return !parts_.empty(); }

 private:
  struct Write {
    WriteId id;
    std::string path;
  };
  struct Part {
    CheckpointId checkpoint;
    SyncSnapshot snapshot;  // until it is placed
    About about;
    Time async_started{};   // when the sync part is over
    bool due = false;       // its time has come
    bool complete = false;  // nothing follows
    SubtaskState state;     // once it is placed
    std::vector<PlacedSnapshot::Native> natives;
    std::vector<Write> under_way;  // begun and not ended
    std::vector<std::string> written;
    bool discarded = false;
  };
  Part* find(CheckpointId checkpoint);
  void erase(const Part& part);
  void erase_if_over(const Part& part);
  void place(Part& part);
  bool place(Part& part, std::vector<StateFile>& files);
  void write(Part& part, std::vector<StateFile> files);
  std::optional<FileSegment> segment_of(std::string_view path) const;  // of a merged file
  void write(WriteId id, StateFile file);
  void on_written(Part& part, std::string path, const Status& status);
  void finish(Part& part);
  void acknowledge(const Part& part, SubtaskState state);
  void fail(Part& part);
  void clean_up(Part& part);

  const TaskSite& site_;
  SubtaskCheckpoints& checkpoints_;
  WriteIds& write_ids_;
  std::vector<Part> parts_;
};

}  // namespace weir::engine
