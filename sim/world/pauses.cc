#include "world/pauses.h"

#include <algorithm>

namespace weir::sim {

void Pauses::reset(std::size_t processes) {
  states_.clear();
  states_.resize(processes);
  paused_ = 0;
  due_.clear();
}

void Pauses::begin(ProcessId process, std::int64_t end) {
  State& state = states_[process.value];
  if (!state.paused) ++paused_;
  state.end = state.paused ? std::max(state.end, end) : end;
  state.paused = true;
}

std::size_t Pauses::end(ProcessId process) {
  State& state = states_[process.value];
  if (state.paused) --paused_;
  state.paused = false;
  const std::size_t waited = state.held.size();
  due_.insert(due_.end(), state.held.begin(), state.held.end());
  state.held.clear();
  return waited;
}

std::vector<ProcessId> Pauses::all() const {
  std::vector<ProcessId> paused;
  for (std::size_t process = 0; process < states_.size(); ++process) {
    if (states_[process].paused) paused.push_back({static_cast<std::uint16_t>(process)});
  }
  return paused;
}

QueuedEvent Pauses::take_due() {
  const QueuedEvent first = due_.front();
  due_.pop_front();
  return first;
}

}  // namespace weir::sim
