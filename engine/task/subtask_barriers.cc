#include "task/subtask.h"

// What a subtask does when barriers tell it to: block channels, take its snapshot, send barriers on, save what is in
// flight.

#include <algorithm>
#include <utility>

namespace weir::engine {

void Subtask::apply(const AlignmentEffects& effects) {
  for (const AlignmentEffect& effect : effects) {
    if (state_ != AttemptState::Running) return;
    apply(effect);
  }
}

void Subtask::apply(const AlignmentEffect& effect) {
  const DefectSet& defects = site_.env.defects;
  switch (effect.kind) {
    case AlignmentEffect::Kind::Started:
      alignment_started(effect.channel, facts_.of(effect.checkpoint));
      break;
    case AlignmentEffect::Kind::Block:
      if (!defects.has(Defect::NoBlockingDuringAlignment)) block(effect.channel, effect.checkpoint);
      break;
    case AlignmentEffect::Kind::Resume:
      resume(effect.channel, effect.checkpoint);
      break;
    case AlignmentEffect::Kind::Ended:
      alignment_ended(facts_.of(effect.checkpoint));
      break;
    case AlignmentEffect::Kind::TakeSnapshot:
      take_snapshot(effect.checkpoint);
      break;
    case AlignmentEffect::Kind::Prioritise:
      gate_.prioritise(effect.checkpoint);
      break;
    case AlignmentEffect::Kind::TakeUnalignedSnapshot:
      take_snapshot(BarrierFact(facts_.of(effect.checkpoint)), Manner::Unaligned);
      break;
    case AlignmentEffect::Kind::CaptureEnded:
      facts_.forget(effect.checkpoint);
      in_flight_.inputs_ended(effect.checkpoint);
      collect_in_flight();
      break;
    case AlignmentEffect::Kind::ResumeAfterSnapshot:
      if (defects.has(Defect::DropTailOnAlignment)) gate_.drop_blocked_data();
      resume_all(effect.checkpoint);
      break;
    case AlignmentEffect::Kind::AlignmentAborted:
      discard_in_flight(effect.checkpoint);
      site_.emit_alignment(EventKind::AlignmentAborted, static_cast<std::uint32_t>(effect.reason), effect.checkpoint);
      break;
    case AlignmentEffect::Kind::Decline:
      decline_on_barrier(effect.checkpoint, effect.reason);
      break;
    case AlignmentEffect::Kind::ResumeAfterAbort:
      if (!defects.has(Defect::KeepChannelBlockedAfterAbort)) resume_all(effect.checkpoint);
      break;
  }
}

void Subtask::alignment_started(std::uint32_t channel, BarrierFact& fact) {
  fact.alignment_started = site_.env.clock.now();
  fact.start_delay = fact.alignment_started - fact.timestamp;
  site_.emit_alignment(EventKind::AlignmentStarted, gate_.connection(channel).channel.value, fact.checkpoint);
}

void Subtask::alignment_ended(BarrierFact& fact) {
  fact.alignment = site_.env.clock.now() - fact.alignment_started;
  site_.emit(EventKind::AlignmentEnded, fact.checkpoint.value, static_cast<std::uint64_t>(to_ns(fact.alignment)));
}

void Subtask::block(std::uint32_t channel, CheckpointId checkpoint) {
  gate_.block(channel);
  site_.emit_alignment(EventKind::ChannelBlocked, gate_.connection(channel).channel.value, checkpoint);
}

void Subtask::resume(std::uint32_t channel, CheckpointId checkpoint) {
  if (!gate_.blocked(channel)) return;
  gate_.resume(channel);
  site_.emit_alignment(EventKind::ChannelResumed, gate_.connection(channel).channel.value, checkpoint);
}

void Subtask::resume_all(CheckpointId checkpoint) {
  for (std::uint32_t channel = 0; channel < gate_.channel_count(); ++channel) resume(channel, checkpoint);
}

// BA-7: downstream must not wait for this barrier, nor the coordinator for this acknowledgement.
void Subtask::decline_on_barrier(CheckpointId checkpoint, AbortReason reason) {
  facts_.forget(checkpoint);
  checkpoints_.abandon(checkpoint);
  outputs_.broadcast_cancel_marker(checkpoint);
  decline(site_, checkpoint, reason);
}

// BA-19; nothing is polled or processed between the last barrier and the end of this (BA-34).
void Subtask::take_snapshot(CheckpointId checkpoint) {
  const BarrierFact fact = facts_.of(checkpoint);
  if (!drained(fact)) return;
  facts_.forget(checkpoint);
  take_snapshot(fact, Manner::Aligned);
}

void Subtask::take_snapshot(const BarrierFact& fact, Manner manner) {
  const CheckpointId checkpoint = fact.checkpoint;
  switch (checkpoints_.begin(checkpoint)) {
    case SubtaskCheckpoints::Begin::Ignore:
      return;
    case SubtaskCheckpoints::Begin::MarkerOnly:
      outputs_.broadcast_cancel_marker(checkpoint);
      return;
    case SubtaskCheckpoints::Begin::Snapshot:
      break;
  }
  if (!site_.env.defects.has(Defect::KeepPartOfOlder)) discard_in_flight(in_flight_.under_way());  // BA-31
  busy_ += cost_.snapshot_sync;
  if (is_synchronous(fact.type.kind)) {  // SP-7: no record follows
    completion_.stop_with(checkpoint);
    polls_source_ = false;
  }
  if (chain_ && !chain_->prepare_snapshot(checkpoint)) return fail_by_user_code();
  const Alignment alignment = outgoing(fact, manner);
  outputs_.broadcast_barrier({checkpoint, fact.timestamp, fact.type, alignment});
  report_cuts(checkpoint);
  report_times();
  SyncSnapshot snapshot;
  if (chain_) {
    if (!chain_->snapshot(checkpoint, fact.type, snapshot)) return fail_by_user_code();  // BA-22
    site_.emit(EventKind::SnapshotTaken, checkpoint.value, chain_->digest());
  }
  if (coordinator_) acknowledge_to_coordinator(checkpoint);
  const bool in_flight = alignment != Alignment::Aligned && !is_savepoint(fact.type.kind);
  async_.start(checkpoint, std::move(snapshot),
               {fact.alignment, fact.start_delay, completion_.reached(), fact.type, in_flight});
  if (!in_flight) return;
  in_flight_.begin(checkpoint, manner == Manner::Unaligned);
  if (site_.env.defects.has(Defect::AcknowledgeAtFirstBarrier)) in_flight_.inputs_ended(checkpoint);
  if (alignment == Alignment::Timeoutable && outputs_.barrier_in_line()) arm_timeout(fact);
  collect_in_flight();
}

// SN-6: events that waited for this come after it at both ends (SO-16).
void Subtask::acknowledge_to_coordinator(CheckpointId checkpoint) {
  site_.emit(EventKind::EventsHandledCut, checkpoint.value, coordinator_->handled());
  coordinator_->acknowledge(checkpoint);
}

// --- barriers that overtake ------------------------------------------------------------------------------------------

// Savepoints are always aligned (flink-semantics 2.1).
bool Subtask::may_overtake(const BarrierFact& fact) const {
  if (!site_.options().checkpoint.unaligned) return false;
  return !is_savepoint(fact.type.kind) || site_.env.defects.has(Defect::OvertakeWithSavepoint);
}

// A barrier that had to be aligned on the way here need not be so from here on (BA-1).
Alignment Subtask::outgoing(const BarrierFact& fact, Manner manner) const {
  if (!may_overtake(fact)) return Alignment::Aligned;
  const Duration timeout = site_.options().checkpoint.aligned_timeout;
  const bool in_time = site_.env.clock.now() - fact.timestamp < timeout;
  return manner == Manner::Aligned && in_time ? Alignment::Timeoutable : Alignment::Unaligned;
}

// BA-13: counted from the trigger at the coordinator.
void Subtask::arm_timeout(const BarrierFact& fact) {
  const Duration left = fact.timestamp + site_.options().checkpoint.aligned_timeout - site_.env.clock.now();
  site_.arm(std::max(left, Duration{}), TaskTimer::AlignmentTimeout, fact.checkpoint.value);
}

void Subtask::time_out(CheckpointId checkpoint) {
  apply(barriers_->on_timeout(checkpoint));
  outputs_.time_out(checkpoint);
  collect_in_flight();
}

void Subtask::collect_in_flight() {
  if (in_flight_.under_way() == kNoCheckpoint) return;
  if (auto collected = in_flight_.take_if_complete()) {
    async_.add_in_flight(collected->checkpoint, std::move(collected->in_flight));
  }
}

// Of a checkpoint that this subtask gives up after its snapshot was taken (BA-5, BA-31).
void Subtask::discard_in_flight(CheckpointId checkpoint) {
  if (checkpoint == kNoCheckpoint) return;
  in_flight_.abort(checkpoint);
  if (checkpoints_.discard_async(checkpoint)) async_.discard(checkpoint);
}

// SP-6: with drain a source first ends its data, so that everybody's last records and timers are before the barrier
// (TM-9), and whoever waits for results takes its part when they are out. Without, nothing is finished and the barrier
// is the last that anybody hears.
bool Subtask::drained(const BarrierFact& savepoint) {
  const bool finishes = is_synchronous(savepoint.type.kind) && site_.env.defects.has(Defect::FinishOnSuspend);
  if (savepoint.type.kind != CheckpointKind::TerminateSavepoint && !finishes) return true;
  draining_ = savepoint.checkpoint;
  if (site_.vertex.source() && !completion_.reached() && !waits_for_results_) end_of_data();
  if (waits_for_results_ || state_ != AttemptState::Running) return false;
  draining_.reset();
  return true;
}

// Without alignment a channel may have ended behind its barrier.
void Subtask::report_cuts(CheckpointId checkpoint) {
  const bool aligned = site_.options().checkpoint.mode == CheckpointingMode::ExactlyOnce;
  for (std::uint32_t channel = 0; channel < gate_.channel_count(); ++channel) {
    if (gate_.ended(channel) && aligned) continue;
    site_.emit_detail(EventKind::ChannelCutIn, gate_.connection(channel).channel.value, checkpoint.value,
                      gate_.cut(channel));
  }
}

}  // namespace weir::engine
