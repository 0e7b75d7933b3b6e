#pragma once

// Thrown when a run could not be carried through, because something threw where nothing may: a job's own code outside
// of its operators (what operators throw fails their attempt), or weir itself.

#include <exception>
#include <string>
#include <utility>

#include "weir/scenarios/run_spec.h"

namespace weir::scenarios {

struct RunBreakdown : std::exception {
  RunBreakdown(std::string what_was_done, std::string reason, RunSpec of)
      : doing(std::move(what_was_done)), why(std::move(reason)), spec(std::move(of)) {}
  const char* what() const noexcept override { return why.c_str(); }

  std::string doing;  // "building job 'totals'"
  std::string why;    // what was thrown, in words
  RunSpec spec;       // what was being run, as far as it was known; running it breaks down again
};

}  // namespace weir::scenarios
