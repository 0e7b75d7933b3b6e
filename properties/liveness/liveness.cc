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
  allowance_ = RestartAllowance(context.options);
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
      allowance_.restart_scheduled(engine::Duration{static_cast<std::int64_t>(event.b)});
      return;
    case EventKind::JobStateChanged:
      return on_job_state(event, index);
    default:
      return;
  }
}

void Liveness::on_job_state(const sim::TraceEvent& event, std::uint32_t index) {
  const auto state = static_cast<engine::JobState>(event.detail);
  if (state == engine::JobState::Failed) failed_at_ = index;
  if (state == engine::JobState::Failed || state == engine::JobState::Restarting)
    allowance_.failed(engine::at_ns(event.time));
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
  allowance_ = RestartAllowance(context.options);
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
    case sim::RunEnd::JobLost:
      verdict.answer = Answer::Inconclusive;
      verdict.reason = std::string(kJobLost);
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
  if (const std::string refusal = allowance_.refusal(); !refusal.empty()) {
    verdict.answer = Answer::Inconclusive;
    verdict.reason = "the job failed for good because its restart strategy " + refusal;
    return;
  }
  verdict.answer = Answer::Violated;
  verdict.reason =
      "the job failed for good after " + counted(restarts_, "restart") + ", though its restart strategy allows another";
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
