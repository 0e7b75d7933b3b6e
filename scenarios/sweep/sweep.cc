#include "weir/scenarios/sweep.h"

#include <memory>
#include <utility>

#include "campaign/cause.h"
#include "campaign/guarded.h"
#include "campaign/job_cache.h"
#include "campaign/parallel.h"
#include "campaign/refused.h"
#include "sweep/measures.h"
#include "sweep/samples.h"
#include "sweep/twin.h"

namespace weir::scenarios {
namespace {

// One run of a point: which, and what it came to.
struct Place {
  std::size_t point = 0;
  std::uint64_t seed = 0;
};

class SweepRun {
 public:
  SweepRun(const JobCatalogue& catalogue, const Sweep& sweep, const SweepOptions& options)
      : sweep_(sweep),
        options_(options),
        jobs_(std::make_shared<JobCache>(catalogue)),
        samples_(sweep.points.size() * seeds()) {}

  SweepResult run(const Progress& progress) {
    for_each_item(
        samples_.size(), options_.jobs, [this] { return worker(); },
        [&](std::size_t done) {
          if (progress) progress(done, samples_.size(), 0);
        });
    return result();
  }

 private:
  std::size_t seeds() const { return static_cast<std::size_t>(options_.end_seed - options_.first_seed); }
  Place place(std::size_t item) const { return {item / seeds(), options_.first_seed + item % seeds()}; }

  ItemWorker worker() {
    return [this, runner = std::make_shared<Runner>(jobs_)](std::size_t item) {
      samples_[item] = sample(*runner, spec_at(place(item)));
    };
  }
  RunSpec spec_at(const Place& at) {
    const Scenario& scenario = sweep_.points[at.point];
    RunSpec first = scenario.base;
    first.world.seed = at.seed;
    const auto job = value_or_refuse(guarded(first, "preparing the job", [&] { return jobs_->get(first.job); }));
    return spec_for_seed(scenario, *job->job.graph, at.seed);
  }

  Sample sample(Runner& runner, const RunSpec& spec) {
    const RunResult result = value_or_refuse(runner.run(spec));
    Sample sample;
    sample.answer = result.answer;
    sample.restarts = result.restarts;
    sample.checkpoints = result.checkpoints_completed;
    measure(runner, result, sample);
    return sample;
  }
  void measure(Runner& runner, const RunResult& result, Sample& sample) {
    switch (sweep_.measure) {
      case Measure::CheckpointDuration:
        sample.value = mean_checkpoint_duration(runner.trace());
        return;
      case Measure::InFlight:
        sample.value = mean_in_flight(runner.trace());
        return;
      case Measure::LostWork:
        return measure_lost_work(runner, result, sample);
      case Measure::RepeatedResults:
        sample.value = repeated_results(runner, result);
        return;
      case Measure::RunTime:
        sample.value = finished_at(result.outcome);
        return;
    }
  }
  // Results that are missing may only be late while the job has not finished.
  static std::optional<std::int64_t> repeated_results(const Runner& runner, const RunResult& result) {
    if (result.outcome.end != sim::RunEnd::JobFinished) return std::nullopt;
    return static_cast<std::int64_t>(results_committed(runner.trace())) -
           static_cast<std::int64_t>(properties::expected_results(runner.reference()));
  }
  void measure_lost_work(Runner& runner, const RunResult& result, Sample& sample) {
    const auto processed = input_processed_at(result.outcome, runner.trace());
    const TwinRun calm = value_or_refuse(twins_.run(runner, without_faults(result.spec)));
    const TwinRun ideal = value_or_refuse(twins_.run(runner, without_faults_and_checkpoints(result.spec)));
    if (!processed || !calm.processed_at || !ideal.processed_at) return;
    sample.value = *processed - *ideal.processed_at;
    sample.processed_at = *processed;
    sample.twin_checkpoint_time = *calm.processed_at - *ideal.processed_at;
    sample.twin_checkpoints = calm.checkpoints;
  }

  SweepResult result() {
    SweepResult result;
    for (auto at = samples_.begin(); at != samples_.end(); at += static_cast<std::ptrdiff_t>(seeds())) {
      result.points.push_back(summed({at, at + static_cast<std::ptrdiff_t>(seeds())}));
    }
    const bool young = sweep_.measure == Measure::LostWork && sweep_.x.key == "checkpoint.interval";
    if (young && sweep_.series.key.empty()) result.failure_model = failure_model_of(samples_);
    result.first_violation = first_violation();
    return result;
  }
  std::optional<Failure> first_violation() {
    for (std::size_t item = 0; item < samples_.size(); ++item) {
      if (samples_[item].answer != properties::Answer::Violated) continue;
      Runner runner(jobs_);
      Failure failure;
      failure.seed = place(item).seed;
      failure.result = value_or_refuse(runner.run(spec_at(place(item))));
      failure.cause = failure.result.cause;
      failure.fingerprint = fingerprint_of(failure.result);
      return failure;
    }
    return std::nullopt;
  }

  const Sweep& sweep_;
  const SweepOptions& options_;
  std::shared_ptr<JobCache> jobs_;
  Twins twins_;
  std::vector<Sample> samples_;  // by point, then seed
};

constexpr MeasureInfo kMeasures[] = {
    {Measure::CheckpointDuration, "checkpoint-duration", "checkpoint duration", MeasureUnit::Duration,
     "time from the trigger of a periodic checkpoint to its last acknowledgement, of those that completed before the "
     "end "
     "of the input; mean of a run"},
    {Measure::InFlight, "in-flight", "records in flight in a checkpoint", MeasureUnit::Count,
     "records that a periodic checkpoint saved because its barriers overtook them, of those that completed before the "
     "end of the input; mean of a run"},
    {Measure::LostWork, "lost-work", "lost work", MeasureUnit::Duration,
     "time until all input is processed, beyond that of a run with the same seed, without faults and checkpoints: what "
     "checkpoints cost, what is done again, and the restarts themselves"},
    {Measure::RepeatedResults, "repeated-results", "repeated results", MeasureUnit::Count,
     "results committed beyond those of a fault-free run"},
    {Measure::RunTime, "run-time", "run time", MeasureUnit::Duration, "time until the job finishes"},
};

}  // namespace

std::span<const MeasureInfo> all_measures() { return kMeasures; }

const MeasureInfo& info(Measure measure) {
  for (const MeasureInfo& info : kMeasures) {
    if (info.measure == measure) return info;
  }
  return kMeasures[0];
}

engine::Result<SweepResult> run_sweep(const JobCatalogue& catalogue, const Sweep& sweep, const SweepOptions& options,
                                      const Progress& progress) {
  return unless_refused([&] {
    refuse_no_seeds(options.first_seed, options.end_seed);
    return SweepRun(catalogue, sweep, options).run(progress);
  });
}

}  // namespace weir::scenarios
