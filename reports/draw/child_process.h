#pragma once

// A child process that reads what it is given and writes an answer.

#include <chrono>
#include <string>
#include <vector>

namespace weir::reports {

enum class ChildEnding : unsigned char { Succeeded, Failed, TimedOut, NotStarted };

struct ChildOutput {
  ChildEnding ending = ChildEnding::NotStarted;
  std::string output;  // all of its standard output, when it succeeded
};

// Looks `command[0]` up in PATH. The child's standard error is discarded. A child that takes longer than `patience` is
// killed. Never raises SIGPIPE.
ChildOutput run_child(const std::vector<std::string>& command, const std::string& input,
                      std::chrono::milliseconds patience);

}  // namespace weir::reports
