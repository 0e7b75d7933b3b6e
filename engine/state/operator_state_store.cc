#include <algorithm>

#include "weir/engine/operator.h"
#include "weir/engine/operator_state.h"

namespace weir::engine {

OperatorStateStore::Entry* OperatorStateStore::find(const std::string& name) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return e->name == name; });
  return found == entries_.end() ? nullptr : found->get();
}

OperatorStateStore::Entry* OperatorStateStore::restore_entry(const std::string& name, OperatorStateMode mode) {
  if (Entry* const known = find(name)) return known->mode == mode ? known : nullptr;
  entries_.push_back(std::make_unique<Entry>(Entry{name, mode, {}, {}}));
  return entries_.back().get();
}

OperatorStateStore::Entry& OperatorStateStore::entry(const std::string& name, OperatorStateMode mode) {
  if (Entry* const known = restore_entry(name, mode)) return *known;
  throw OperatorFailure{FailureCause::UserFunction,
                        "operator state '" + name + "' is a " + std::string(engine::name(find(name)->mode)) +
                            ", also in the restored snapshot: it cannot be used as a " +
                            std::string(engine::name(mode)) + "; give the new state another name"};
}

void fail_operator_state_type(const std::string& state_name) {
  throw OperatorFailure{FailureCause::UserFunction, "an element of operator state '" + state_name +
                                                        "' does not decode as the type it is read with: read it with "
                                                        "the type it was written with"};
}

}  // namespace weir::engine
