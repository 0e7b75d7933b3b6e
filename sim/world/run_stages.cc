#include <algorithm>
#include <utility>

#include "weir/engine/hash.h"
#include "world/run_driver.h"

// What the user does with the job, and how a further job takes the place of one that has ended: with processes, disks
// and connections of its own, in the same world of storage, log and time.

namespace weir::sim {

using engine::EventKind;
using engine::JobState;
using engine::kWorldActor;

namespace {

constexpr Duration kAskAgain{200'000'000};

}  // namespace

std::string directory_of_stage(std::uint32_t stage) {
  return stage == 0 ? std::string() : "job-" + std::to_string(stage + 1) + "/";
}

void RunDriver::begin_first_stage() {
  stages_.push_back({inputs_->setup.graph, 0, {}});
  user_.begin_stage(*inputs_->setup.graph);
}

void RunDriver::keep_appointment() {
  const auto appointment = user_.take_appointment();
  if (!appointment) return;
  QueuedEvent event;
  event.small = appointment->action;
  event.b = log_.cause();
  const Time at =
      appointment->again ? scheduler_.now() + kAskAgain : inputs_->actions[appointment->action].trigger.time;
  scheduler_.push_at(at, Happening::TimedAction, event);
}

// The answer may come at once, and lead on to the next action.
void RunDriver::ask() {
  while (user_.has_due() && !job_ended_) {
    log_.world(WorldEventKind::ActionTaken, kWorldActor, user_.current());
    if (!processes_.ask(user_.take_due())) user_.lose_job_manager();
    watch_events();
  }
  if (job_ended_) job_ended();
}

void RunDriver::job_ended() {
  const JobState state = *std::exchange(job_ended_, std::nullopt);
  user_.see_job_end(scheduler_.now());
  job_is_over(user_.ended_job()           ? RunEnd::JobStopped
              : state == JobState::Failed ? RunEnd::JobFailed
                                          : RunEnd::JobFinished);
}

// CO-46: what is left is what lies in storage, for who starts a job from it by hand.
void RunDriver::lose_job() {
  user_.lose_job(scheduler_.now());
  job_is_over(RunEnd::JobLost);
}

void RunDriver::job_is_over(RunEnd otherwise) {
  const std::size_t next = stages_.size() - 1;
  if (!user_.starts_next() || next >= inputs_->stages.size()) {
    end_ = otherwise;
    return;
  }
  const Stage& stage = inputs_->stages[next];
  const RestorePoint from = user_.newest(stage.from);
  auto setup = restored(stage, from);
  if (setup.ok()) return begin_stage(std::move(setup).value(), from);
  refusal_ = setup.status().message();
  end_ = RunEnd::RestoreRefused;
}

// Without anything to start from the job starts from the beginning: nothing of it was committed yet.
engine::Result<engine::JobSetup> RunDriver::restored(const Stage& stage, RestorePoint from) {
  if (from.id == engine::kNoCheckpoint) return stage.setup;
  engine::RestoreOptions options = stage.restore;
  options.directory = engine::checkpoint_directory(directory_of_stage(from.stage), from.id, from.kind);
  const auto metadata = storage_.read(engine::metadata_path(options.directory));
  if (!metadata.ok()) return metadata.status();
  auto setup = engine::restore_from(stage.setup, metadata.value(), options);
  if (!setup.ok()) return engine::Status(setup.status().code(), options.directory + ": " + setup.status().message());
  return setup;
}

void RunDriver::begin_stage(engine::JobSetup setup, RestorePoint from) {
  const auto number = static_cast<std::uint32_t>(stages_.size());
  setup.directory = directory_of_stage(number);
  setup.attempts_before = last_attempt();
  followers_.push_back(std::make_unique<engine::JobSetup>(std::move(setup)));
  const engine::JobSetup& next = *followers_.back();
  renew_world(next);
  const std::uint64_t restored = engine::starts_from(next).value;
  const std::uint32_t began =
      log_.world(WorldEventKind::StageBegan, kWorldActor, number, restored, engine::claims(next) ? 1 : 0);
  stages_.push_back({next.graph, began, {restored}});
  if (Observer* observer = log_.observer()) observer->on_stage(number, next);
  user_.begin_stage(*next.graph, from);
  faults_.look_up_names(*next.graph);
  watch_events();
  schedule_again();
  log_.begin_handler(began);
  processes_.reset(environment_, next, inputs_->world.detect_loss);
  keep_appointment();
}

// Other random numbers than those of the stage before, from the same seed.
void RunDriver::renew_world(const engine::JobSetup& setup) {
  const WorldSpec& world = inputs_->world;
  const std::uint64_t seed = engine::mix64(world.seed + stages_.size());
  processes_.destroy_all();
  data_.clear();
  control_.clear();
  scheduler_.drop_pending();
  table_.resize(1 + std::size_t{setup.options.cluster.task_managers},
                setup.options.high_availability == engine::HighAvailability::Store);
  pauses_.reset();
  segments_.reset(setup.options.network.segment_size);
  control_.reset(seed, world.control);
  data_.reset(seed, *setup.graph, world.data, world.detect_loss);
  storage_.begin_stage(seed);
  ha_.begin_stage(seed);
  disks_.reset(seed, world.schedule, table_.size());
}

// What does not belong to a job.
void RunDriver::schedule_again() {
  schedule_phases();
  const auto faults = static_cast<std::uint32_t>(faults_.plan().size());
  for (std::uint32_t fault = 0; fault < faults; ++fault) schedule_fault(fault);
}

engine::AttemptId RunDriver::last_attempt() const {
  const auto& events = log_.trace().events();
  const auto last = std::find_if(events.rbegin(), events.rend(),
                                 [](const TraceEvent& event) { return event.kind == EventKind::AttemptDeployed; });
  return last == events.rend() ? engine::AttemptId{} : engine::AttemptId{last->detail};
}

}  // namespace weir::sim
