#pragma once

// Keeps with an exception what was being run.

#include <exception>
#include <string>
#include <string_view>

#include "weir/scenarios/breakdown.h"

namespace weir::scenarios {

std::string in_words(const std::exception_ptr& thrown);

// Runs `f`; what it throws becomes a RunBreakdown. Of nested calls the innermost says what was being done, the
// outermost what was being run, since it knows more of it.
template <class F>
auto guarded(const RunSpec& spec, std::string_view doing, F&& f) {
  try {
    return f();
  } catch (RunBreakdown& inner) {
    inner.spec = spec;
    throw;
  } catch (...) {
    throw RunBreakdown(std::string(doing), in_words(std::current_exception()), spec);
  }
}

}  // namespace weir::scenarios
