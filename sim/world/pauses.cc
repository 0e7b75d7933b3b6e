#include "world/pauses.h"

#include <algorithm>

namespace weir::sim {

void Pauses::reset() {
  paused_.clear();
  due_.clear();
}

void Pauses::begin(ProcessId process, std::int64_t end) {
  State& state = paused_[process];
  state.end = std::max(state.end, end);
}

std::size_t Pauses::end(ProcessId process) {
  const auto ended = paused_.extract(process);
  if (ended.empty()) return 0;
  const std::vector<QueuedEvent>& held = ended.mapped().held;
  due_.insert(due_.end(), held.begin(), held.end());
  return held.size();
}

std::vector<ProcessId> Pauses::all() const {
  std::vector<ProcessId> all;
  for (const auto& [process, state] : paused_) all.push_back(process);
  return all;
}

QueuedEvent Pauses::take_due() {
  const QueuedEvent first = due_.front();
  due_.pop_front();
  return first;
}

}  // namespace weir::sim
