#include "world/run_driver.h"

#include <algorithm>

#include "weir/engine/assert.h"
#include "world/effect.h"

namespace weir::sim {

using engine::EventKind;
using engine::JobState;
using engine::kWorldActor;

namespace {

std::size_t process_count(const RunInputs& inputs) {
  return 1 + std::size_t{inputs.setup.options.cluster.task_managers};
}

bool has_standby(const engine::JobOptions& options) {
  return options.high_availability == engine::HighAvailability::Store;
}

}  // namespace

RunDriver::RunDriver(ProcessFactory& factory)
    : processes_(scheduler_, log_, table_, data_, disks_, ha_, factory), environment_{scheduler_, timers_,   control_,
                                                                                      data_,      storage_,  disks_,
                                                                                      random_,    log_,      broker_,
                                                                                      files_,     segments_, defects_,
                                                                                      &ha_} {}

RunOutcome RunDriver::run(const RunInputs& inputs, Observer* observer) {
  RunOutcome outcome;
  try {
    set_up(inputs, observer);
    begin_storm(inputs);
    loop();
    outcome.end = *end_;
    tear_down();
    WEIR_ASSERT(segments_.in_use() == 0, "segments were neither sent nor released when the run ended");
  } catch (engine::InvariantViolation& broken) {
    outcome.end = RunEnd::InvariantViolated;
    outcome.invariant = std::move(broken);
    tear_down();
  }
  outcome.ended_at = scheduler_.now();
  outcome.trace_hash = log_.trace().hash();
  outcome.faults = faults_.activity();
  outcome.actions = user_.activity();
  outcome.stages = stages_;
  outcome.refusal = refusal_;
  outcome.events = handled_;
  return outcome;
}

void RunDriver::set_up(const RunInputs& inputs, Observer* observer) {
  WEIR_ASSERT(inputs.setup.graph != nullptr && inputs.workload != nullptr, "a run needs a job and a workload");
  const WorldSpec& world = inputs.world;
  const engine::ExecutionGraph& graph = *inputs.setup.graph;
  const Duration storm = bounded(world.storm);
  scheduler_.reset(world.seed, world.schedule, Time{storm + bounded(world.drain)});
  log_.reset(world.seed, observer, this);
  faults_.reset(world.faults, graph, Time{storm});
  table_.reset(process_count(inputs), has_standby(inputs.setup.options));
  pauses_.reset();
  segments_.reset(inputs.setup.options.network.segment_size);
  control_.reset(world.seed, world.control);
  data_.reset(world.seed, graph, world.data, world.detect_loss);
  storage_.reset(world.seed, world.storage);
  ha_.reset(world.seed, world.control, world.detect_loss);
  disks_.reset(world.seed, world.schedule, table_.size());
  random_.reset(world.seed);
  workload_ = inputs.workload;
  broker_.reset(*workload_);
  files_.reset(workload_.get());
  defects_ = inputs.defects;
  inputs_ = &inputs;
  user_.reset(inputs.actions);
  followers_.clear();
  stages_.clear();
  refusal_.clear();
  drain_due_ = false;
  job_ended_.reset();
  end_.reset();
  handled_ = 0;
}

// Without jitter what is queued first comes first: the phases, then the TaskManagers, then the faults.
void RunDriver::begin_storm(const RunInputs& inputs) {
  phase(Phase::Storm);
  schedule_phases();
  begin_first_stage();
  watch_events();
  const std::uint32_t storm = log_.cause();
  first_armed_ = storm + 1;
  const auto faults = static_cast<std::uint32_t>(inputs.world.faults.size());
  for (std::uint32_t fault = 0; fault < faults; ++fault) {
    log_.begin_handler(storm);
    log_.world(WorldEventKind::FaultArmed, kWorldActor, fault);
  }
  log_.begin_handler(storm);
  processes_.reset(environment_, inputs.setup, inputs.world.detect_loss);
  for (std::uint32_t fault = 0; fault < faults; ++fault) schedule_fault(fault);
  keep_appointment();
}

void RunDriver::schedule_fault(std::uint32_t fault) {
  const Trigger& trigger = faults_.plan()[fault].trigger;
  if (trigger.at_event || faults_.triggered(fault)) return;
  QueuedEvent event;
  event.small = fault;
  event.b = first_armed_ + fault;
  scheduler_.push_at(trigger.time, Happening::TimedFault, event);
}

// The first event of a trace is that the storm begins: it leads to the calm.
void RunDriver::schedule_phases() {
  if (phase_ == Phase::Storm) scheduler_.push_at(Time{bounded(inputs_->world.storm)}, Happening::Calm, {});
  scheduler_.push(scheduler_.horizon_ns(), Happening::Deadline, {});
}

void RunDriver::loop() {
  while (!end_) {
    WEIR_ASSERT(!scheduler_.idle(), "the world stood still before its deadline");
    const QueuedEvent event = next_event();
    ++handled_;
    if (!pauses_.any() || !held(event)) dispatch(event);
    if (faults_.has_due() || drain_due_ || job_ended_ || user_.has_wish()) [[unlikely]]
      after_handler();
  }
}

QueuedEvent RunDriver::next_event() { return pauses_.has_due() ? pauses_.take_due() : scheduler_.pop(); }

void RunDriver::dispatch(const QueuedEvent& event) {
  switch (happening_of(event)) {
    case Happening::Timer:
      return timers_.fire(event);
    case Happening::Message:
      return control_.deliver(event);
    case Happening::Segment:
      return data_.deliver_segment(event);
    case Happening::Credit:
      return data_.deliver_credit(event);
    case Happening::SegmentSize:
      return data_.deliver_size(event);
    case Happening::ConnectionBreak:
      return data_.report_break(event);
    case Happening::Stored:
      return storage_.complete(event);
    case Happening::ProcessStart:
      return processes_.start(event);
    case Happening::Unreachable:
      return processes_.report_unreachable(event);
    case Happening::ProcessLoss:
      return processes_.report_loss(event);
    case Happening::HaRequest:
      return ha_.arrive(event);
    case Happening::HaAnswer:
      return ha_.deliver_answer(event);
    case Happening::LeaderNews:
      return ha_.deliver_news(event);
    case Happening::SessionEnd:
      return ha_.end_session(event);
    case Happening::TimedFault:
      return faults_.on_time(event.small, static_cast<std::uint32_t>(event.b));
    case Happening::TimedAction:
      log_.begin_handler(static_cast<std::uint32_t>(event.b));
      return user_.on_time(event.small);
    case Happening::Resume:
      return resume(event);
    case Happening::Calm:
      return begin_calm(event);
    case Happening::Deadline:
      end_ = RunEnd::OutOfTime;
      return;
  }
}

// --- between two handlers ------------------------------------------------------------------------------------------

void RunDriver::on_watched(const TraceEvent& event, std::uint32_t index) {
  if (event.kind == EventKind::JobStateChanged) {
    const auto state = static_cast<JobState>(event.detail);
    if (is_terminal(state)) {
      job_ended_ = state;
      storage_.job_over();  // before the job cleans up
    }
  }
  if (event.kind == EventKind::CheckpointCompleted && phase_ == Phase::Calm) drain_due_ = true;
  faults_.on_event(event, index);
  user_.on_event(event);
}

void RunDriver::after_handler() {
  if (job_ended_) return job_ended();
  if (end_) return;
  if (drain_due_) begin_drain();
  while (faults_.has_due() && !end_) strike(faults_.take_due());
  if (end_) return;
  if (user_.has_due() && !pauses_.paused(ha_.leader().process)) ask();
  keep_appointment();
}

void RunDriver::strike(const FaultInjector::Due& due) {
  if (!faults_.fire(due.fault, scheduler_.now())) return;
  watch_events();
  log_.begin_handler(due.cause);
  log_.world(WorldEventKind::FaultFired, kWorldActor, due.fault);
  const Fault& fault = faults_.plan()[due.fault];
  if (lasts(fault.kind) || !take_effect(fault)) return;
  report_effect(faults_, log_, due.fault);
  if (fault.kind == FaultKind::Pause) return;
  if (fault.task_manager == 0 || fault.kind == FaultKind::LoseLeadership) user_.lose_job_manager();
  if (fault.task_manager == 0 && !available()) lose_job();
}

// False: nothing in the world changed. A process that dies while it stands still goes on at nothing.
bool RunDriver::take_effect(const Fault& fault) {
  if (fault.kind == FaultKind::LoseLeadership) return ha_.depose(fault.duration);
  const ProcessId struck = fault.task_manager == 0 ? ha_.leader().process : ProcessId{fault.task_manager};
  if (fault.kind == FaultKind::Pause) return pause(struck, fault.duration);
  const bool died = processes_.crash(struck, fault.duration);
  if (died && pauses_.paused(struck)) pauses_.end(struck);
  return died;
}

bool RunDriver::available() const {
  const engine::JobSetup& setup = followers_.empty() ? inputs_->setup : *followers_.back();
  return has_standby(setup.options);
}

// --- phases --------------------------------------------------------------------------------------------------------

void RunDriver::begin_calm(const QueuedEvent& event) {
  faults_.calm();
  log_.begin_handler(event.small);
  phase(Phase::Calm);
  watch_events();
  for (const ProcessId process : pauses_.all()) go_on(process);
}

void RunDriver::begin_drain() {
  drain_due_ = false;
  phase(Phase::Drain);
  watch_events();
}

void RunDriver::phase(Phase next) {
  phase_ = next;
  log_.world(WorldEventKind::PhaseChanged, kWorldActor, static_cast<std::uint32_t>(next));
}

void RunDriver::watch_events() {
  KindSet kinds = faults_.watched();
  user_.add_watched(kinds);
  kinds.add(EventKind::JobStateChanged);
  if (phase_ == Phase::Calm) kinds.add(EventKind::CheckpointCompleted);
  log_.watch(kinds);
}

// Processes go first: they hold segments.
void RunDriver::tear_down() {
  processes_.destroy_all();
  data_.clear();
  control_.clear();
  storage_.abandon_writes();
}

}  // namespace weir::sim
