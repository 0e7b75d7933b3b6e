#include "weir/engine/assert.h"

namespace weir::engine {

void fail_invariant(const char* expression, std::string_view message, const char* file, int line) {
  throw InvariantViolation{expression, std::string(message), file, line};
}

}  // namespace weir::engine
