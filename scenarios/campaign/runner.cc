#include "weir/scenarios/runner.h"

#include <algorithm>
#include <utility>

#include "campaign/cause.h"
#include "campaign/guarded.h"
#include "campaign/job_cache.h"
#include "campaign/stages.h"
#include "model/fault_reader.h"
#include "weir/engine/processes.h"

namespace weir::scenarios {
namespace {

using engine::Status;
using engine::StatusCode;
using properties::Answer;

constexpr char kFaultsFired[] = "faults-fired";
constexpr char kActionsTaken[] = "actions-taken";

Status check(const RunSpec& spec, const engine::JobSetup& setup) {
  const std::string problems = engine::validate(setup);
  if (!problems.empty()) return {StatusCode::Corrupt, problems};
  const FaultTargets targets{setup.graph.get(), spec.options.cluster.task_managers, spec.world.storm,
                             spec.options.high_availability == engine::HighAvailability::Store};
  for (const sim::Fault& fault : spec.world.faults) {
    if (const auto problem = check_fault(fault, targets)) {
      return {StatusCode::Corrupt, "fault '" + sim::to_text(fault) + "': " + problem->what};
    }
  }
  return {};
}

std::uint64_t count(const sim::Trace& trace, sim::TraceKind kind) {
  const auto& events = trace.events();
  return static_cast<std::uint64_t>(
      std::count_if(events.begin(), events.end(), [&](const sim::TraceEvent& e) { return e.kind == kind; }));
}

// A plan that never came to pass shows nothing.
void add_fault_verdict(RunResult& result) {
  if (result.outcome.faults.empty()) return;
  const Answer answer = properties::fault_activity_answer(result.outcome);
  const std::string reason = answer == Answer::Holds ? "" : properties::fault_activity_sentence(result.outcome);
  result.verdicts.push_back({kFaultsFired, answer, reason, {}, {}});
}

// The same for what the user was to do.
void add_action_verdict(RunResult& result) {
  if (result.spec.actions.empty()) return;
  properties::Verdict verdict{kActionsTaken, Answer::Holds, "", {}, {}};
  for (std::size_t i = 0; i < result.outcome.actions.size() && verdict.answer == Answer::Holds; ++i) {
    const sim::ActionActivity& activity = result.outcome.actions[i];
    if (activity.fulfilled) continue;
    verdict.answer = Answer::Inconclusive;
    verdict.reason = "'" + to_text(result.spec.actions[i]) + "' was " +
                     (activity.asked ? "asked for and not fulfilled before the run ended" : "not reached");
  }
  result.verdicts.push_back(std::move(verdict));
}

}  // namespace

class Runner::Impl {
 public:
  explicit Impl(std::shared_ptr<JobCache> jobs) : jobs_(std::move(jobs)) {}

  engine::Result<RunResult> run(const RunSpec& spec) {
    Status ready = prepare(spec.job);
    if (!ready.ok()) return ready;
    const engine::JobSetup setup{job_->job.graph, spec.options};
    ready = check(spec, setup);
    if (!ready.ok()) return ready;

    ready = prepare_stages(spec);
    if (!ready.ok()) return ready;

    RunResult result;
    result.spec = spec;
    result.spec.job = job_->ref;
    suite_.begin(setup, spec.world, job_->reference, references_of_stages());
    result.outcome = simulation_.run(
        {setup, job_->job.workload, spec.defects, spec.world, stages_.actions, stages_.stages}, &suite_);
    result.verdicts = suite_.judge(result.outcome, simulation_.trace());
    finish(result);
    return result;
  }
  const sim::Trace& trace() const { return simulation_.trace(); }
  std::vector<sim::StoredFile> stored() const { return simulation_.stored(); }
  const engine::ExecutionGraph& graph() const {
    WEIR_ASSERT(job_ != nullptr, "a runner has no graph before its first run");
    return *job_->job.graph;
  }
  const properties::Reference& reference() const {
    WEIR_ASSERT(job_ != nullptr, "a runner has no reference before its first run");
    return *job_->reference;
  }

 private:
  Status prepare(const JobRef& ref) {
    if (job_ != nullptr && (asked_ == ref || job_->ref == ref)) return {};
    auto found = jobs_->get(ref);
    if (!found.ok()) return found.status();
    job_ = std::move(found).value();
    asked_ = ref;
    return {};
  }
  // Seeds of a scenario have the same actions.
  Status prepare_stages(const RunSpec& spec) {
    if (spec.actions.empty()) {
      stages_ = {};
      return {};
    }
    auto prepared = scenarios::prepare_stages(spec, job_, *jobs_);
    if (!prepared.ok()) return prepared.status();
    stages_ = std::move(prepared).value();
    return {};
  }
  std::vector<std::shared_ptr<const properties::Reference>> references_of_stages() const {
    std::vector<std::shared_ptr<const properties::Reference>> references;
    for (const auto& job : stages_.jobs) references.push_back(job->reference);
    return references;
  }
  void finish(RunResult& result) const {
    add_fault_verdict(result);
    add_action_verdict(result);
    result.answer = properties::overall(result.verdicts);
    result.restarts = count(simulation_.trace(), engine::EventKind::RestartScheduled);
    result.checkpoints_completed = count(simulation_.trace(), engine::EventKind::CheckpointCompleted);
    result.cause = cause_of(result);
  }

  std::shared_ptr<JobCache> jobs_;
  JobRef asked_;
  std::shared_ptr<const PreparedJob> job_;
  PreparedStages stages_;
  sim::Simulation simulation_;
  properties::PropertySuite suite_;
};

Runner::Runner(const JobCatalogue& catalogue) : Runner(std::make_shared<JobCache>(catalogue)) {}
Runner::Runner(std::shared_ptr<JobCache> jobs) : impl_(std::make_unique<Impl>(std::move(jobs))) {}
Runner::~Runner() = default;
engine::Result<RunResult> Runner::run(const RunSpec& spec) {
  return guarded(spec, "running a seed", [&] { return impl_->run(spec); });
}
const sim::Trace& Runner::trace() const { return impl_->trace(); }
std::vector<sim::StoredFile> Runner::stored() const { return impl_->stored(); }
const engine::ExecutionGraph& Runner::graph() const { return impl_->graph(); }
const properties::Reference& Runner::reference() const { return impl_->reference(); }

}  // namespace weir::scenarios
