#pragma once

// How restored cells relate to the state that is registered under their name (flink-semantics 5.4).

#include <optional>
#include <string>

#include "weir/engine/cells.h"

namespace weir::engine {

struct FormChange {
  Compatibility outcome;
  std::string why;  // Incompatible: what was written, what is registered, and what to do
};
FormChange compare_states(const StateMeta& written, const StateMeta& now);

// For CellOps::rewrite.
WrittenForm written_form(const StateMeta& written, Time now);

}  // namespace weir::engine
