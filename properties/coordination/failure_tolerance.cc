#include "coordination/failure_tolerance.h"

#include <utility>

#include "weir/engine/events.h"

namespace weir::properties {
namespace {

using engine::AbortReason;
using engine::CheckpointKind;
using engine::EventKind;
using engine::JobState;

constexpr sim::TraceKind kWatched[] = {
    EventKind::CheckpointTriggered,
    EventKind::CheckpointCompleted,
    EventKind::CheckpointAborted,
    EventKind::DeclineReceived,
    EventKind::JobStateChanged,
    sim::WorldEventKind::LeadershipGranted,
    EventKind::AttemptFailed,
    EventKind::PeerLost,
    EventKind::OperatorEventLost,
    sim::WorldEventKind::ProcessLostReported,
    sim::WorldEventKind::MessageDelivered,
};

// Another handler of the same instant begins, or something else fails the job.
bool parts_steps(sim::TraceKind kind) {
  return kind == EventKind::AttemptFailed || kind == EventKind::PeerLost || kind == EventKind::OperatorEventLost ||
         kind == sim::WorldEventKind::ProcessLostReported || kind == sim::WorldEventKind::MessageDelivered;
}

std::string tolerates(std::uint32_t tolerable) { return "it tolerates " + std::to_string(tolerable); }

}  // namespace

std::span<const sim::TraceKind> FailureTolerance::watched() const { return kWatched; }

bool FailureTolerance::begin(const RunContext& context) {
  start_over(context);
  finding_.clear();
  return true;
}

void FailureTolerance::on_stage(const RunContext& context) {
  end_step();
  start_over(context);
}

void FailureTolerance::start_over(const RunContext& context) {
  context_ = context;
  forget();
  time_ = -1;
}

// Another JobManager counts for itself (RE-13).
void FailureTolerance::forget() {
  pending_.clear();
  failed_.clear();
  last_success_ = 0;
  declined_ = 0;
  abort_ = {};
}

void FailureTolerance::on_event(const sim::TraceEvent& event, std::uint32_t index) {
  if (event.time != time_ || parts_steps(event.kind)) {
    end_step();
    declined_ = 0;
  }
  time_ = event.time;
  if (event.kind == sim::TraceKind(sim::WorldEventKind::LeadershipGranted)) return forget();
  switch (static_cast<EventKind>(event.kind.value)) {
    case EventKind::CheckpointTriggered:
      pending_[event.a] = static_cast<CheckpointKind>(event.detail);
      return;
    case EventKind::CheckpointCompleted:
      return on_completed(event.a);
    case EventKind::DeclineReceived:
      return on_declined(event);
    case EventKind::CheckpointAborted:
      return on_aborted(event, index);
    case EventKind::JobStateChanged:
      return on_job_state(event, index);
    default:
      return;
  }
}

void FailureTolerance::on_completed(std::uint64_t checkpoint) {
  pending_.erase(checkpoint);
  if (checkpoint <= last_success_) return;
  last_success_ = checkpoint;
  failed_.clear();
}

void FailureTolerance::on_declined(const sim::TraceEvent& event) {
  const auto subtask = static_cast<std::uint32_t>(event.b);
  const engine::SubtaskId id{static_cast<std::uint16_t>(subtask)};
  declined_ = event.a;
  const Attempts& attempts = context_.history->attempts();
  declined_by_current_ = subtask < attempts.size() && attempts.current(id).value == event.detail;
}

// CO-39: who declines is to blame only while its attempt is the current one. CO-40: a savepoint that nobody declined
// never counts; the job that is to end with it fails with it at once, whatever the reason.
void FailureTolerance::on_aborted(const sim::TraceEvent& event, std::uint32_t index) {
  const auto at = pending_.find(event.a);
  const CheckpointKind kind = at == pending_.end() ? CheckpointKind::Periodic : at->second;
  if (at != pending_.end()) pending_.erase(at);
  const bool declined = declined_ == event.a;
  const bool counts = counts_as_failure(static_cast<AbortReason>(event.detail));
  if (is_synchronous(kind)) {
    if (!abort_.exhausted) abort_ = {index, false, false};
  } else if (counts && (declined || !is_savepoint(kind)) && count(event.a, index)) {
    const bool to_blame = !declined || declined_by_current_;
    abort_ = {index, to_blame, to_blame};
  } else if (counts && !abort_.exhausted) {
    abort_ = {index, false, true};
  }
}

// Whether that was one too many; counting then starts anew.
bool FailureTolerance::count(std::uint64_t checkpoint, std::uint32_t index) {
  if (checkpoint <= last_success_) return false;
  failed_.try_emplace(checkpoint, index);
  if (failed_.size() <= context_.options.checkpoint.tolerable_failures) return false;
  failed_.clear();
  return true;
}

void FailureTolerance::on_job_state(const sim::TraceEvent& event, std::uint32_t index) {
  const auto state = static_cast<JobState>(event.detail);
  if (state != JobState::Restarting && state != JobState::Failed) return;
  const Abort abort = std::exchange(abort_, {});
  if (abort.at == kNever || !abort.judged || abort.exhausted) return;
  finding_.add("the job failed after " + counted(failed_.size(), "failed checkpoint") + " in a row, though " +
                   tolerates(context_.options.checkpoint.tolerable_failures),
               {abort.at, index});
}

void FailureTolerance::end_step() {
  const Abort abort = std::exchange(abort_, {});
  if (!abort.exhausted) return;
  const std::uint32_t tolerable = context_.options.checkpoint.tolerable_failures;
  finding_.add("the job went on after " + counted(tolerable + 1u, "failed checkpoint") + " in a row, though " +
                   tolerates(tolerable),
               {abort.at});
}

void FailureTolerance::judge(const sim::RunOutcome&, const sim::Trace&, Verdict& verdict) {
  end_step();
  finding_.conclude(verdict);
}

}  // namespace weir::properties
