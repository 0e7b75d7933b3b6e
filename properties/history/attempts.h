#pragma once

// Which attempt of each subtask lives, as far as the trace tells.

#include <cstdint>
#include <vector>

#include "weir/engine/events.h"
#include "weir/engine/types.h"
#include "weir/sim/trace.h"

namespace weir::properties {

class Attempts {
 public:
  void begin(std::size_t subtasks);
  void on_deployed(engine::SubtaskId subtask, engine::AttemptId attempt);
  void on_state(engine::SubtaskId subtask, engine::AttemptId attempt, engine::AttemptState state);

  // The newest attempt; 0: never deployed.
  engine::AttemptId current(engine::SubtaskId subtask) const { return subtasks_[subtask.value].attempt; }
  bool finished(engine::SubtaskId subtask) const { return subtasks_[subtask.value].finished; }
  // The newest attempt of any subtask: the number of the job's deployment.
  engine::AttemptId generation() const { return generation_; }
  std::size_t size() const { return subtasks_.size(); }

 private:
  struct Subtask {
    engine::AttemptId attempt{};
    bool finished = false;
  };
  std::vector<Subtask> subtasks_;
  engine::AttemptId generation_{};
};

}  // namespace weir::properties
