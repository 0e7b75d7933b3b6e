#include "recovery/job_manager.h"

#include <type_traits>
#include <utility>
#include <variant>

#include "weir/engine/assert.h"

namespace weir::engine {
namespace {

// Kinds of TimerEvent: those of checkpoints from 0 on, those of the scheduler from here on, then those of heartbeats.
constexpr std::uint8_t kFirstSchedulerTimer = 16;

template <class T>
inline constexpr bool kForJobManager =
    std::is_same_v<T, RegisterTaskManager> || std::is_same_v<T, TaskStateUpdate> ||
    std::is_same_v<T, AcknowledgeCheckpoint> || std::is_same_v<T, DeclineCheckpoint> ||
    std::is_same_v<T, EndOfDataReport> || std::is_same_v<T, Heartbeat>;

}  // namespace

JobManager::JobManager(Environment& environment, const JobSetup& setup)
    : environment_(environment),
      setup_(setup),
      scheduler_(*setup.graph, setup.options, environment.defects, setup.attempts_before),
      coordinator_(*setup.graph, setup.options.checkpoint, environment.defects, scheduler_.tasks(), setup.directory),
      heartbeats_(setup.options.heartbeat) {}

void JobManager::start() {
  if (setup_.initial != nullptr) coordinator_.restore(*setup_.initial);
  scheduler_.start();
  begin_heartbeats();
  settle();
}

void JobManager::on_message(ProcessId from, const Message& message) {
  std::visit(
      [&](const auto& m) {
        if constexpr (kForJobManager<std::decay_t<decltype(m)>>) {
          handle(from, m);
        } else {
          WEIR_ASSERT(false, "a message for TaskManagers reached the JobManager");
        }
      },
      message);
  settle();
}

void JobManager::on_timer(const TimerEvent& event) {
  if (event.kind >= kFirstHeartbeatTimer) {
    on_heartbeat_timer(static_cast<HeartbeatTimer>(event.kind - kFirstHeartbeatTimer), event.argument);
  } else if (event.kind >= kFirstSchedulerTimer) {
    scheduler_.on_timer(moment(), static_cast<SchedulerTimer>(event.kind - kFirstSchedulerTimer),
                        SubtaskId{event.subtask}, event.attempt);
  } else {
    coordinator_.on_timer(now(), static_cast<CheckpointTimer>(event.kind), event.argument);
  }
  settle();
}

void JobManager::on_stored(WriteId id, const Status& status) {
  coordinator_.metadata_stored(now(), CheckpointId{id.value}, status);
  settle();
}

void JobManager::handle(ProcessId from, const RegisterTaskManager& message) {
  coordinator_.process_began(from, message.incarnation);
  scheduler_.registered(moment(), from, message);
  watch(from, message.incarnation);
}

// --- what the user asks for ----------------------------------------------------------------------------------------

void JobManager::on_request(const JobRequest& request) {
  perform(Event{EventKind::RequestReceived, actor_of(kJobManager), static_cast<std::uint32_t>(request.kind),
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
  if (stopping && stored) return scheduler_.savepoint_created(effect.savepoint);  // answered when the job has ended
  if (stopping) coordinator_.resume(now());                                       // SP-8
  answer(effect.request, effect.savepoint, stored);
}

void JobManager::perform(JobEnded& effect) {
  coordinator_.shut_down(effect.state);
  if (const auto request = stop_.job_ended()) answer(*request, stop_.savepoint(), effect.state == JobState::Finished);
  for (const std::uint32_t request : cancel_requests_) {
    answer(request, kNoCheckpoint, effect.state == JobState::Canceled);
  }
}

void JobManager::answer(std::uint32_t request, CheckpointId savepoint, bool fulfilled) {
  perform(Event{EventKind::RequestEnded, actor_of(kJobManager), request, savepoint.value, fulfilled ? 1u : 0u});
}

void JobManager::on_segment(ConnectionId, Segment*) { WEIR_ASSERT(false, "the JobManager has no data connection"); }
void JobManager::on_credit(ConnectionId, std::uint32_t) { WEIR_ASSERT(false, "the JobManager has no data connection"); }
void JobManager::on_connection_broken(ConnectionId) { WEIR_ASSERT(false, "the JobManager has no data connection"); }

void JobManager::settle() {
  for (;;) {
    while (perform_next()) {
    }
    if (!scheduler_.ready_to_deploy()) return;
    deploy();
  }
}

bool JobManager::perform_next() {
  const auto visitor = [this](auto& effect) { perform(effect); };
  if (!coordinator_.effects().empty()) {
    auto effect = coordinator_.effects().take();
    std::visit(visitor, effect);
    return true;
  }
  if (!scheduler_.effects().empty()) {
    auto effect = scheduler_.effects().take();
    std::visit(visitor, effect);
    return true;
  }
  return false;
}

void JobManager::deploy() {
  const RestoreAssignment restore = assign_restore(*setup_.graph, coordinator_.completed(), environment_.defects);
  if (std::exchange(deployed_before_, true) || restore.checkpoint != kNoCheckpoint) {
    perform(Event{EventKind::RestoreChosen, actor_of(kJobManager), 0, restore.checkpoint.value, 0});
  }
  scheduler_.deploy(restore);
}

void JobManager::perform(WriteMetadata& effect) {
  environment_.storage.write(kJobManager, WriteId{effect.checkpoint.value}, std::move(effect.path),
                             std::move(effect.content));
}

void JobManager::perform(CleanDirectory& effect) {
  for (const std::string& file : environment_.storage.list(effect.directory)) {
    if (effect.keep.count(file) == 0) environment_.storage.remove(file);
  }
}

void JobManager::perform(ArmCheckpointTimer& effect) {
  environment_.timers.arm(kJobManager, effect.delay, {static_cast<std::uint8_t>(effect.kind), 0, 0, effect.argument});
}

void JobManager::perform(ArmSchedulerTimer& effect) {
  const auto kind = static_cast<std::uint8_t>(kFirstSchedulerTimer + static_cast<std::uint8_t>(effect.kind));
  environment_.timers.arm(kJobManager, effect.delay, {kind, effect.subtask.value, effect.life, 0});
}

void JobManager::perform(SendToProcess& effect) {
  environment_.control.send(kJobManager, effect.to, std::move(effect.message));
}

std::unique_ptr<Process> make_job_manager(Environment& environment, const JobSetup& setup) {
  return std::make_unique<JobManager>(environment, setup);
}

}  // namespace weir::engine
