#include "recovery/contending_job_manager.h"

#include <utility>

#include "checkpoint/pointer_protocol.h"
#include "weir/engine/assert.h"

namespace weir::engine {
namespace {

constexpr std::uint8_t kRecoverTimer = 255;  // argument: session
constexpr HaRequestId kRecovery{~std::uint64_t{0}};

}  // namespace

ContendingJobManager::ContendingJobManager(Environment& environment, const JobSetup& setup, ProcessId self)
    : environment_(environment), setup_(setup), self_(self), leadership_(self) {
  WEIR_ASSERT(environment.ha != nullptr, "high availability needs a store");
}

void ContendingJobManager::on_leader(Leader leader) {
  const Leadership::Step step = leadership_.on_leader(leader);
  if (step == Leadership::Step::Suspend || step == Leadership::Step::Replace) suspend();
  if (step == Leadership::Step::Recover || step == Leadership::Step::Replace) recover();
}

void ContendingJobManager::recover() {
  environment_.ha->request(
      self_, HaRequest{HaRequestKind::List, kRecovery, leadership_.session(), setup_.directory, {}, kNoCheckpoint});
}

void ContendingJobManager::recover_later() {
  environment_.timers.arm(self_, kStoreRetry, {kRecoverTimer, 0, 0, leadership_.session().value});
}

// RE-15: whoever is refused knows that somebody else leads, before it is told.
void ContendingJobManager::on_ha_answer(const HaAnswer& answer) {
  if (answer.session != leadership_.session()) return;
  if (answer.outcome == HaOutcome::NotLeader && !environment_.defects.has(Defect::DeleteWithoutLeadership)) {
    if (leadership_.on_refused(answer.session) == Leadership::Step::Suspend) suspend();
  } else if (leadership_.state() == Leadership::State::Recovering) {
    read(answer);
  } else if (job_ != nullptr) {
    job_->on_ha_answer(answer);
  }
}

// CO-45: one checkpoint that cannot be read fails the recovery, which is tried again.
void ContendingJobManager::read(const HaAnswer& answer) {
  if (answer.id != kRecovery) return;
  if (answer.outcome != HaOutcome::Done) return recover_later();
  auto recovered = read_records(setup_.directory, answer.entries, environment_.storage, environment_.defects);
  const SessionId session = leadership_.session();
  if (!recovered.ok()) {
    environment_.events.emit({EventKind::JobRecoveryFailed, actor_of(self_), session.value});
    return recover_later();
  }
  static_cast<void>(leadership_.recovered(session));
  const auto& checkpoints = recovered.value().checkpoints;
  const CheckpointId newest = checkpoints.empty() ? kNoCheckpoint : checkpoints.back().id;
  const CheckpointId final_savepoint = recovered.value().final_savepoint;
  environment_.events.emit(
      {EventKind::JobRecovered, actor_of(self_), session.value, newest.value, final_savepoint.value});
  job_ = std::make_unique<JobManager>(environment_, setup_, Leader{self_, session}, std::move(recovered).value());
  job_->start();
  for (const auto& [process, registration] : std::exchange(early_, {}))
    job_->on_message(process, session, registration);
}

void ContendingJobManager::suspend() {
  if (job_ != nullptr) job_->suspend();
  job_.reset();
  early_.clear();
}

void ContendingJobManager::on_message(ProcessId from, SessionId session, Message&& message) {
  if (job_ != nullptr) return job_->on_message(from, session, std::move(message));
  const auto* registration = std::get_if<RegisterTaskManager>(&message);
  if (registration != nullptr && session == leadership_.session()) early_.insert_or_assign(from, *registration);
}

void ContendingJobManager::on_timer(const TimerEvent& event) {
  if (event.kind == kRecoverTimer) {
    const bool due =
        leadership_.state() == Leadership::State::Recovering && event.argument == leadership_.session().value;
    if (due) recover();
  } else if (job_ != nullptr) {
    job_->on_timer(event);
  }
}

void ContendingJobManager::on_stored(WriteId id, const Status& status) {
  if (job_ != nullptr) job_->on_stored(id, status);
}

void ContendingJobManager::on_process_lost(ProcessId process) {
  early_.erase(process);
  if (job_ != nullptr) job_->on_process_lost(process);
}

// Whoever does not lead can do nothing for the user.
void ContendingJobManager::on_request(const JobRequest& request) {
  if (job_ != nullptr) return job_->on_request(request);
  const auto kind = static_cast<std::uint32_t>(request.kind);
  environment_.events.emit({EventKind::RequestReceived, actor_of(self_), kind, request.number});
  environment_.events.emit({EventKind::RequestEnded, actor_of(self_), request.number});
}

void ContendingJobManager::on_segment(ConnectionId, Segment*) {
  WEIR_ASSERT(false, "the JobManager has no data connection");
}
void ContendingJobManager::on_credit(ConnectionId, std::uint32_t) {
  WEIR_ASSERT(false, "the JobManager has no data connection");
}
void ContendingJobManager::on_segment_size(ConnectionId, std::uint32_t) {
  WEIR_ASSERT(false, "the JobManager has no data connection");
}
void ContendingJobManager::on_connection_broken(ConnectionId) {
  WEIR_ASSERT(false, "the JobManager has no data connection");
}

std::unique_ptr<Process> make_job_manager(Environment& environment, const JobSetup& setup, ProcessId self) {
  if (setup.options.high_availability == HighAvailability::Store) {
    return std::make_unique<ContendingJobManager>(environment, setup, self);
  }
  return std::make_unique<JobManager>(environment, setup);
}

}  // namespace weir::engine
