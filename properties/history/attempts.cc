#include "history/attempts.h"

#include <algorithm>

namespace weir::properties {

void Attempts::begin(std::size_t subtasks) {
  subtasks_.assign(subtasks, Subtask{});
  generation_ = {};
}

void Attempts::on_deployed(engine::SubtaskId subtask, engine::AttemptId attempt) {
  Subtask& s = subtasks_[subtask.value];
  if (attempt > s.attempt) s = {attempt, false};
  generation_ = std::max(generation_, attempt);
}

void Attempts::on_state(engine::SubtaskId subtask, engine::AttemptId attempt, engine::AttemptState state) {
  on_deployed(subtask, attempt);
  Subtask& s = subtasks_[subtask.value];
  if (attempt == s.attempt) s.finished = state == engine::AttemptState::Finished;
}

}  // namespace weir::properties
