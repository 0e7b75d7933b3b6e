#include "coordination/subtask_gateway.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace weir::engine {

void SubtaskGateway::reset(AttemptId attempt) {
  attempt_ = attempt;
  open_.clear();
  closed_.clear();
  under_way_.reset();
  last_ = heard_ = 0;
}

void SubtaskGateway::reopen(CheckpointId checkpoint) {
  const auto at = closed_.find(checkpoint);
  if (at == closed_.end()) return;
  Events& older = at == closed_.begin() ? open_ : std::prev(at)->second;
  std::move(at->second.begin(), at->second.end(), std::back_inserter(older));
  closed_.erase(at);
}

void SubtaskGateway::send(OperatorEvent event) {
  event.number = last_ = ++numbers_;
  Events& line = closed_.empty() ? open_ : std::prev(closed_.end())->second;
  line.push_back(std::move(event));
}

std::optional<OperatorEvent> SubtaskGateway::next(SubtaskId subtask) {
  if (under_way_ || open_.empty()) return std::nullopt;
  OperatorEvent event = std::move(open_.front());
  open_.pop_front();
  event.attempt = {subtask, attempt_};
  under_way_ = event.number;
  return event;
}

bool SubtaskGateway::on_seen(std::uint32_t number) {
  if (under_way_ != number) return false;
  under_way_.reset();
  return true;
}

bool SubtaskGateway::hears(std::uint32_t number) {
  if (number <= heard_) return false;
  heard_ = number;
  return true;
}

bool SubtaskGateway::settled_before(CheckpointId checkpoint) const {
  return !under_way_ && open_.empty() && std::all_of(closed_.begin(), closed_.end(), [&](const auto& line) {
    return line.first >= checkpoint || line.second.empty();
  });
}

}  // namespace weir::engine
