#pragma once

// Where the time of a checkpoint went: the waits without which it would have ended earlier, one after the other
// (flink-semantics 14.2, BP-3). Every step ends with what came last before the next one began, so that the steps cover
// the checkpoint from its trigger to its end.

#include <cstdint>
#include <string>
#include <vector>

#include "history/checkpoints.h"
#include "weir/engine/job_graph.h"

namespace weir::reports {

struct PathStep {
  enum class Kind : std::uint8_t {
    Trigger,          // from the coordinator to `subtask`
    Barrier,          // over `channel` to `subtask`, from when its producer sent it until it was read
    Sync,             // `subtask` stands still for its snapshot
    Async,            // `subtask` writes it
    Acknowledgement,  // from `subtask` to the coordinator
    Metadata,         // the coordinator writes `_metadata`
  };
  Kind kind{};
  engine::SubtaskId subtask{};
  engine::ChannelId channel{};
  std::int64_t begin = 0;  // virtual ns
  std::int64_t end = 0;
  std::uint64_t buffers = 0;  // Barrier: data that was read from the channel meanwhile, and so was ahead of it
  friend bool operator==(const PathStep&, const PathStep&) = default;
};
const char* name(PathStep::Kind kind);  // "trigger", "barrier", ...
// "barrier source/0->map/2", "sync map/2", "metadata".
std::string place(const PathStep& step, const engine::ExecutionGraph& graph);

struct CriticalPath {
  std::vector<PathStep>
      steps;  // in the order of time; the last one of a checkpoint that did not complete has not ended
  bool completed = false;
  const PathStep* longest() const;  // null when nothing is known
};

// `graph`: of the job that took it.
CriticalPath critical_path(const CheckpointRow& row, const engine::ExecutionGraph& graph);

// "map/2 waited 1.2 s for the barrier from source/0, held behind 3 buffers on that channel"; empty when nothing is
// known.
std::string told(const CriticalPath& path, const engine::ExecutionGraph& graph);

}  // namespace weir::reports
