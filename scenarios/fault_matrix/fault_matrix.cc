#include "weir/scenarios/fault_matrix.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "campaign/guarded.h"
#include "campaign/job_cache.h"
#include "campaign/parallel.h"
#include "fault_matrix/faults.h"
#include "fault_matrix/ground.h"

namespace weir::scenarios {
namespace {

using engine::Status;
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

  engine::Result<MatrixResult> run(const std::vector<Scenario>& scenarios) {
    begin();
    total_ = scenarios.size() * kGrounds.size() * (options_.end_seed - options_.first_seed);
    for (const Scenario& scenario : scenarios) {
      Status status = run_scenario(scenario);
      if (!status.ok()) return status;
    }
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

  Status run_scenario(const Scenario& scenario) {
    const std::string why = why_no_ground(scenario);
    if (!why.empty()) return {StatusCode::Invalid, scenario.name + ": " + why};
    for (std::uint64_t seed = options_.first_seed; seed < options_.end_seed; ++seed) {
      for (const Ground ground : kGrounds) {
        Status status = run_ground(scenario, ground, seed);
        if (!status.ok()) return status;
      }
    }
    return {};
  }

  // First the run as it is without the fault; then every cell that has a place in it.
  Status run_ground(const Scenario& scenario, Ground ground, std::uint64_t seed) {
    auto job = guarded(scenario.base, "preparing the job", [&] { return jobs_->get(scenario.base.job); });
    if (!job.ok()) return job.status();
    const RunSpec base = spec_of(scenario, *job.value()->job.graph, ground, seed);
    Runner runner(jobs_);
    const auto calm = runner.run(base);
    if (!calm.ok()) return calm.status();
    const Places places = find_places(phases_, runner.trace(), runner.graph(), options_.places);
    Status status = run_cells(base, ground, places);
    if (progress_) progress_(++done_, total_, violated());
    return status;
  }

  Status run_cells(const RunSpec& base, Ground ground, const Places& places) {
    std::vector<Status> outcomes(result_.cells.size());
    const auto make_worker = [&]() -> ItemWorker {
      return [&, runner = std::make_shared<Runner>(jobs_)](std::size_t cell) {
        outcomes[cell] = run_cell(*runner, base, ground, places, cell);
      };
    };
    for_each_item(outcomes.size(), options_.jobs, make_worker, [](std::size_t) {});
    const auto bad = std::find_if(outcomes.begin(), outcomes.end(), [](const Status& s) { return !s.ok(); });
    return bad == outcomes.end() ? Status{} : *bad;
  }

  // Each cell is one thread's.
  Status run_cell(Runner& runner, const RunSpec& base, Ground ground, const Places& places, std::size_t index) {
    const std::size_t phase = index / faults_.size();
    const auto& grounds = phases_[phase].grounds;
    if (std::find(grounds.begin(), grounds.end(), ground) == grounds.end()) return {};
    for (const MatrixPlace& place : places[phase]) {
      RunSpec spec = base;
      for (sim::Fault& fault : plan_of(faults_[index % faults_.size()], place)) {
        spec.world.faults.push_back(std::move(fault));
      }
      auto run = runner.run(spec);
      if (!run.ok()) return run.status();
      add(result_.cells[index], std::move(run).value());
    }
    return {};
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
  return MatrixRun(catalogue, options, progress).run(scenarios);
}

}  // namespace weir::scenarios
