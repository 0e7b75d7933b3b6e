#include "liveness/liveness.h"

#include <algorithm>

#include "suite/finding.h"
#include "weir/engine/events.h"

namespace weir::properties {
namespace {

using engine::EventKind;
using sim::WorldEventKind;

constexpr sim::TraceKind kWatched[] = {
    WorldEventKind::PhaseChanged, EventKind::CheckpointCompleted, EventKind::CheckpointAborted,
    EventKind::RestartScheduled,  EventKind::JobStateChanged,
};

void add_witness(Verdict& verdict, std::uint32_t index) {
  if (index != kNever) verdict.witnesses.push_back(index);
}

}  // namespace

std::span<const sim::TraceKind> Liveness::watched() const { return kWatched; }

bool Liveness::begin(const RunContext& context) {
  *this = Liveness();
  restarts_allowed_ = context.options.restart.attempts;
  return true;
}

void Liveness::on_event(const sim::TraceEvent& event, std::uint32_t index) {
  if (event.kind == sim::TraceKind(WorldEventKind::PhaseChanged)) return on_phase(event, index);
  switch (static_cast<EventKind>(event.kind.value)) {
    case EventKind::CheckpointCompleted:
      ++completed_;
      last_completed_ = index;
      return;
    case EventKind::CheckpointAborted:
      ++aborted_;
      last_abort_ = event;
      last_aborted_ = index;
      return;
    case EventKind::RestartScheduled:
      ++restarts_;
      ++restarts_in_calm_;
      last_restart_ = index;
      return;
    case EventKind::JobStateChanged:
      if (static_cast<engine::JobState>(event.detail) == engine::JobState::Failed) failed_at_ = index;
      return;
    default:
      return;
  }
}

// What happened in the storm is no excuse afterwards.
void Liveness::on_phase(const sim::TraceEvent& event, std::uint32_t index) {
  if (static_cast<sim::Phase>(event.detail) != sim::Phase::Calm) return;
  calm_at_ = index;
  completed_ = aborted_ = restarts_in_calm_ = 0;
  last_completed_ = last_aborted_ = kNever;
}

// Restarts are allowed to each job.
void Liveness::on_stage(const RunContext& context) {
  restarts_allowed_ = context.options.restart.attempts;
  restarts_ = 0;
}

void Liveness::judge(const sim::RunOutcome& outcome, const sim::Trace&, Verdict& verdict) {
  switch (outcome.end) {
    case sim::RunEnd::JobFinished:
    case sim::RunEnd::JobStopped:
      return;
    case sim::RunEnd::JobFailed:
      return judge_failed(verdict);
    case sim::RunEnd::OutOfTime:
      return judge_late(verdict);
    case sim::RunEnd::InvariantViolated:
      verdict.answer = Answer::Inconclusive;
      verdict.reason = "the run ended before the drain was over, on an assertion of the engine";
      return;
    case sim::RunEnd::RestoreRefused:
      verdict.answer = Answer::Inconclusive;
      verdict.reason = "the next job could not start: " + outcome.refusal;
      return;
  }
}

void Liveness::judge_failed(Verdict& verdict) const {
  add_witness(verdict, last_restart_);
  add_witness(verdict, failed_at_);
  if (restarts_ >= restarts_allowed_) {
    verdict.answer = Answer::Inconclusive;
    verdict.reason = "the job failed for good because its restart strategy allows no more than " +
                     counted(restarts_allowed_, "restart");
    return;
  }
  verdict.answer = Answer::Violated;
  verdict.reason = "the job failed for good after " + std::to_string(restarts_) + " of " +
                   std::to_string(restarts_allowed_) + " allowed restarts";
}

void Liveness::judge_late(Verdict& verdict) const {
  verdict.answer = Answer::Violated;
  verdict.reason = completed_ == 0 ? "no checkpoint completed from calm to the end of the drain"
                                   : "the job did not finish before the end of the drain, though " +
                                         counted(completed_, "checkpoint") + " completed in calm";
  verdict.reason += obstacles();
  add_witness(verdict, calm_at_);
  add_witness(verdict, std::min(last_completed_, last_aborted_));
  if (last_completed_ != kNever && last_aborted_ != kNever)
    add_witness(verdict, std::max(last_completed_, last_aborted_));
}

std::string Liveness::obstacles() const {
  std::string told;
  if (aborted_ > 0) {
    told += "; " + counted(aborted_, "checkpoint") + " aborted, the last one (" + std::to_string(last_abort_.a) +
            ") with " + std::string(engine::name(static_cast<engine::AbortReason>(last_abort_.detail)));
  }
  if (restarts_in_calm_ > 0) told += "; " + counted(restarts_in_calm_, "restart");
  return told;
}

}  // namespace weir::properties
