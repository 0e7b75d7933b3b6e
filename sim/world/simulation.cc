#include "weir/sim/simulation.h"

#include "world/run_driver.h"

namespace weir::sim {

namespace {

class EngineProcesses final : public ProcessFactory {
 public:
  std::unique_ptr<engine::Process> job_manager(engine::Environment& environment, const engine::JobSetup& setup,
                                               ProcessId self) override {
    return engine::make_job_manager(environment, setup, self);
  }
  std::unique_ptr<engine::Process> task_manager(engine::Environment& environment, const engine::JobSetup& setup,
                                                ProcessId self, std::uint32_t incarnation) override {
    return engine::make_task_manager(environment, setup, self, incarnation);
  }
};

}  // namespace

class Simulation::World {
 public:
  RunDriver& driver() { return driver_; }

 private:
  EngineProcesses processes_;
  RunDriver driver_{processes_};
};

Simulation::Simulation() : world_(std::make_unique<World>()) {}
Simulation::~Simulation() = default;

RunOutcome Simulation::run(const RunInputs& inputs, Observer* observer) {
  return world_->driver().run(inputs, observer);
}

const Trace& Simulation::trace() const { return world_->driver().trace(); }

std::vector<VisibleRecord> Simulation::visible() const { return world_->driver().visible(); }

std::vector<StoredFile> Simulation::stored() const { return world_->driver().stored(); }

std::string_view name(SchedulePolicy policy) {
  switch (policy) {
    case SchedulePolicy::Fifo:
      return "fifo";
    case SchedulePolicy::Random:
      return "random";
  }
  return "?";
}

std::string_view name(RunEnd end) {
  switch (end) {
    case RunEnd::JobFinished:
      return "job-finished";
    case RunEnd::JobFailed:
      return "job-failed";
    case RunEnd::OutOfTime:
      return "out-of-time";
    case RunEnd::InvariantViolated:
      return "invariant-violated";
    case RunEnd::JobStopped:
      return "job-stopped";
    case RunEnd::RestoreRefused:
      return "restore-refused";
    case RunEnd::JobLost:
      return "job-lost";
  }
  return "?";
}

}  // namespace weir::sim
