#include "task/subtask.h"

// What a subtask does with its input: records through the chain, barriers through the aligner, ends to its own end.

#include <algorithm>
#include <utility>

#include "weir/engine/assert.h"

namespace weir::engine {

void Subtask::process_input() {
  const InputGate::Input input = gate_.next();
  switch (input.segment->kind) {
    case SegmentKind::Data:
      return process_data(input);
    case SegmentKind::Barrier:
      process_barrier(input);
      break;
    case SegmentKind::CancelMarker:
      apply(barriers_->on_cancel_marker(input.channel, input.segment->checkpoint));
      break;
    case SegmentKind::EndOfData:
      process_end_of_data(input.channel);
      break;
    case SegmentKind::EndOfPartition:
      process_end_of_partition(input.channel);
      break;
  }
  gate_.done(input);
}

void Subtask::process_data(const InputGate::Input& input) {
  WEIR_ASSERT(chain_.has_value(), "a subtask that was finished on restore gets records (CO-53)");
  const Segment& segment = *input.segment;
  busy_ += cost_.record * segment.records;
  site_.emit_detail(EventKind::SegmentProcessed, gate_.connection(input.channel).channel.value, segment.records,
                    segment.size);
  const bool processed = chain_->process(gate_, input);
  gate_.done(input);
  if (!processed) fail_by_user_code();
}

void Subtask::process_barrier(const InputGate::Input& input) {
  const CheckpointId checkpoint = input.segment->checkpoint;
  const bool obsolete = barriers_->obsolete(checkpoint);
  site_.emit_detail(EventKind::BarrierReceived, gate_.connection(input.channel).channel.value, checkpoint.value,
                    obsolete ? 1 : 0);
  busy_ += cost_.barrier;
  if (!obsolete) {
    BarrierFact& fact = facts_.of(checkpoint);
    fact.timestamp = input.segment->timestamp;
    fact.type = input.segment->type;
  }
  apply(barriers_->on_barrier(input.channel, checkpoint));
}

void Subtask::process_end_of_data(std::uint32_t channel) {
  if (chain_ && !chain_->end_of_data(gate_, channel)) return fail_by_user_code();
  if (completion_.on_end_of_data(channel) && !completion_.reached()) end_of_data();
}

void Subtask::process_end_of_partition(std::uint32_t channel) {
  gate_.end(channel);
  apply(barriers_->on_end_of_partition(channel));
  if (state_ == AttemptState::Running) finish_if_complete();
}

bool Subtask::input_is_ended(ChannelId channel) const {
  const auto& inputs = site_.subtask.inputs;
  const auto found = std::find(inputs.begin(), inputs.end(), channel);
  return found != inputs.end() && gate_.ended(static_cast<std::uint32_t>(found - inputs.begin()));
}

// --- checkpoints ----------------------------------------------------------------------------------------------------

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
    case AlignmentEffect::Kind::ResumeAfterSnapshot:
      if (defects.has(Defect::DropTailOnAlignment)) gate_.drop_blocked_data();
      resume_all(effect.checkpoint);
      break;
    case AlignmentEffect::Kind::AlignmentAborted:
      site_.emit_detail(EventKind::AlignmentAborted, static_cast<std::uint32_t>(effect.reason), effect.checkpoint.value,
                        0);
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
  site_.emit_detail(EventKind::AlignmentStarted, gate_.connection(channel).channel.value, fact.checkpoint.value, 0);
}

void Subtask::alignment_ended(BarrierFact& fact) {
  fact.alignment = site_.env.clock.now() - fact.alignment_started;
  site_.emit(EventKind::AlignmentEnded, fact.checkpoint.value, static_cast<std::uint64_t>(to_ns(fact.alignment)));
}

void Subtask::block(std::uint32_t channel, CheckpointId checkpoint) {
  gate_.block(channel);
  site_.emit_detail(EventKind::ChannelBlocked, gate_.connection(channel).channel.value, checkpoint.value, 0);
}

void Subtask::resume(std::uint32_t channel, CheckpointId checkpoint) {
  if (!gate_.blocked(channel)) return;
  gate_.resume(channel);
  site_.emit_detail(EventKind::ChannelResumed, gate_.connection(channel).channel.value, checkpoint.value, 0);
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
  take_snapshot(fact);
}

void Subtask::take_snapshot(const BarrierFact& fact) {
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
  busy_ += cost_.snapshot_sync;
  if (is_synchronous(fact.type.kind)) {  // SP-7: no record follows
    completion_.stop_with(checkpoint);
    polls_source_ = false;
  }
  if (chain_ && !chain_->prepare_snapshot(checkpoint)) return fail_by_user_code();
  outputs_.broadcast_barrier(checkpoint, fact.timestamp, fact.type);
  report_cuts(checkpoint);
  SyncSnapshot snapshot;
  if (chain_) {
    if (!chain_->snapshot(checkpoint, fact.type, snapshot)) return fail_by_user_code();  // BA-22
    site_.emit(EventKind::SnapshotTaken, checkpoint.value, chain_->digest());
  }
  async_.start(checkpoint, std::move(snapshot), {fact.alignment, fact.start_delay, completion_.reached(), fact.type});
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

// --- end of data ----------------------------------------------------------------------------------------------------

// CO-55: all records are emitted; from here on the subtask only takes part in checkpoints until one makes them final.
// Results that are still to come are waited for.
void Subtask::end_of_data() {
  if (std::exchange(polls_source_, false) && !chain_->last_watermark()) return fail_by_user_code();
  waits_for_results_ = chain_ && !chain_->all_results_out();
  if (waits_for_results_) return;
  if (chain_ && !chain_->finish()) return fail_by_user_code();
  outputs_.broadcast_end(SegmentKind::EndOfData);
  completion_.reach(checkpoints_.last());
  site_.emit(EventKind::EndOfDataReached);
  site_.send(EndOfDataReport{site_.attempt});
  finish_if_complete();
}

void Subtask::finish_if_complete() {
  if (state_ != AttemptState::Running || draining_) return;
  if (!closing_) {
    if (!completion_.may_finish(gate_.all_ended(), checkpoints_.any_running())) return;
    begin_closing();
  }
  if (outputs_.drained()) end(AttemptState::Finished);
}

void Subtask::begin_closing() {
  closing_ = true;
  outputs_.broadcast_end(SegmentKind::EndOfPartition);
  for (const Mail& mail : std::exchange(mails_, {})) {
    if (mail.kind == Mail::Kind::Trigger) {
      decline(site_, mail.checkpoint, AbortReason::CheckpointDeclinedTaskClosing);  // BA-21
    }
  }
}

}  // namespace weir::engine
