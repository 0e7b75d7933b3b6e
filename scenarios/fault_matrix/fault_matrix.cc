#include "weir/scenarios/fault_matrix.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "campaign/guarded.h"
#include "campaign/job_cache.h"
#include "campaign/parallel.h"
#include "campaign/refused.h"
#include "fault_matrix/faults.h"
#include "fault_matrix/ground.h"

namespace weir::scenarios {
namespace {

using engine::StatusCode;
using properties::Answer;

using Places = std::vector<std::vector<MatrixPlace>>;  // by phase

class MatrixRun {
 public:
  MatrixRun(const JobCatalogue& catalogue, const MatrixOptions& options, const Progress& progress)
      : options_(options),
        progress_(progress),
        jobs_(std::make_shared<JobCache>(catalogue)),
        phases_(matrix_phases()),
        faults_(matrix_faults()) {}

  MatrixResult run(const std::vector<Scenario>& scenarios) {
    begin();
    total_ = scenarios.size() * kGrounds.size() * (options_.end_seed - options_.first_seed);
    for (const Scenario& scenario : scenarios) run_scenario(scenario);
    for (const MatrixCell& cell : result_.cells) result_.runs += cell.runs;
    return std::move(result_);
  }

 private:
  void begin() {
    for (const Phase& phase : phases_) result_.phases.push_back(phase.about);
    result_.faults = faults_;
    for (const Phase& phase : phases_) {
      for (const MatrixFault& fault : faults_) {
        result_.cells.emplace_back().infeasible = why_infeasible(phase.about, fault);
      }
    }
  }

  void run_scenario(const Scenario& scenario) {
    const std::string why = why_no_ground(scenario);
    if (!why.empty()) throw Refused{{StatusCode::Invalid, scenario.name + ": " + why}};
    for (std::uint64_t seed = options_.first_seed; seed < options_.end_seed; ++seed) {
      for (const Ground ground : kGrounds) run_ground(scenario, ground, seed);
    }
  }

  // First the run as it is without the fault; then every cell that has a place in it.
  void run_ground(const Scenario& scenario, Ground ground, std::uint64_t seed) {
    const auto prepared =
        value_or_refuse(guarded(scenario.base, "preparing the job", [&] { return jobs_->get(scenario.base.job); }));
    const RunSpec base = spec_of(scenario, *prepared->job.graph, ground, seed);
    Runner runner(jobs_);
    value_or_refuse(runner.run(base));
    run_cells(base, ground, find_places(phases_, runner.trace(), runner.graph(), options_.places));
    if (progress_) progress_(++done_, total_, violated());
  }

  void run_cells(const RunSpec& base, Ground ground, const Places& places) {
    const auto make_worker = [&]() -> ItemWorker {
      return [&, runner = std::make_shared<Runner>(jobs_)](std::size_t cell) {
        run_cell(*runner, base, ground, places, cell);
      };
    };
    for_each_item(result_.cells.size(), options_.jobs, make_worker, [](std::size_t) {});
  }

  // Each cell is one thread's.
  void run_cell(Runner& runner, const RunSpec& base, Ground ground, const Places& places, std::size_t index) {
    const std::size_t phase = index / faults_.size();
    const auto& grounds = phases_[phase].grounds;
    if (std::find(grounds.begin(), grounds.end(), ground) == grounds.end()) return;
    for (const MatrixPlace& place : places[phase]) {
      RunSpec spec = base;
      for (sim::Fault& fault : plan_of(faults_[index % faults_.size()], place)) {
        spec.world.faults.push_back(std::move(fault));
      }
      add(result_.cells[index], value_or_refuse(runner.run(spec)));
    }
  }

  static void add(MatrixCell& cell, RunResult&& run) {
    const sim::FaultActivity& struck = run.outcome.faults.back();
    const bool violated = run.answer == Answer::Violated;
    ++cell.runs;
    cell.fired += struck.fired;
    cell.took_effect += struck.took_effect;
    cell.held += struck.took_effect && run.answer == Answer::Holds;
    cell.violated += violated;
    if (violated && !cell.first) cell.first = std::move(run);
  }

  std::uint64_t violated() const {
    return static_cast<std::uint64_t>(std::count_if(result_.cells.begin(), result_.cells.end(),
                                                    [](const MatrixCell& cell) { return cell.violated > 0; }));
  }

  const MatrixOptions& options_;
  const Progress& progress_;
  std::shared_ptr<JobCache> jobs_;
  std::vector<Phase> phases_;
  std::vector<MatrixFault> faults_;
  MatrixResult result_;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
};

}  // namespace

CellStanding standing(const MatrixCell& cell) {
  if (cell.violated > 0) return CellStanding::Violated;
  if (!cell.infeasible.empty()) return cell.took_effect > 0 ? CellStanding::Refuted : CellStanding::Infeasible;
  if (cell.took_effect == 0) return CellStanding::Idle;
  return cell.held > 0 ? CellStanding::Holds : CellStanding::Undecided;
}

properties::Answer overall(const MatrixResult& result) {
  Answer answer = Answer::Holds;
  for (const MatrixCell& cell : result.cells) {
    const CellStanding is = standing(cell);
    if (is == CellStanding::Violated) return Answer::Violated;
    if (is != CellStanding::Holds && is != CellStanding::Infeasible) answer = Answer::Inconclusive;
  }
  return answer;
}

engine::Result<MatrixResult> run_matrix(const JobCatalogue& catalogue, const std::vector<Scenario>& scenarios,
                                        const MatrixOptions& options, const Progress& progress) {
  return unless_refused([&] { return MatrixRun(catalogue, options, progress).run(scenarios); });
}

}  // namespace weir::scenarios
