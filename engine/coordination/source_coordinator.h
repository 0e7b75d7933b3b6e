#pragma once

// The coordinator of one source: hands out its splits on request, one at a time, keeps those that nobody has, and takes
// back what a restored reader does not know of (SO-2..SO-8). Part of it is in every checkpoint. Decides only.

#include <cstdint>
#include <optional>
#include <vector>

#include "coordination/assignment_tracker.h"
#include "coordination/subtask_gateway.h"
#include "weir/engine/bytes.h"
#include "weir/engine/defects.h"
#include "weir/engine/status.h"

namespace weir::engine {

class SourceCoordinator {
 public:
  SourceCoordinator(std::uint32_t parallelism, const DefectSet& defects) : defects_(defects), gateways_(parallelism) {}

  // RE-6: forgets everything. `unassigned`: all splits at the start, else those of the restored checkpoint.
  void reset(std::vector<SourceSplit> unassigned);
  // SO-9: another attempt of that subtask begins, from that checkpoint.
  void reset_subtask(std::uint32_t index, AttemptId attempt, CheckpointId restored);
  // It finished: nothing has to arrive there any more.
  void end_subtask(std::uint32_t index) { gateways_[index].reset(gateways_[index].attempt()); }

  // The reader has no split left; answered by the next one, or by the news that there are none.
  std::optional<SourceSplit> on_request(std::uint32_t index);

  // Its part of the checkpoint, as it is now; events from now on belong after it (SO-15).
  Bytes snapshot(CheckpointId checkpoint);
  void on_completed(CheckpointId checkpoint);
  void on_aborted(CheckpointId checkpoint);
  bool settled_before(CheckpointId checkpoint) const;

  SubtaskGateway& gateway(std::uint32_t index) { return gateways_[index]; }
  const SubtaskGateway& gateway(std::uint32_t index) const { return gateways_[index]; }
  const std::vector<SourceSplit>& unassigned() const { return unassigned_; }  // by id

 private:
  void add(std::vector<SourceSplit> splits);

  const DefectSet& defects_;
  std::vector<SubtaskGateway> gateways_;  // by index of the subtask
  AssignmentTracker tracker_;
  std::vector<SourceSplit> unassigned_;
};

// What is in a checkpoint of a coordinator: the splits that nobody has, with the position to begin at (SO-7), and not
// who asked for them (SO-10).
Bytes encode_unassigned(const std::vector<SourceSplit>& splits);
Result<std::vector<SourceSplit>> decode_unassigned(BytesView bytes);

}  // namespace weir::engine
