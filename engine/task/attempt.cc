#include "task/attempt.h"

#include <utility>

namespace weir::engine {

Attempt::Attempt(const TaskSite& site, WriteIds& write_ids, Unstarted)
    : site_(site),
      checkpoints_(site.restored),
      async_(site_, checkpoints_, write_ids),
      materializations_(site_, write_ids) {}

Attempt::Attempt(const TaskSite& site, SubtaskState state, WriteIds& write_ids)
    : Attempt(site, write_ids, Unstarted{}) {
  subtask_ = std::make_unique<Subtask>(site_, std::move(state), checkpoints_, async_, materializations_);
}

std::unique_ptr<Attempt> Attempt::canceled(const TaskSite& site, WriteIds& write_ids) {
  std::unique_ptr<Attempt> made(new Attempt(site, write_ids, Unstarted{}));
  made->state_ = AttemptState::Canceled;
  site.emit(EventKind::AttemptStateChanged, static_cast<std::uint64_t>(made->state_));
  made->report();
  return made;
}

void Attempt::settle() {
  if (subtask_->state() == state_) return;
  state_ = subtask_->state();
  if (state_ != AttemptState::Running) {
    failure_ = subtask_->failure();
    async_.discard_all();
    materializations_.end();
    subtask_.reset();
  }
  report();
}

// Repeated until the JobManager has seen it; only the newest state counts.
void Attempt::report() {
  seen_ = false;
  send_state();
  site_.arm(site_.options().rpc.retry, TaskTimer::StateReport, static_cast<std::uint64_t>(state_));
}

void Attempt::send_state() { site_.send(TaskStateUpdate{site_.attempt, state_, failure_.cause, failure_.culprit}); }

void Attempt::on_state_seen(AttemptState state) {
  if (state == state_) seen_ = true;
}

// Asked again, an attempt that is over says so again.
void Attempt::cancel() {
  if (!live()) return send_state();
  subtask_->cancel();
  settle();
}

void Attempt::lose_job_manager() {
  if (!live()) return;
  subtask_->lose_job_manager();
  settle();
}

void Attempt::on_trigger(const TriggerCheckpoint& message) {
  if (live()) {
    on_notification({Mail::Kind::Trigger, message.checkpoint, kNoCheckpoint, message.timestamp, message.type});
  } else if (state_ == AttemptState::Finished) {
    decline(site_, message.checkpoint, AbortReason::CheckpointDeclinedTaskClosing);  // BA-21
  }
}

void Attempt::on_notification(const Mail& mail) {
  if (!live()) return;
  subtask_->on_mail(mail);
  settle();
}

void Attempt::on_operator_event(OperatorEvent&& event) {
  if (!live()) return;
  subtask_->on_operator_event(std::move(event));
  settle();
}

void Attempt::on_event_seen(std::uint32_t number) {
  if (live()) subtask_->on_event_seen(number);
}

void Attempt::on_timer(const TimerEvent& event) {
  const auto kind = static_cast<TaskTimer>(event.kind);
  if (kind == TaskTimer::StateReport) {
    if (seen_ || event.argument != static_cast<std::uint64_t>(state_)) return;
    send_state();
    return site_.arm(site_.options().rpc.retry, kind, event.argument);
  }
  if (!live()) return;
  switch (kind) {
    case TaskTimer::Step:
      subtask_->step();
      break;
    case TaskTimer::Initialize:
      subtask_->initialize();
      break;
    case TaskTimer::Background:
      subtask_->on_background(event.argument);
      break;
    case TaskTimer::Alarm:
      subtask_->on_alarm(event.argument);
      break;
    case TaskTimer::Materialize:
    case TaskTimer::WriteMaterialized:
      subtask_->on_materialization(kind, event.argument);
      break;
    case TaskTimer::EventTimeout:
      subtask_->on_event_timeout(static_cast<std::uint32_t>(event.argument));
      break;
    case TaskTimer::Flush:
      subtask_->on_buffer_timeout();
      break;
    case TaskTimer::Debloat:
      subtask_->on_debloat_period();
      break;
    case TaskTimer::AlignmentTimeout:
      subtask_->on_mail({Mail::Kind::Timeout, {event.argument}});
      break;
    case TaskTimer::AsyncPart:
      async_.on_timer({event.argument});
      subtask_->async_part_ended();
      break;
    default:
      break;
  }
  settle();
}

bool Attempt::on_stored(WriteId id, const Status& status) {
  const bool materialized = materializations_.on_stored(id, status);
  if (!materialized && !async_.on_stored(id, status)) return false;
  if (!live()) return true;
  materialized ? subtask_->materialization_ended() : subtask_->async_part_ended();
  settle();
  return true;
}

void Attempt::on_segment(std::uint32_t input, Segment* segment) {
  subtask_->on_segment(input, segment);
  settle();
}

void Attempt::on_credit(std::size_t output, ConnectionId connection, std::uint32_t credits) {
  subtask_->on_credit(output, connection, credits);
  settle();
}

void Attempt::on_connection_broken(ChannelId channel) {
  subtask_->on_connection_broken(channel);
  settle();
}

}  // namespace weir::engine
