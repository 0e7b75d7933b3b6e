#include <deque>
#include <filesystem>

#include "cli/commands.h"
#include "export/staged_output.h"
#include "export/sweep_json.h"
#include "html/sweep_page.h"
#include "text/escape.h"
#include "text/numbers.h"
#include "text/run_text.h"
#include "text/sweep_text.h"
#include "weir/scenarios/sweep.h"

namespace weir::reports {
namespace {

using engine::Status;
using scenarios::Sweep;

bool is_sweep_entry(const std::string& name) { return name == "sweep.html" || name == "sweep.json"; }

const DirectoryKind kSweepDirectory{"a report of sweeps", is_sweep_entry};

// One `weir sweep`: files in order, then the report.
class SweepCommand {
 public:
  SweepCommand(const scenarios::JobCatalogue& catalogue, const SweepArguments& arguments, const Console& console)
      : catalogue_(catalogue),
        arguments_(arguments),
        console_(console),
        text_(arguments.json ? console.err : console.out),
        paint_(arguments.json ? Paint(false) : console.paint) {}

  ExitCode run() {
    if (const ExitCode code = load(); code != ExitCode::Holds) return code;
    const Status ready = can_write();
    if (!ready.ok()) return console_.fail(ExitCode::BadInput, ready.message());
    for (const Sweep& sweep : sweeps_) {
      const Status status = run_one(sweep);
      if (!status.ok()) return console_.fail(ExitCode::BadInput, status.message());
    }
    return finish();
  }

 private:
  ExitCode load() {
    std::vector<std::string> problems;
    for (const std::string& path : arguments_.paths) {
      for (const std::string& file : scenarios::scenario_files(path)) load_file(file, problems);
    }
    return console_.check_selection(problems, "sweep", sweeps_.size(), arguments_.seeds);
  }
  void load_file(const std::string& file, std::vector<std::string>& problems) {
    scenarios::SweepLoad loaded = scenarios::load_sweep(file, catalogue_, arguments_.set);
    console_.tell(loaded.warnings);
    problems.insert(problems.end(), loaded.problems.begin(), loaded.problems.end());
    if (loaded.sweep) sweeps_.push_back(std::move(*loaded.sweep));
  }

  Status can_write() const {
    if (arguments_.out.empty()) return {};
    const DirectoryPlace place = place_of(arguments_.out);
    const StagedReports staged(place.parent, kSweepDirectory);
    const Status status = staged.open();
    return status.ok() ? staged.accepts(place.name) : status;
  }

  Status run_one(const Sweep& sweep) {
    scenarios::SweepOptions options;
    options.first_seed = arguments_.seeds ? arguments_.seeds->first : 1;
    options.end_seed = arguments_.seeds ? arguments_.seeds->end : sweep.seeds + 1;
    options.jobs = arguments_.jobs;
    ProgressMeter meter(console_, sweep.name);
    auto result = run_sweep(catalogue_, sweep, options,
                            [&meter](auto done, auto total, auto failures) { meter(done, total, failures); });
    if (!result.ok()) return result.status();
    results_.push_back(std::move(result).value());
    views_.push_back({sweep, results_.back(), options.first_seed, options.end_seed});
    text_ << sweep_text(views_.back(), paint_) << std::flush;
    if (arguments_.json) console_.out << json_sweep(views_.back()) << std::flush;
    return {};
  }

  ExitCode finish() {
    const Status written = write();
    if (!written.ok()) return console_.fail(ExitCode::BadInput, written.message());
    if (!arguments_.out.empty())
      text_ << "report: " << (std::filesystem::path(arguments_.out) / "sweep.html").string() << "\n";
    ExitCode code = ExitCode::Holds;
    for (const SweepView& view : views_) code = worse(code, code_of(view));
    for (const SweepView& view : views_) {
      if (!view.result.first_violation) continue;
      text_ << "seed " << hex(view.result.first_violation->seed) << " of " << one_line(view.sweep.name) << "\n"
            << failure_story(view.result.first_violation->result, paint_, console_.program);
    }
    return code;
  }
  Status write() const {
    if (arguments_.out.empty()) return {};
    std::string json;
    for (const SweepView& view : views_) json += json_sweep(view);
    const DirectoryPlace place = place_of(arguments_.out);
    StagedReports staged(place.parent, kSweepDirectory);
    Status status = staged.open();
    if (status.ok()) status = staged.add(place.name, {{"sweep.html", sweep_page(views_)}, {"sweep.json", json}});
    return status.ok() ? staged.publish() : status;
  }
  // A sweep shows something when every point has something to measure.
  static ExitCode code_of(const SweepView& view) {
    if (view.result.first_violation) return ExitCode::Violated;
    for (const scenarios::PointResult& point : view.result.points) {
      if (point.measured == 0) return ExitCode::Inconclusive;
    }
    return ExitCode::Holds;
  }

  const scenarios::JobCatalogue& catalogue_;
  const SweepArguments& arguments_;
  const Console& console_;
  std::ostream& text_;
  Paint paint_;
  std::deque<Sweep> sweeps_;  // results and views refer to them
  std::deque<scenarios::SweepResult> results_;
  std::vector<SweepView> views_;
};

}  // namespace

ExitCode sweep(const scenarios::JobCatalogue& catalogue, const SweepArguments& arguments, const Console& console) {
  return SweepCommand(catalogue, arguments, console).run();
}

}  // namespace weir::reports
