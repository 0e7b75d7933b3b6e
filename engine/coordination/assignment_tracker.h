#pragma once

// Which splits were assigned to which subtask since which checkpoint, so that those that a restored subtask does not
// know of can be taken back (SO-4, SO-5). Decides only.

#include <cstdint>
#include <map>
#include <vector>

#include "weir/engine/source_split.h"
#include "weir/engine/types.h"

namespace weir::engine {

class AssignmentTracker {
 public:
  // `index`: of the subtask in its vertex. `split`: as it was assigned (SO-6).
  void assigned(std::uint32_t index, const SourceSplit& split) { uncheckpointed_[index].push_back(split); }
  // The coordinator's part of it was taken.
  void snapshot(CheckpointId checkpoint);
  // What is in a completed checkpoint is the readers' for good.
  void completed(CheckpointId checkpoint);
  // The subtask is restored from that checkpoint (0: from the start), and has nothing that was assigned after it.
  std::vector<SourceSplit> take_back(std::uint32_t index, CheckpointId restored);
  void clear();

  void forget(CheckpointId checkpoint) { by_checkpoint_.erase(checkpoint); }  // defect: on abort

 private:
  using Assignments = std::map<std::uint32_t, std::vector<SourceSplit>>;  // by index of the subtask
  Assignments uncheckpointed_;
  std::map<CheckpointId, Assignments> by_checkpoint_;
};

}  // namespace weir::engine
