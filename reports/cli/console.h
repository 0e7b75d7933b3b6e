#pragma once

// Where a command speaks: data to standard output, everything else to standard error.

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "text/paint.h"

namespace weir::reports {

struct Console {
  std::ostream& out;
  std::ostream& err;
  Paint paint{false};            // for `out`
  bool interactive = false;      // `err` is a terminal: progress may move the cursor
  std::string program = "weir";  // as it was called: first word of commands to paste

  // "error: …"; returns the code, so that a command can end with it.
  ExitCode fail(ExitCode code, const std::string& message) const;
  // One message a line, to standard error.
  void tell(const std::vector<std::string>& messages) const;
};

Console make_console(ColorChoice color, const char* program);

// How far a campaign is: a bar on a terminal, otherwise a line every thirty seconds.
class ProgressMeter {
 public:
  ProgressMeter(const Console& console, std::string label);
  ~ProgressMeter();
  ProgressMeter(const ProgressMeter&) = delete;
  ProgressMeter& operator=(const ProgressMeter&) = delete;
  void operator()(std::uint64_t done, std::uint64_t total, std::uint64_t failures);

 private:
  using Clock = std::chrono::steady_clock;
  const Console& console_;
  std::string label_;
  Clock::time_point started_;
  Clock::time_point shown_;
  bool on_screen_ = false;
};

// What the bar says; `columns` of it are the bar itself.
std::string progress_text(const std::string& label, std::uint64_t done, std::uint64_t total, std::uint64_t failures,
                          std::uint64_t elapsed_ms, std::size_t columns);

}  // namespace weir::reports
