#pragma once

// Operator state: what belongs to a subtask rather than to a key.

#include <memory>
#include <string>
#include <vector>

#include "weir/engine/types.h"

namespace weir::engine {

// Named lists of serialized elements, the unit of redistribution (ST-8, ST-9).
class OperatorStateStore {
 public:
  using List = std::vector<Bytes>;
  // The list of that name; created empty. References stay valid for the life of the store.
  List& list(const std::string& name);
  struct Entry {
    std::string name;
    List elements;
  };
  const std::vector<std::unique_ptr<Entry>>& entries() const { return entries_; }

 private:
  std::vector<std::unique_ptr<Entry>> entries_;  // in order of first use
};

}  // namespace weir::engine
