#include "weir/engine/assert.h"

#include <utility>

namespace weir::engine {

void fail_invariant(const char* expression, std::string message, const char* file, int line) {
  throw InvariantViolation{expression, std::move(message), file, line};
}

}  // namespace weir::engine
