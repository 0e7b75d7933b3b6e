#include <deque>
#include <filesystem>
#include <memory>
#include <set>

#include "cli/commands.h"
#include "export/jsonl.h"
#include "export/junit.h"
#include "export/kept_checkpoints.h"
#include "export/staged_output.h"
#include "export/version.h"
#include "text/campaign_text.h"
#include "text/escape.h"
#include "text/numbers.h"
#include "weir/reports/run_report.h"
#include "weir/scenarios/runner.h"

namespace weir::reports {
namespace {

using engine::Status;
using scenarios::CampaignResult;
using scenarios::Scenario;

// One `weir run`: scenarios in order, each a campaign, then the summary.
class RunCommand {
 public:
  RunCommand(const scenarios::JobCatalogue& catalogue, const RunArguments& arguments, const Console& console)
      : catalogue_(catalogue),
        arguments_(arguments),
        console_(console),
        runner_(catalogue),
        text_(arguments.json ? console.err : console.out),
        paint_(arguments.json ? Paint(false) : console.paint) {}

  ExitCode run() {
    if (const ExitCode code = load(); code != ExitCode::Holds) return code;
    const Status ready = prepare_output();
    if (!ready.ok()) return console_.fail(ExitCode::BadInput, ready.message());
    if (arguments_.json) console_.out << json_run_started(kVersion, loaded_.scenarios.size());
    for (const Scenario& scenario : loaded_.scenarios) {
      const Status status = run_one(scenario);
      if (!status.ok()) return console_.fail(ExitCode::BadInput, status.message());
    }
    return finish();
  }

 private:
  ExitCode load() {
    loaded_ = scenarios::load_scenarios(arguments_.paths, catalogue_, arguments_.set);
    console_.tell(loaded_.warnings);
    const ExitCode code =
        console_.check_selection(loaded_.problems, "scenario", loaded_.scenarios.size(), arguments_.seeds);
    if (code != ExitCode::Holds) return code;
    if (!arguments_.keep_checkpoints.empty() && !is_one_run()) {
      return console_.fail(ExitCode::BadInput,
                           "--keep-checkpoints is of one run; choose one scenario, and one seed with --seeds");
    }
    width_ = name_width(loaded_.scenarios);
    return ExitCode::Holds;
  }

  bool is_one_run() const {
    if (loaded_.scenarios.size() != 1) return false;
    const scenarios::CampaignOptions options = options_for(loaded_.scenarios.front());
    return options.end_seed - options.first_seed == 1;
  }

  // Everything that can be refused is refused before the first seed runs.
  Status prepare_output() {
    Status status = arguments_.junit.empty() ? Status() : writable(arguments_.junit);
    if (status.ok()) status = can_keep_checkpoints(arguments_.keep_checkpoints);
    if (!status.ok() || arguments_.out.empty()) return status;
    staged_ = std::make_unique<StagedReports>(arguments_.out);
    status = staged_->open();
    for (const Scenario& scenario : loaded_.scenarios) {
      directories_.push_back(directory_name(scenario));
      if (status.ok()) status = staged_->accepts(directories_.back());
    }
    return status;
  }
  std::string directory_name(const Scenario& scenario) {
    const std::string base = file_name(scenario.name);
    std::string unique = base;
    for (int n = 2; !taken_.insert(unique).second; ++n) unique = base + "-" + std::to_string(n);
    return unique;
  }

  scenarios::CampaignOptions options_for(const Scenario& scenario) const {
    scenarios::CampaignOptions options;
    options.first_seed = arguments_.seeds ? arguments_.seeds->first : 1;
    options.end_seed = arguments_.seeds ? arguments_.seeds->end : scenario.seeds + 1;
    options.jobs = arguments_.jobs;
    options.check_determinism = arguments_.check_determinism;
    return options;
  }

  Status run_one(const Scenario& scenario) {
    auto result = campaign(scenario);
    if (!result.ok()) return result.status();
    results_.push_back(std::move(result).value());
    reports_.push_back(judge_scenario(scenario, results_.back()));
    ScenarioReport& report = reports_.back();
    Status status = look_closer(report);
    if (status.ok()) status = keep(report);
    if (!arguments_.quiet) text_ << scenario_line(report, width_, paint_);
    if (arguments_.verbose && passed(report.standing)) text_ << scenario_tallies(report, paint_);
    text_.flush();
    if (arguments_.json) print_json(report);
    return status;
  }
  engine::Result<CampaignResult> campaign(const Scenario& scenario) {
    ProgressMeter meter(console_, scenario.name);
    return run_campaign(catalogue_, scenario, options_for(scenario),
                        [&meter](auto done, auto total, auto failures) { meter(done, total, failures); });
  }
  void print_json(const ScenarioReport& report) {
    console_.out << json_scenario_result(report);
    for (const scenarios::Failure& failure : report.result.failures) {
      console_.out << json_failure(report, failure, "weir");
    }
    console_.out.flush();
  }

