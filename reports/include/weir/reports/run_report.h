#pragma once

// Everything people see of one run, as text and as files. Same run, same bytes: no clock, no random ids.

#include <string>
#include <utility>
#include <vector>

#include "weir/engine/job_graph.h"
#include "weir/engine/status.h"
#include "weir/scenarios/runner.h"
#include "weir/sim/trace.h"

namespace weir::reports {

// One finished run. Refers to what the caller keeps.
struct RunView {
  const scenarios::RunResult& result;
  const sim::Trace& trace;
  const engine::ExecutionGraph& graph;
};

struct ReportOptions {
  std::string program = "weir";  // in the line that reproduces the run
  bool use_dot = true;           // false: the job graph is a note instead of a picture
};

// The command to paste: runs the very same run again, with the same trace hash.
std::string reproduce_command(const scenarios::RunSpec& spec, std::string_view program);

// Verdicts, and when something is wrong: cause, details, fault table and, as the last line, the command to paste.
std::string run_text(const RunView& run, const ReportOptions& options);
// One self-contained page.
std::string html_report(const RunView& run, const ReportOptions& options);
// The page's twin for programs: one JSON object with `"schema": 1`.
std::string json_report(const RunView& run, const ReportOptions& options);

// Name and contents of every file of a report: report.html, report.json, report.txt, spec.txt, space-time.svg,
// job-graph.dot.
std::vector<std::pair<std::string, std::string>> report_files(const RunView& run, const ReportOptions& options);

// Whether `write_run_report` could work, as far as it can be told before there is a run to report.
engine::Status can_write_run_report(const std::string& directory);

// Writes the files as `directory`, whole or not at all: an existing report stays as it was when anything fails. Refuses
// to replace a directory that holds anything but a report.
engine::Status write_run_report(const std::string& directory, const RunView& run, const ReportOptions& options);

}  // namespace weir::reports
