#include "cli/console.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "text/escape.h"
#include "text/numbers.h"

namespace weir::reports {
namespace {

constexpr std::size_t kBarColumns = 24;
constexpr std::chrono::milliseconds kBarPeriod{100};
constexpr std::chrono::seconds kLinePeriod{30};

bool wants_color(ColorChoice choice) {
  if (choice != ColorChoice::Auto) return choice == ColorChoice::Always;
  const char* no_color = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == 0);
}

}  // namespace

ExitCode Console::fail(ExitCode code, const std::string& message) const {
  err << "error: ";
  std::string_view rest = message;
  while (!rest.empty() && rest.back() == '\n') rest.remove_suffix(1);
  for (;;) {
    const std::size_t end = rest.find('\n');
    err << one_line(rest.substr(0, end)) << "\n";
    if (end == std::string_view::npos) return code;
    rest.remove_prefix(end + 1);
  }
}

void Console::tell(const std::vector<std::string>& messages) const {
  for (const std::string& message : messages) err << one_line(message) << "\n";
}

ExitCode Console::check_selection(const std::vector<std::string>& problems, const char* what, std::size_t selected,
                                  const std::optional<SeedRange>& seeds) const {
  tell(problems);
  if (!problems.empty()) {
    return fail(ExitCode::BadInput, counted(problems.size(), "problem", "problems") + "; nothing was run");
  }
  if (selected == 0) return fail(ExitCode::NothingSelected, std::string("no ") + what + " selected");
  if (seeds && seeds->first == seeds->end) {
    const std::string from = std::to_string(seeds->first);
    return fail(ExitCode::NothingSelected,
                "no seed selected: " + from + ":" + from + " ends before it begins; for one seed, write " + from);
  }
  return ExitCode::Holds;
}

Console make_console(ColorChoice color, const char* program) {
  const std::string called = program == nullptr || *program == 0 ? "weir" : program;
  const bool plain = called.find_first_of(" '\"\\$`*?;&|<>()") == std::string::npos;
  return {std::cout, std::cerr, Paint(wants_color(color)), isatty(STDERR_FILENO) == 1,
          plain ? called : shell_argument(called)};
}

std::string progress_text(const std::string& label, std::uint64_t done, std::uint64_t total, std::uint64_t failures,
                          std::uint64_t elapsed_ms, std::size_t columns) {
  const std::uint64_t of = std::max<std::uint64_t>(total, 1);
  std::string text = label + "  ";
  if (columns > 0) {
    const auto full = static_cast<std::size_t>(std::min(done, of) * columns / of);
    text += "[" + std::string(full, '#') + std::string(columns - full, '.') + "]  ";
  }
  text += grouped(done) + " of " + counted(total, "seed", "seeds");
  if (failures > 0) text += ", " + grouped(failures) + " not holding";
  if (elapsed_ms > 0 && done > 0) {
    text += ", " + grouped(done * 1000 / elapsed_ms) + "/s";
    if (done < total) text += ", " + grouped((total - done) * elapsed_ms / done / 1000 + 1) + " s left";
  }
  return text;
}

std::string shrink_progress_text(const std::string& label, std::uint64_t tried, std::uint64_t most, std::uint64_t kept,
                                 std::uint64_t elapsed_ms, std::size_t) {
  return label + "  " + counted(tried, "run", "runs") + " tried of at most " + grouped(most) + ", " +
         counted(kept, "simplification", "simplifications") + " kept, " + grouped(elapsed_ms / 1000) + " s";
}

ProgressMeter::ProgressMeter(const Console& console, std::string label, ProgressText text)
    : console_(console), label_(shortened(label, 40)), text_(text), started_(Clock::now()), shown_(started_) {}

ProgressMeter::~ProgressMeter() {
  if (on_screen_) console_.err << "\r\x1b[K" << std::flush;
}

void ProgressMeter::operator()(std::uint64_t done, std::uint64_t total, std::uint64_t found) {
  const Clock::time_point now = Clock::now();
  if (now - shown_ < (console_.interactive ? Clock::duration(kBarPeriod) : Clock::duration(kLinePeriod))) return;
  shown_ = now;
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - started_).count();
  const std::string text =
      text_(label_, done, total, found, static_cast<std::uint64_t>(elapsed), console_.interactive ? kBarColumns : 0);
  if (!console_.interactive) {
    console_.err << text << "\n" << std::flush;
    return;
  }
  on_screen_ = true;
  console_.err << "\r\x1b[K" << text << std::flush;
}

}  // namespace weir::reports
