#pragma once

// The lifelines of a space-time diagram, side by side: world, JobManager, subtasks in topological order, log.

#include <optional>
#include <string>
#include <vector>

#include "weir/engine/job_graph.h"
#include "weir/sim/trace.h"

namespace weir::reports {

struct Lane {
  std::string name;
  int x = 0;      // of the lifeline; labels stand to its right
  int width = 0;  // to the next lifeline
};

class Lanes {
 public:
  explicit Lanes(const engine::ExecutionGraph& graph);
  const std::vector<Lane>& all() const { return lanes_; }
  static constexpr std::size_t kWorld = 0;
  static constexpr std::size_t kCoordinator = 1;
  std::size_t of(engine::SubtaskId subtask) const { return 2 + subtask.value; }
  std::size_t log() const { return lanes_.size() - 1; }
  // Processes and the world outside have no lifeline of their own and share the world's.
  std::size_t of(engine::ActorId actor) const;
  bool is_subtask_lane(std::size_t lane) const { return lane > kCoordinator && lane < log(); }
  int right_edge() const { return lanes_.back().x + lanes_.back().width; }

 private:
  void add(std::string name, int width);
  std::vector<Lane> lanes_;
  int next_x_;
};

}  // namespace weir::reports
