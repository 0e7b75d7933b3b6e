#include "task/subtask.h"

// What a subtask does with its input: records through the chain, barriers through the aligner, ends to its own end.

#include <algorithm>
#include <utility>

#include "weir/engine/assert.h"

namespace weir::engine {

// One piece at a time, in the order in which it was sent on each channel (BA-36).
void Subtask::process_recovered() {
  const RecoveredInput::Piece piece = recovered_.next(site_.options().network.records_per_segment);
  busy_ += cost_.record * piece.records;
  if (!chain_->recover(gate_, piece, recovered_cut_)) return fail_by_user_code();
  if (recovered_.any()) return;
  site_.emit(EventKind::InFlightRestored, site_.restored.value, recovered_cut_.packed());
  site_.emit(EventKind::InFlightProcessed, site_.restored.value, chain_->digest());
  if (state_ == AttemptState::Initializing) begin_running();
}

void Subtask::process_priority() {
  const InputGate::Input input = gate_.next_priority();
  if (input.announced) return process_announcement(input);
  process_barrier(input);
  gate_.done(input);
}

void Subtask::process_announcement(const InputGate::Input& input) {
  const CheckpointId checkpoint = input.segment->checkpoint;
  if (barriers_->obsolete(checkpoint)) return;
  BarrierFact& fact = facts_.of(checkpoint);
  fact.timestamp = input.segment->timestamp;
  fact.type = input.segment->type;
  if (!std::exchange(fact.announced, true)) arm_timeout(fact);
  apply(barriers_->on_announcement(input.channel, checkpoint));
}

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
  if (debloat_) debloat_->processed(segment.size);
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
  const bool overtaking = input.segment->alignment == Alignment::Unaligned;
  apply(overtaking ? barriers_->on_overtaking_barrier(input.channel, checkpoint)
                   : barriers_->on_barrier(input.channel, checkpoint));
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
