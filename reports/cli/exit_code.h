#pragma once

// What the shell, CI systems and schedulers see. Only "internal" is worth a second try.

#include "history/standing.h"

namespace weir::reports {

enum class ExitCode : int {
  Holds = 0,
  Violated = 1,
  BadInput = 2,      // usage, scenario, run spec, or a place that cannot be written
  Inconclusive = 3,  // a fault never fired, no seed concluded, or a planted defect was not found
  NothingSelected = 4,
  Nondeterministic = 5,
  Internal = 70,
  Skipped = 77,
};

constexpr ExitCode exit_code_of(Standing standing) {
  switch (standing) {
    case Standing::Holds:
    case Standing::AsExpected:
      return ExitCode::Holds;
    case Standing::Violated:
      return ExitCode::Violated;
    case Standing::Missed:
    case Standing::Inconclusive:
      return ExitCode::Inconclusive;
    case Standing::Nondeterministic:
      break;
  }
  return ExitCode::Nondeterministic;
}

constexpr ExitCode exit_code_of(properties::Answer answer) {
  switch (answer) {
    case properties::Answer::Holds:
      return ExitCode::Holds;
    case properties::Answer::Violated:
      return ExitCode::Violated;
    case properties::Answer::Inconclusive:
      break;
  }
  return ExitCode::Inconclusive;
}

// Of several scenarios: nondeterminism makes every other answer worthless, then a violation, then a doubt.
constexpr ExitCode worse(ExitCode a, ExitCode b) {
  constexpr auto weight = [](ExitCode code) {
    return code == ExitCode::Nondeterministic ? 3
           : code == ExitCode::Violated       ? 2
           : code == ExitCode::Inconclusive   ? 1
                                              : 0;
  };
  return weight(a) >= weight(b) ? a : b;
}

}  // namespace weir::reports
