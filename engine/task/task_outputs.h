#pragma once

// All network outputs of one attempt, one per output edge of its vertex.

#include <memory>
#include <vector>

#include "task/task_site.h"
#include "weir/engine/record_output.h"

namespace weir::engine {

class TaskOutputs {
 public:
  explicit TaskOutputs(const TaskSite& site);

  void attach();  // this end of every connection is there
  void detach();  // and is gone, in an orderly way

  RecordOutput& output(std::size_t edge) { return *outputs_[edge]; }
  bool available() const {
    for (const auto& output : outputs_) {
      if (!output->available()) return false;
    }
    return true;
  }
  bool overdrawn() const {
    for (const auto& output : outputs_) {
      if (output->overdrawn()) return true;
    }
    return false;
  }
  bool drained() const;
  bool any_open() const;
  void flush() {
    for (const auto& output : outputs_) output->flush();
  }
  void broadcast_barrier(const RecordOutput::Barrier& barrier);
  void time_out(CheckpointId checkpoint);
  bool barrier_in_line() const;
  // By position in SubtaskInfo::outputs; see RecordOutput.
  std::vector<Bytes> take_overtaken();
  void broadcast_cancel_marker(CheckpointId checkpoint);
  void broadcast_end(SegmentKind end_kind);
  void on_credit(std::size_t edge, ConnectionId connection, std::uint32_t credits) {
    outputs_[edge]->on_credit(connection, credits);
  }
  void on_segment_size(std::size_t edge, ConnectionId connection, std::uint32_t bytes) {
    outputs_[edge]->on_segment_size(connection, bytes);
  }

 private:
  const TaskSite& site_;
  std::vector<std::unique_ptr<RecordOutput>> outputs_;  // in the order of JobVertex::outputs
};

}  // namespace weir::engine