  // Runs the telling seed once more on machinery of its own: it must give the same trace, and that trace is reported.
  Status look_closer(ScenarioReport& report) {
    const scenarios::Failure* failure = telling_failure(report);
    auto spec = failure != nullptr ? failure->result.spec : scenarios::RunSpec{};
    if (failure == nullptr) {
      if (staged_ == nullptr || !arguments_.most_eventful) return {};
      auto eventful = most_eventful_spec(report);
      if (!eventful.ok()) return eventful.status();
      spec = std::move(eventful).value();
    }
    auto again = runner_.run(spec);
    if (!again.ok()) return again.status();
    if (failure != nullptr && again.value().outcome.trace_hash != failure->result.outcome.trace_hash) {
      report.standing = Standing::Nondeterministic;
      report.reason = "seed " + hex(failure->seed) + " gave another trace when it was run again";
    }
    return stage(again.value());
  }
  // The campaign's one run once more, for what it leaves in storage.
  Status keep(const ScenarioReport& report) {
    if (arguments_.keep_checkpoints.empty()) return {};
    const auto spec = most_eventful_spec(report);
    if (!spec.ok()) return spec.status();
    const auto again = runner_.run(spec.value());
    if (!again.ok()) return again.status();
    return keep_checkpoints(arguments_.keep_checkpoints, runner_.stored());
  }
  engine::Result<scenarios::RunSpec> most_eventful_spec(const ScenarioReport& report) {
    scenarios::JobRef job = report.scenario.base.job;
    const auto resolved = catalogue_.resolve(job);
    if (!resolved.ok()) return resolved.status();
    return scenarios::spec_for_seed(report.scenario, *resolved.value().graph, report.result.most_eventful_seed);
  }
  Status stage(const scenarios::RunResult& result) {
    if (staged_ == nullptr) return {};
    const std::string& directory = directories_[reports_.size() - 1];
    staged_directories_.push_back(directory);
    return staged_->add(directory, report_files({result, runner_.trace(), runner_.graph()}, {}));
  }

  ExitCode finish() {
    ExitCode code = ExitCode::Holds;
    for (const ScenarioReport& report : reports_) code = worse(code, exit_code_of(report.standing));
    const std::vector<ScenarioReport> all(reports_.begin(), reports_.end());
    const Status written = publish(all);
    text_ << campaign_line(all, paint_);
    if (written.ok()) print_places();
    print_failures();
    if (arguments_.json) print_totals(code);
    return written.ok() ? code : console_.fail(ExitCode::BadInput, written.message());
  }
  Status publish(const std::vector<ScenarioReport>& all) {
    Status status = staged_ == nullptr ? Status() : staged_->publish();
    if (status.ok() && !arguments_.junit.empty()) {
      status = write_file(arguments_.junit, junit_xml(all, {"weir", std::string(kVersion)}));
    }
    return status;
  }
  void print_places() {
    for (const std::string& directory : staged_directories_) {
      text_ << "report: " << (std::filesystem::path(arguments_.out) / directory / "report.html").string() << "\n";
    }
    if (!arguments_.keep_checkpoints.empty()) text_ << "checkpoints: " << arguments_.keep_checkpoints << "\n";
  }
  // Under --quiet only the last word of the first failure: what to paste.
  void print_failures() {
    for (const ScenarioReport& report : reports_) {
      if (passed(report.standing)) continue;
      if (!arguments_.quiet) {
        text_ << scenario_failure(report, paint_, console_.program);
        continue;
      }
      const scenarios::Failure* failure = telling_failure(report);
      if (failure == nullptr) continue;
      text_ << reproduce_command(failure->result.spec, console_.program) << "\n";
      return;
    }
  }
  void print_totals(ExitCode code) {
    CampaignTotals totals;
    for (const ScenarioReport& report : reports_) {
      ++totals.scenarios;
      totals.passed += passed(report.standing) ? 1u : 0u;
      totals.seeds += report.result.seeds;
    }
    console_.out << json_run_finished(totals, static_cast<int>(code));
  }

  const scenarios::JobCatalogue& catalogue_;
  const RunArguments& arguments_;
  const Console& console_;
  scenarios::Runner runner_;
  std::ostream& text_;
  Paint paint_;
  scenarios::LoadResult loaded_;
  std::size_t width_ = 0;
  std::deque<CampaignResult> results_;  // reports refer to them
  std::deque<ScenarioReport> reports_;
  std::unique_ptr<StagedReports> staged_;
  std::vector<std::string> directories_;  // by scenario
  std::vector<std::string> staged_directories_;
  std::set<std::string> taken_;
};

}  // namespace

ExitCode run_scenarios(const scenarios::JobCatalogue& catalogue, const RunArguments& arguments,
                       const Console& console) {
  return RunCommand(catalogue, arguments, console).run();
}

}  // namespace weir::reports
