#pragma once

// The lifelines of a space-time diagram, side by side: world, JobManager, subtasks in topological order, log.

#include <optional>
#include <string>
#include <vector>

#include "history/jobs.h"
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
  // A lane for each name that a subtask has in any of the jobs, those of a vertex together; the first job is the
  // present one.
  explicit Lanes(Jobs jobs);
  // Subtasks are those of that job from here on.
  void enter(std::size_t job);
  const std::vector<Lane>& all() const { return lanes_; }
  static constexpr std::size_t kWorld = 0;
  static constexpr std::size_t kCoordinator = 1;
  // Of the present job; the log's when it has no such subtask.
  std::size_t of(engine::SubtaskId subtask) const {
    return subtask.value < of_subtask_.size() ? of_subtask_[subtask.value] : log();
  }
  std::size_t subtask_lanes() const { return lanes_.size() - 3; }
  const engine::ExecutionGraph& job() const { return jobs_[job_]; }
  std::size_t log() const { return lanes_.size() - 1; }
  // Processes and the world outside have no lifeline of their own and share the world's.
  std::size_t of(engine::ActorId actor) const;
  bool is_subtask_lane(std::size_t lane) const { return lane > kCoordinator && lane < log(); }
  int right_edge() const { return lanes_.back().x + lanes_.back().width; }

 private:
  void add(std::string name, int width);
  std::size_t named(const std::string& name) const;

  Jobs jobs_;
  std::size_t job_ = 0;
  std::vector<Lane> lanes_;
  std::vector<std::size_t> of_subtask_;
  int next_x_;
};

}  // namespace weir::reports
