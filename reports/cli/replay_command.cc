#include "cli/commands.h"

#include <algorithm>
#include <optional>

#include "cli/read_spec.h"
#include "export/kept_checkpoints.h"
#include "history/standing.h"
#include "text/event_line.h"
#include "text/numbers.h"
#include "text/run_text.h"
#include "weir/scenarios/runner.h"

namespace weir::reports {
namespace {

using scenarios::Runner;
using scenarios::RunResult;

bool same(const sim::TraceEvent& a, const sim::TraceEvent& b) {
  return a.time == b.time && a.kind == b.kind && a.actor == b.actor && a.detail == b.detail && a.a == b.a &&
         a.b == b.b && a.cause == b.cause;
}

struct Ran {
  const Runner& runner;
  const RunResult& result;
  Jobs jobs() const { return Jobs(runner.graph(), result.outcome.stages); }
};

std::string event_or_end(const Ran& ran, std::size_t index) {
  const auto& events = ran.runner.trace().events();
  return index < events.size() ? EventLines(ran.jobs()).line(events[index], index) : "the end of the run";
}

// The first event in which two runs of the same spec differ.
std::string first_difference(const Ran& once, const Ran& again) {
  const auto& a = once.runner.trace().events();
  const auto& b = again.runner.trace().events();
  const auto [at, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end(), same);
  const auto index = static_cast<std::size_t>(at - a.begin());
  return "the same spec gave two traces; first difference at event " + std::to_string(index) + ":\n  once  " +
         event_or_end(once, index) + "\n  again " + event_or_end(again, index);
}

// Nothing when the second run gives the same trace.
std::optional<ExitCode> check_again(const scenarios::JobCatalogue& catalogue, const scenarios::RunSpec& spec,
                                    const Ran& once, const Console& console) {
  Runner again(catalogue);
  const auto result = again.run(spec);
  if (!result.ok()) return console.fail(ExitCode::BadInput, result.status().message());
  if (again.trace().hash() == once.runner.trace().hash()) {
    console.err << "ran twice, same trace hash " << hex_digits(once.runner.trace().hash()) << "\n";
    return std::nullopt;
  }
  return console.fail(ExitCode::Nondeterministic, first_difference(once, {again, result.value()}));
}

void print_events(const Ran& ran, const Console& console) {
  const EventLines lines(ran.jobs());
  std::size_t index = 0;
  for (const sim::TraceEvent& event : ran.runner.trace().events()) console.out << lines.line(event, index++) << "\n";
}

void print_result(const RunResult& result, const Console& console) {
  console.out << run_headline(result, console.paint) << verdict_table(result, console.paint);
  if (result.answer == properties::Answer::Holds) {
    console.out << fault_table(result);
  } else {
    console.out << "\n" << failure_story(result, console.paint, console.program);
  }
}

// Before anything is run: no report is refused after a long wait.
engine::Status check_place(const std::string& out) {
  return out.empty() ? engine::Status() : can_write_run_report(out);
}

engine::Status write_report(const std::string& out, const RunResult& result, const Runner& runner,
                            const Console& console) {
  if (out.empty()) return {};
  engine::Status status = write_run_report(out, {result, runner.trace(), runner.graph()}, {});
  if (status.ok()) console.err << "report: " << out << "/report.html\n";
  return status;
}

engine::Status keep(const std::string& directory, const Runner& runner, const Console& console) {
  if (directory.empty()) return {};
  const auto files = runner.stored();
  engine::Status status = keep_checkpoints(directory, files);
  if (status.ok())
    console.err << "checkpoints: " << counted(files.size(), "file", "files") << " in " << directory << "\n";
  return status;
}

engine::Result<scenarios::ShrinkResult> shrink_with_progress(const scenarios::JobCatalogue& catalogue,
                                                             const scenarios::RunSpec& spec,
                                                             const std::string& property, const Console& console) {
  ProgressMeter meter(console, "shrinking", shrink_progress_text);
  return scenarios::shrink(catalogue, spec, property,
                           [&meter](auto tried, auto most, auto kept) { meter(tried, most, kept); });
}

}  // namespace

ExitCode replay(const scenarios::JobCatalogue& catalogue, const ReplayArguments& arguments, const Console& console) {
  const auto spec = read_spec(arguments.spec);
  if (!spec.ok()) return console.fail(ExitCode::BadInput, spec.status().message());
  engine::Status place = check_place(arguments.out);
  if (place.ok()) place = can_keep_checkpoints(arguments.keep_checkpoints);
  if (!place.ok()) return console.fail(ExitCode::BadInput, place.message());
  Runner runner(catalogue);
  const auto result = runner.run(spec.value());
  if (!result.ok()) return console.fail(ExitCode::BadInput, result.status().message());
  if (arguments.check_determinism) {
    if (const auto code = check_again(catalogue, spec.value(), {runner, result.value()}, console)) return *code;
  }
  engine::Status written = write_report(arguments.out, result.value(), runner, console);
  if (written.ok()) written = keep(arguments.keep_checkpoints, runner, console);
  if (arguments.verbose) print_events({runner, result.value()}, console);
  print_result(result.value(), console);
  if (!written.ok()) return console.fail(ExitCode::BadInput, written.message());
  return exit_code_of(result.value().answer);
}

ExitCode shrink_spec(const scenarios::JobCatalogue& catalogue, const ShrinkArguments& arguments,
                     const Console& console) {
  const auto spec = read_spec(arguments.spec);
  if (!spec.ok()) return console.fail(ExitCode::BadInput, spec.status().message());
  const engine::Status place = check_place(arguments.out);
  if (!place.ok()) return console.fail(ExitCode::BadInput, place.message());
  Runner runner(catalogue);
  const auto original = runner.run(spec.value());
  if (!original.ok()) return console.fail(ExitCode::BadInput, original.status().message());
  console.out << "as given   " << run_headline(original.value(), console.paint) << std::flush;
  if (original.value().answer != properties::Answer::Violated) {
    return console.fail(ExitCode::BadInput, "this run violates nothing, so there is nothing to shrink");
  }
  const auto shrunk = shrink_with_progress(catalogue, spec.value(), arguments.property, console);
  if (!shrunk.ok()) return console.fail(ExitCode::BadInput, shrunk.status().message());
  for (const std::string& step : shrunk.value().steps) console.out << "           " << step << "\n";
  const auto smallest = runner.run(shrunk.value().smallest.spec);
  if (!smallest.ok()) return console.fail(ExitCode::Internal, smallest.status().message());
  const engine::Status written = write_report(arguments.out, smallest.value(), runner, console);
  console.out << "smallest   " << run_headline(smallest.value(), console.paint) << "  after "
              << counted(shrunk.value().attempts, "run", "runs") << "\n"
              << failure_story(smallest.value(), console.paint, console.program);
  if (!written.ok()) return console.fail(ExitCode::BadInput, written.message());
  return exit_code_of(smallest.value().answer);
}

}  // namespace weir::reports
