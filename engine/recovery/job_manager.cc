#include "recovery/job_manager.h"

#include <type_traits>
#include <utility>
#include <variant>

#include "task/user_code.h"
#include "weir/engine/assert.h"

namespace weir::engine {
namespace {

// Kinds of TimerEvent: those of checkpoints from 0 on, those of the scheduler from here on, then those of heartbeats,
// and the one of events.
constexpr std::uint8_t kFirstSchedulerTimer = 16;
constexpr std::uint8_t kEventTimer = 48;
constexpr unsigned kSessionShift = 48;  // in the id of a write

// Attempts of a session are numbered above those of the sessions before it, which nobody else knows of any more.
constexpr std::uint32_t kAttemptsPerSession = 100'000;

AttemptId attempts_before(const JobSetup& setup, SessionId session) {
  const std::uint32_t sessions = session.value == 0 ? 0 : session.value - 1;
  return {setup.attempts_before.value + sessions * kAttemptsPerSession};
}

template <class T>
inline constexpr bool kForJobManager =
    std::is_same_v<T, RegisterTaskManager> || std::is_same_v<T, TaskStateUpdate> ||
    std::is_same_v<T, AcknowledgeCheckpoint> || std::is_same_v<T, DeclineCheckpoint> ||
    std::is_same_v<T, EndOfDataReport> || std::is_same_v<T, Heartbeat> || std::is_same_v<T, CoordinatorEvent> ||
    std::is_same_v<T, EventSeen>;

}  // namespace

JobManager::JobManager(Environment& environment, const JobSetup& setup, Leader self, RecoveredJob recovered)
    : environment_(environment),
      setup_(setup),
      self_(self),
      recovered_(std::move(recovered)),
      scheduler_(*setup.graph, setup.options, environment.defects, attempts_before(setup, self.session), self.process),
      operators_(*setup.graph, setup.options, environment.defects, scheduler_.tasks(), actor_of(self_.process)),
      coordinator_(*setup.graph, setup.options.checkpoint, environment.defects, scheduler_.tasks(), setup.directory,
                   self, operators_.any()),
      heartbeats_(setup.options.heartbeat),
      deployed_before_(self.session > SessionId{1}) {}

// What the leader before left is newer than what the job was started from (RE-7, CO-45).
void JobManager::start() {
  if (setup_.initial != nullptr && recovered_.checkpoints.empty()) coordinator_.restore(*setup_.initial);
  const auto outcome = recovered_.outcome;
  if (available()) coordinator_.recover(std::move(recovered_));
  if (outcome) {
    coordinator_.conclude(*outcome);
  } else {
    scheduler_.start();
  }
  begin_heartbeats();
  settle();
}

// RP-2
void JobManager::on_message(ProcessId from, SessionId session, Message&& message) {
  if (session != self_.session) return;
  std::visit(
      [&](auto& m) {
        if constexpr (kForJobManager<std::decay_t<decltype(m)>>) {
          handle(from, std::move(m));
        } else {
          WEIR_ASSERT(false, "a message for TaskManagers reached the JobManager");
        }
      },
      message);
  settle();
}

void JobManager::on_timer(const TimerEvent& event) {
  const bool scheduling = event.kind >= kFirstSchedulerTimer && event.kind < kFirstHeartbeatTimer;
  const bool of_event = event.kind == kEventTimer;
  if ((scheduling || of_event ? event.argument : event.attempt) != self_.session.value) return;  // of another session
  if (of_event) {
    operators_.on_timeout(SubtaskId{event.subtask}, event.attempt);
  } else if (event.kind >= kFirstHeartbeatTimer) {
    on_heartbeat_timer(static_cast<HeartbeatTimer>(event.kind - kFirstHeartbeatTimer), event.argument);
  } else if (scheduling) {
    scheduler_.on_timer(moment(), static_cast<SchedulerTimer>(event.kind - kFirstSchedulerTimer),
                        SubtaskId{event.subtask}, event.attempt);
  } else {
    coordinator_.on_timer(now(), static_cast<CheckpointTimer>(event.kind), event.argument);
  }
  settle();
}

void JobManager::on_stored(WriteId id, const Status& status) {
  if (id.value >> kSessionShift != self_.session.value) return;  // begun under another session
  coordinator_.metadata_stored(now(), CheckpointId{id.value & ((std::uint64_t{1} << kSessionShift) - 1)}, status);
  settle();
}

void JobManager::on_ha_answer(const HaAnswer& answer) {
  coordinator_.store_answered(now(), answer);
  settle();
}

void JobManager::suspend() {
  if (environment_.defects.has(Defect::EndSuspendedJob)) {
    coordinator_.shut_down(JobState::Suspended);
    settle();
  }
  perform(Event{EventKind::JobStateChanged, actor_of(self_.process), static_cast<std::uint32_t>(JobState::Suspended)});
}

void JobManager::handle(ProcessId from, const RegisterTaskManager& message) {
  coordinator_.process_began(from, message.incarnation);
  scheduler_.registered(moment(), from, message);
  watch(from, message.incarnation);
}

// --- what the user asks for ----------------------------------------------------------------------------------------

void JobManager::on_request(const JobRequest& request) {
  perform(Event{EventKind::RequestReceived, actor_of(self_.process), static_cast<std::uint32_t>(request.kind),
                request.number, 0});
  if (request.kind == JobRequestKind::Savepoint) {
    coordinator_.request_savepoint(now(), {CheckpointKind::Savepoint, request.format}, request.number);
  } else if (request.kind == JobRequestKind::Cancel) {
    cancel(request.number);
  } else {
    stop(request);
  }
  settle();
}

// Answered when the job has ended, which it may have done already.
void JobManager::cancel(std::uint32_t request) {
  const JobState state = scheduler_.state();
  if (is_terminal(state)) return answer(request, kNoCheckpoint, state == JobState::Canceled);
  cancel_requests_.push_back(request);
  scheduler_.cancel_job();
}

// SP-5: first the rhythm stops, so that nothing is taken beside the savepoint.
void JobManager::stop(const JobRequest& request) {
  if (!stop_.begin(request.number)) return answer(request.number, kNoCheckpoint, false);  // SP-10
  coordinator_.suspend();
  const bool drain = request.kind == JobRequestKind::StopAndDrain;
  const CheckpointKind kind = drain ? CheckpointKind::TerminateSavepoint : CheckpointKind::SuspendSavepoint;
  coordinator_.request_savepoint(now(), {kind, request.format}, request.number);
}

void JobManager::perform(SavepointEnded& effect) {
  const bool stored = effect.savepoint != kNoCheckpoint;
  const bool stopping = stop_.savepoint_ended(effect.request, effect.savepoint);
  if (stopping && stored) return scheduler_.savepoint_completed();  // answered when the job has ended
  if (stopping) coordinator_.resume(now());                         // SP-8
  answer(effect.request, effect.savepoint, stored);
}

// With high availability the job is over when that is durable: until then a leader that follows would start it again.
void JobManager::perform(const Event& event) {
  const bool end = event.kind == EventKind::JobStateChanged && is_terminal(static_cast<JobState>(event.detail));
  if (!end || !available()) environment_.events.emit(event);
}

void JobManager::perform(JobEnded& effect) {
  if (available()) return coordinator_.conclude(effect.state);
  end(effect.state);
}

void JobManager::perform(JobConcluded& effect) {
  environment_.events.emit(
      Event{EventKind::JobStateChanged, actor_of(self_.process), static_cast<std::uint32_t>(effect.state)});
  end(effect.state);
}

void JobManager::end(JobState state) {
  coordinator_.shut_down(state);
  if (const auto request = stop_.job_ended()) answer(*request, stop_.savepoint(), state == JobState::Finished);
  for (const std::uint32_t request : cancel_requests_) answer(request, kNoCheckpoint, state == JobState::Canceled);
}

void JobManager::answer(std::uint32_t request, CheckpointId savepoint, bool fulfilled) {
  perform(Event{EventKind::RequestEnded, actor_of(self_.process), request, savepoint.value, fulfilled ? 1u : 0u});
}

void JobManager::on_segment(ConnectionId, Segment*) { WEIR_ASSERT(false, "the JobManager has no data connection"); }
void JobManager::on_credit(ConnectionId, std::uint32_t) { WEIR_ASSERT(false, "the JobManager has no data connection"); }
void JobManager::on_segment_size(ConnectionId, std::uint32_t) {
  WEIR_ASSERT(false, "the JobManager has no data connection");
}
void JobManager::on_connection_broken(ConnectionId) { WEIR_ASSERT(false, "the JobManager has no data connection"); }

void JobManager::settle() {
  for (;;) {
    while (perform_next()) {
    }
    if (!scheduler_.ready_to_deploy() || !coordinator_.newest_is_certain()) return;
    deploy();
  }
}

template <class Effect>
bool JobManager::perform_next(EffectQueue<Effect>& effects) {
  if (effects.empty()) return false;
  Effect effect = effects.take();
  std::visit([this](auto& e) { this->perform(e); }, effect);
  return true;
}

bool JobManager::perform_next() {
  return perform_next(coordinator_.effects()) || perform_next(scheduler_.effects()) ||
         perform_next(operators_.effects());
}

void JobManager::deploy() {
  const RestoreAssignment restore = assign_restore(*setup_.graph, coordinator_.completed(), environment_.defects);
  if (std::exchange(deployed_before_, true) || restore.checkpoint != kNoCheckpoint) {
    perform(Event{EventKind::RestoreChosen, actor_of(self_.process), 0, restore.checkpoint.value, 0});
  }
  if (std::exchange(begins_anew_, false)) reset_coordinators();
  scheduler_.deploy(restore);
  operators_.deployed(restore.checkpoint);
}

// RE-6. What a source has is asked for by a reader that is not used for anything else. If that fails, so will the
// readers.
void JobManager::reset_coordinators() {
  std::vector<std::vector<SourceSplit>> discovered;
  for (const JobVertex* vertex : operators_.vertices()) {
    const auto made = vertex->chain.front().factory->create();
    SourceOperator& source = SourceOperator::of(*made);
    std::vector<SourceSplit>& splits = discovered.emplace_back();
    run_user_code(FailureCause::SourceFailed, [&] { splits = source.discover(environment_); });
  }
  operators_.reset(coordinator_.completed().newest(), std::move(discovered));
}

void JobManager::perform(FailJob&) {
  begins_anew_ = true;
  scheduler_.fail_job(moment());
}

void JobManager::perform(TellCoordinators& effect) {
  effect.completed ? operators_.on_completed(effect.checkpoint) : operators_.on_aborted(effect.checkpoint);
}

void JobManager::perform(TaskFinished& effect) {
  operators_.subtask_finished(effect.attempt);
  coordinator_.task_finished(now(), effect.attempt);
}

void JobManager::perform(SendToTask& effect) {
  environment_.control.send(self_.process, scheduler_.process_of(effect.subtask), self_.session,
                            std::move(effect.message));
}

void JobManager::perform(ArmEventTimeout& effect) {
  environment_.timers.arm(self_.process, setup_.options.rpc.deploy_timeout,
                          {kEventTimer, effect.subtask.value, effect.number, self_.session.value});
}

void JobManager::perform(CoordinatorsSnapshotted& effect) {
  coordinator_.coordinators_snapshotted(now(), effect.checkpoint, std::move(effect.states));
}

void JobManager::perform(WriteMetadata& effect) {
  const WriteId id{std::uint64_t{self_.session.value} << kSessionShift | effect.checkpoint.value};
  environment_.storage.write(self_.process, id, std::move(effect.path), std::move(effect.content));
}

void JobManager::perform(CleanDirectory& effect) {
  for (const std::string& file : environment_.storage.list(effect.directory)) {
    if (effect.keep.count(file) == 0) environment_.storage.remove(file);
  }
}

void JobManager::perform(ArmCheckpointTimer& effect) {
  const auto kind = static_cast<std::uint8_t>(effect.kind);
  environment_.timers.arm(self_.process, effect.delay, {kind, 0, self_.session.value, effect.argument});
}

void JobManager::perform(ArmSchedulerTimer& effect) {
  const auto kind = static_cast<std::uint8_t>(kFirstSchedulerTimer + static_cast<std::uint8_t>(effect.kind));
  environment_.timers.arm(self_.process, effect.delay, {kind, effect.subtask.value, effect.life, self_.session.value});
}

void JobManager::perform(SendToProcess& effect) {
  environment_.control.send(self_.process, effect.to, self_.session, std::move(effect.message));
}

}  // namespace weir::engine
