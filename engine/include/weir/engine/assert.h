#pragma once

// Assertions that stay on in release. A failed one is a bug of weir, never of the user's input.

#include <string>
#include <string_view>

namespace weir::engine {

// Thrown by WEIR_ASSERT, caught in one place (the run's driver), which ends the run and keeps its trace.
// Not a std::exception, so that a handler around user code cannot swallow it.
struct InvariantViolation {
  std::string expression;
  std::string message;
  const char* file;
  int line;
};

[[noreturn]] void fail_invariant(const char* expression, std::string_view message, const char* file, int line);

}  // namespace weir::engine

#define WEIR_ASSERT(condition, message)                                          \
  do {                                                                           \
    if (!(condition)) [[unlikely]]                                               \
      ::weir::engine::fail_invariant(#condition, (message), __FILE__, __LINE__); \
  } while (false)
