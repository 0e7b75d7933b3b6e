#include <algorithm>

#include "weir/engine/operator_state.h"

namespace weir::engine {

OperatorStateStore::List& OperatorStateStore::list(const std::string& name) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return e->name == name; });
  if (found != entries_.end()) return (*found)->elements;
  entries_.push_back(std::make_unique<Entry>(Entry{name, {}}));
  return entries_.back()->elements;
}

}  // namespace weir::engine
