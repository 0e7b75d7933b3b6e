#include "world/job_user.h"

namespace weir::sim {

using engine::EventKind;

void JobUser::reset(const std::vector<Action>& actions) {
  actions_ = &actions;
  activity_.assign(actions.size(), ActionActivity{});
  current_ = request_ = 0;
  stage_ = 0xFFFF'FFFF;  // the first one is about to begin
  newest_savepoint_ = newest_checkpoint_ = {};
  appointment_.reset();
}

void JobUser::begin_stage(const engine::ExecutionGraph& graph, RestorePoint from) {
  graph_ = &graph;
  newest_checkpoint_ = from;
  ++stage_;
  ended_job_ = starts_next_ = false;
  wait_for_next();
}

void JobUser::wait_for_next() {
  state_ = current_ < actions_->size() ? State::Waiting : State::Over;
  if (state_ == State::Over) return;
  watch_.arm(action().trigger, *graph_);
  if (!action().trigger.at_event) appointment_ = Appointment{current_, false};
}

std::optional<JobUser::Appointment> JobUser::take_appointment() {
  auto taken = appointment_;
  appointment_.reset();
  return taken;
}

void JobUser::add_watched(KindSet& kinds) const {
  if (actions_->empty()) return;
  kinds.add(EventKind::RequestEnded);
  kinds.add(EventKind::CheckpointCompleted);
  kinds.add(EventKind::JobRecovered);
  if (state_ == State::Waiting && action().trigger.at_event) kinds.add(action().trigger.event);
}

void JobUser::on_event(const TraceEvent& event) {
  if (actions_->empty()) return;
  if (event.kind == EventKind::CheckpointCompleted) on_completed(event);
  if (event.kind == EventKind::JobRecovered) on_recovered(event);
  if (event.kind == EventKind::RequestEnded) return on_answer(event);
  if (state_ == State::Waiting && watch_.on_event(action().trigger, event)) state_ = State::Due;
}

void JobUser::on_completed(const TraceEvent& event) {
  const auto kind = static_cast<engine::CheckpointKind>(event.detail);
  (engine::is_savepoint(kind) ? newest_savepoint_ : newest_checkpoint_) = {{event.a}, kind, stage_};
}

// Nobody may have heard of the completion of what a leader finds.
void JobUser::on_recovered(const TraceEvent& event) {
  if (event.a != 0) newest_checkpoint_ = {{event.a}, engine::CheckpointKind::Periodic, stage_};
  if (event.b != 0) newest_savepoint_ = {{event.b}, engine::CheckpointKind::SuspendSavepoint, stage_};
}

void JobUser::on_time(std::uint32_t action) {
  if (action == current_ && state_ == State::Waiting) state_ = State::Due;
}

engine::JobRequest JobUser::take_due() {
  state_ = State::Asked;
  activity_[current_].asked = true;
  return {action().request, action().format, ++request_};
}

// A stopped job whose tasks did not all finish has its savepoint all the same (SP-9).
void JobUser::on_answer(const TraceEvent& event) {
  if (state_ != State::Asked || event.detail != request_) return;
  const engine::JobRequestKind asked = action().request;
  const bool stopped = asked == engine::JobRequestKind::Stop || asked == engine::JobRequestKind::StopAndDrain;
  if (event.b == 0 && !(stopped && event.a != 0)) {
    state_ = State::Waiting;
    appointment_ = Appointment{current_, true};
    return;
  }
  fulfil(engine::at_ns(event.time));
}

void JobUser::fulfil(Time now) {
  activity_[current_].fulfilled = true;
  activity_[current_].fulfilled_at = now;
  ended_job_ = action().request != engine::JobRequestKind::Savepoint;
  starts_next_ = ended_job_ && action().starts_next;
  ++current_;
  state_ = State::Over;  // until the next stage begins
  if (!ended_job_) wait_for_next();
}

void JobUser::lose_job_manager() {
  if (state_ != State::Asked) return;
  state_ = State::Waiting;
  appointment_ = Appointment{current_, true};
}

void JobUser::lose_job(Time now) {
  if (state_ == State::Over || !action().starts_next || action().request != engine::JobRequestKind::Cancel) return;
  activity_[current_] = {true, true, now};
  ended_job_ = starts_next_ = true;
  ++current_;
  state_ = State::Over;
}

void JobUser::see_job_end(Time now) {
  if (state_ == State::Over || !activity_[current_].asked) return;
  if (newest_savepoint_.stage == stage_ && engine::is_synchronous(newest_savepoint_.kind)) fulfil(now);
}

std::string_view name(StageOrigin origin) { return origin == StageOrigin::Savepoint ? "savepoint" : "checkpoint"; }

}  // namespace weir::sim
