#pragma once

// Where a command speaks: data to standard output, everything else to standard error.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
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
  // Tells the problems with what was named on the command line. Holds: there are none, and something is to be run.
  // `what`: is selected so often, in the singular.
  ExitCode check_selection(const std::vector<std::string>& problems, const char* what, std::size_t selected,
                           const std::optional<SeedRange>& seeds) const;
};

Console make_console(ColorChoice color, const char* program);

// What a progress line says; `columns` of it are a bar.
using ProgressText = std::string (*)(const std::string& label, std::uint64_t done, std::uint64_t total,
                                     std::uint64_t found, std::uint64_t elapsed_ms, std::size_t columns);
// Of a campaign: seeds, and those that do not hold.
std::string progress_text(const std::string& label, std::uint64_t done, std::uint64_t total, std::uint64_t failures,
                          std::uint64_t elapsed_ms, std::size_t columns);
// Of shrinking, whose end nobody knows: runs tried, and simplifications that were kept.
std::string shrink_progress_text(const std::string& label, std::uint64_t tried, std::uint64_t most, std::uint64_t kept,
                                 std::uint64_t elapsed_ms, std::size_t columns);

// How far something is: a line that moves on a terminal, otherwise a line every thirty seconds.
class ProgressMeter {
 public:
  ProgressMeter(const Console& console, std::string label, ProgressText text = progress_text);
  ~ProgressMeter();
  ProgressMeter(const ProgressMeter&) = delete;
  ProgressMeter& operator=(const ProgressMeter&) = delete;
  void operator()(std::uint64_t done, std::uint64_t total, std::uint64_t found);

 private:
  using Clock = std::chrono::steady_clock;
  const Console& console_;
  std::string label_;
  ProgressText text_;
  Clock::time_point started_;
  Clock::time_point shown_;
  bool on_screen_ = false;
};

}  // namespace weir::reports
