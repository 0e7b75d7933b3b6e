#include "task/subtask.h"

#include <utility>

namespace weir::engine {
namespace {

std::vector<ConnectionId> input_connections(const TaskSite& site) {
  std::vector<ConnectionId> connections;
  for (const ChannelId channel : site.subtask.inputs) connections.push_back(site.connection(channel));
  return connections;
}

std::uint32_t input_count(const TaskSite& site) { return static_cast<std::uint32_t>(site.subtask.inputs.size()); }

}  // namespace

Subtask::Subtask(const TaskSite& site, SubtaskState state, SubtaskCheckpoints& checkpoints, AsyncSnapshots& async,
                 Materializations& materializations)
    : site_(site),
      cost_(site.options().cost),
      buffer_timeout_(site.options().network.buffer_timeout),
      restore_from_(std::move(state)),
      checkpoints_(checkpoints),
      async_(async),
      materializations_(materializations),
      outputs_(site),
      gate_(site.env, input_connections(site), site.options().network),
      in_flight_(site_, gate_, outputs_),
      barriers_(make_barrier_handler(site.options().checkpoint.mode, input_count(site))),
      completion_(input_count(site), site.options().checkpoint.enabled) {
  outputs_.attach();
  for (const ChannelId channel : site.subtask.inputs) {
    site.env.data.attach_consumer(site.connection(channel), site.process);
  }
  if (site.vertex.source() && site.options().split_assignment == SplitAssignment::OnRequest) coordinator_.emplace(site);
  set_state(AttemptState::Initializing);
  if (site.local != nullptr) local_ = site.local->choose(site.restored, restore_from_);
  site.arm(restore_cost(), TaskTimer::Initialize);
}

// --- life -----------------------------------------------------------------------------------------------------------

Duration Subtask::restore_cost() const {
  return local_ && local_->reads_local_files_only() ? cost_.local_restore : cost_.restore;
}

// SN-25: without the local files everything is read from checkpoint storage, which takes its time once more.
void Subtask::initialize() {
  if (state_ != AttemptState::Initializing) return;
  if (local_files_are_gone()) {
    local_ = LocalRestore{choose_remote(restore_from_)};
    return site_.arm(restore_cost(), TaskTimer::Initialize);
  }
  if (!site_.finished_on_restore && (!read_in_flight() || !restore())) return;
  if (!recovering() || site_.env.defects.has(Defect::RunBeforeRecovered)) begin_running();
  wake();
}

void Subtask::begin_running() {
  set_state(AttemptState::Running);
  times_.start(site_.env.clock.now());
  gate_.request_all();
  begin_debloating();
  if (site_.finished_on_restore) {
    end_of_data();
  } else {
    polls_source_ = site_.vertex.source();
  }
}

bool Subtask::restore() {
  site_.emit(EventKind::RestoreStarted, site_.restored.value);
  chain_.emplace(site_, outputs_, coordinator_ ? &*coordinator_ : nullptr);
  if (!open(*chain_)) {
    fail_by_user_code();
    return false;
  }
  site_.emit(EventKind::StateRestored, site_.restored.value, chain_->digest());
  chain_->each_changelog([&](std::size_t op) { materializations_.schedule(op); });
  return true;
}

bool Subtask::read_in_flight() {
  if (recovered_.read(std::exchange(restore_from_.in_flight, {}), site_.env.storage).ok()) return true;
  fail(FailureCause::RestoreFailed);
  return false;
}

bool Subtask::open(OperatorChain& chain) {
  if (!local_) return chain.open(std::exchange(restore_from_, {}), site_.env.storage);
  const LocalChoice& choice = local_->choice;
  if (!chain.open(choice.state, site_.local->files(site_.env.storage, *local_))) return false;
  if (site_.restored != kNoCheckpoint) {
    site_.emit(EventKind::FilesRestored, site_.restored.value,
               choice.files.size() | std::uint64_t{choice.remote_files} << 32);
  }
  restore_from_ = {};
  local_.reset();
  return true;
}

void Subtask::set_state(AttemptState state) {
  state_ = state;
  site_.emit(EventKind::AttemptStateChanged, static_cast<std::uint64_t>(state));
}

void Subtask::fail(FailureCause cause, std::uint32_t culprit) {
  failure_ = {cause, culprit};
  site_.emit(EventKind::AttemptFailed, static_cast<std::uint64_t>(cause), culprit);
  end(AttemptState::Failed);
}

void Subtask::cancel() { end(AttemptState::Canceled); }

void Subtask::end(AttemptState terminal) {
  if (state_ == AttemptState::Running) report_times();
  if (chain_) chain_->close();
  outputs_.detach();
  for (const ChannelId channel : site_.subtask.inputs) site_.env.data.detach_consumer(site_.connection(channel));
  set_state(terminal);
}

void Subtask::report_times() {
  const Duration back_pressured = times_.back_pressured(site_.env.clock.now());
  site_.emit(EventKind::TaskTimes, static_cast<std::uint64_t>(to_ns(times_.busy())),
             static_cast<std::uint64_t>(to_ns(back_pressured)));
}

void Subtask::on_connection_broken(ChannelId channel) {
  if (!input_is_ended(channel)) fail(FailureCause::ConnectionBroken, channel.value);
}

void Subtask::on_background(std::size_t op) {
  if (chain_ && !chain_->run_background(op)) fail_by_user_code();
}

// Between two steps, like what a backend does in the background: the state is that after whole records.
void Subtask::on_materialization(TaskTimer part, std::size_t op) {
  if (!chain_) return;
  part == TaskTimer::Materialize ? materializations_.begin(op, *chain_->changelog(op)) : materializations_.on_timer(op);
  materialization_ended();
}

void Subtask::materialization_ended() {
  if (materializations_.gave_up()) fail(FailureCause::SnapshotFailed);  // SN-21
}

// What is due waits its turn in the mailbox.
void Subtask::on_alarm(std::size_t op) {
  if (chain_ && chain_->alarm_due(op)) on_mail({Mail::Kind::Alarm, {}, {}, {}, {}, op});
}

// --- mailbox --------------------------------------------------------------------------------------------------------

// Input and polls wait until every output has room, and every operator. Mails and barriers that overtake do not, unless
// the last burst of records took more than the overdraft: then the task stands in the middle of it (BP-1, BP-2).
bool Subtask::has_work() const {
  if (!mails_.empty()) return !outputs_.overdrawn();
  if (completion_.standing_still()) return false;          // SP-7
  if (gate_.has_priority()) return !outputs_.overdrawn();  // BA-33
  if (chain_ && !chain_->takes_input()) return false;
  const bool reads = polls_source_ && !source_paused();
  return (reads || recovering() || gate_.has_input()) && outputs_.available();
}

// CO-6: an attempt that starts from nothing waits for the completion of a checkpoint.
bool Subtask::source_paused() const {
  const CheckpointOptions& checkpoint = site_.options().checkpoint;
  return checkpoint.pause_sources_until_first && checkpoint.enabled && site_.restored == kNoCheckpoint &&
         checkpoints_.completed() == kNoCheckpoint;
}

// Something came in: a step follows at once, or when the one being taken is over.
void Subtask::wake() {
  const bool at_work = state_ == AttemptState::Running || recovering();
  if (step_armed_ || !at_work || !has_work()) return;
  const Time now = site_.env.clock.now();
  if (now < busy_until_) {
    arm_step(busy_until_ - now);
  } else {
    work();
  }
}

void Subtask::step() {
  step_armed_ = false;
  wake();
}

void Subtask::work() {
  begin_step();
  if (!mails_.empty()) {
    process_mail();
  } else if (gate_.has_priority()) {
    process_priority();
  } else if (recovering()) {
    process_recovered();
  } else if (polls_source_) {
    poll_source();
  } else {
    process_input();
  }
  if (lives()) end_step();
}

void Subtask::begin_step() {
  busy_ = Duration{};
  if (chain_) chain_->context().busy = Duration{};
  times_.step_begins(site_.env.clock.now());
  if (debloat_) debloat_->active(site_.env.clock.now());
}

void Subtask::end_step() {
  if (chain_) busy_ += chain_->context().busy;
  busy_until_ = site_.env.clock.now() + busy_;
  if (has_work()) {
    arm_step(busy_);
  } else {
    flush_when_idle();
    if (debloat_ && !gate_.has_input() && outputs_.available()) debloat_->idle(busy_until_);
  }
  times_.step_ends(site_.env.clock.now(), busy_, !outputs_.available());
  if (buffer_timeout_ > Duration{}) [[unlikely]]
    arm_buffer_timeout();
}

void Subtask::arm_step(Duration delay) {
  step_armed_ = true;
  site_.arm(delay, TaskTimer::Step);
}

// --- segments that are not full, and how large they are -------------------------------------------------------------

// BP-7: with a timeout what is partly filled waits for it, idle or not.
void Subtask::flush_when_idle() {
  if (buffer_timeout_ == Duration{}) [[likely]]
    outputs_.flush();
}

void Subtask::arm_buffer_timeout() {
  if (flush_armed_ || !outputs_.any_open()) return;
  flush_armed_ = true;
  site_.arm(busy_ + buffer_timeout_, TaskTimer::Flush);
}

void Subtask::on_buffer_timeout() {
  flush_armed_ = false;
  outputs_.flush();
  times_.output_changed(site_.env.clock.now(), !outputs_.available());
}

void Subtask::begin_debloating() {
  const NetworkOptions& network = site_.options().network;
  if (!network.debloat.enabled || gate_.channel_count() == 0) return;
  debloat_.emplace(network.debloat, site_.env.segments.capacity(), site_.env.clock.now());
  site_.arm(network.debloat.period, TaskTimer::Debloat);
}

// BP-6
void Subtask::on_debloat_period() {
  if (gate_.all_ended()) return;
  if (const auto bytes = debloat_->on_period(site_.env.clock.now(), gate_.segments_in_use())) {
    site_.emit(EventKind::SegmentSizeAnnounced, *bytes);
    gate_.announce_size(*bytes);
  }
  site_.arm(site_.options().network.debloat.period, TaskTimer::Debloat);
}

// --- what comes in --------------------------------------------------------------------------------------------------

void Subtask::on_segment(std::uint32_t input, Segment* segment) {
  gate_.on_segment(input, segment);
  wake();
}

void Subtask::on_credit(std::size_t output, ConnectionId connection, std::uint32_t credits) {
  outputs_.on_credit(output, connection, credits);
  times_.output_changed(site_.env.clock.now(), !outputs_.available());
  collect_in_flight();
  if (closing_) finish_if_complete();
  wake();
}

// BA-21: a trigger that comes too early or too late is declined, and nobody downstream waits for its barrier.
void Subtask::on_mail(const Mail& mail) {
  if (mail.kind == Mail::Kind::Trigger && state_ == AttemptState::Initializing) {
    outputs_.broadcast_cancel_marker(mail.checkpoint);
    return decline(site_, mail.checkpoint, AbortReason::CheckpointDeclinedTaskNotReady);
  }
  if (mail.kind == Mail::Kind::Trigger && closing_) {
    return decline(site_, mail.checkpoint, AbortReason::CheckpointDeclinedTaskClosing);
  }
  mails_.push_back(mail);
  wake();
}

void Subtask::process_mail() {
  const Mail mail = mails_.front();
  mails_.erase(mails_.begin());
  switch (mail.kind) {
    case Mail::Kind::Trigger:
      site_.emit(EventKind::TriggerReceived, mail.checkpoint.value);
      busy_ += cost_.barrier;
      if (completion_.waits_in_vain_after_trigger(mail.checkpoint)) return fail(FailureCause::SavepointAborted);
      if (!barriers_->obsolete(mail.checkpoint)) {
        BarrierFact& fact = facts_.of(mail.checkpoint);
        fact.timestamp = mail.timestamp;
        fact.type = mail.type;
        fact.start_delay = site_.env.clock.now() - mail.timestamp;
      }
      apply(barriers_->on_trigger(mail.checkpoint));
      break;
    case Mail::Kind::Complete:
      complete(mail.checkpoint);
      subsume(mail.subsumed);
      break;
    case Mail::Kind::Aborted:
      abort(mail);
      break;
    case Mail::Kind::Alarm:
      sound(mail.op);
      break;
    case Mail::Kind::Timeout:
      time_out(mail.checkpoint);
      break;
    case Mail::Kind::Event:
      process_event();
      break;
  }
}

// TM-10: what has not fired at the end of data is dropped. Nothing fires after the snapshot that the job ends with.
void Subtask::sound(std::size_t op) {
  if (completion_.reached() || completion_.stopping()) return;
  if (!chain_->sound(op)) return fail_by_user_code();
  if (waits_for_results_) end_of_data();
  if (draining_ && !waits_for_results_ && state_ == AttemptState::Running) take_snapshot(*draining_);
}

// A notification that an abort already brought along (CO-36) is not news, and nothing is processed twice (P16).
void Subtask::complete(CheckpointId checkpoint) {
  if (!checkpoints_.on_completed(checkpoint)) return;
  site_.emit(EventKind::NotifyCompleteReceived, checkpoint.value);
  completion_.on_completed(checkpoint);
  if (site_.local != nullptr) site_.local->confirm(checkpoint);
  if (chain_ && !chain_->notify_complete(checkpoint)) return fail_by_user_code();
  finish_if_complete();
}

// After the completion that it came with (CO-32). Like that it may come late, or twice.
void Subtask::subsume(CheckpointId checkpoint) {
  if (state_ != AttemptState::Running || checkpoint <= subsumed_) return;
  subsumed_ = checkpoint;
  if (chain_ && !chain_->notify_subsumed(checkpoint)) fail_by_user_code();
}

// A completion that this attempt was not told of comes first (CO-36).
void Subtask::abort(const Mail& mail) {
  if (mail.latest_completed > checkpoints_.completed()) complete(mail.latest_completed);
  if (!lives()) return;
  site_.emit(EventKind::NotifyAbortedReceived, mail.checkpoint.value, mail.latest_completed.value);
  in_flight_.abort(mail.checkpoint);
  if (checkpoints_.on_aborted(mail.checkpoint)) async_.discard(mail.checkpoint);
  if (site_.local != nullptr) site_.local->abort(mail.checkpoint, mail.latest_completed);
  if (chain_ && !chain_->notify_aborted(mail.checkpoint)) return fail_by_user_code();
  if (completion_.waits_in_vain_after_abort(mail.checkpoint)) return fail(FailureCause::SavepointAborted);  // SP-8
  finish_if_complete();
}

// --- the coordinator of a source ------------------------------------------------------------------------------------

void Subtask::on_operator_event(OperatorEvent&& event) {
  if (coordinator_ && coordinator_->receive(std::move(event))) on_mail({Mail::Kind::Event});
}

void Subtask::on_event_seen(std::uint32_t number) {
  if (coordinator_) coordinator_->on_seen(number);
}

void Subtask::on_event_timeout(std::uint32_t number) {
  if (coordinator_->lost(number)) fail(FailureCause::EventLost, number);
}

void Subtask::process_event() {
  const OperatorEvent event = coordinator_->next();
  chain_->on_assignment(event);
}

void Subtask::poll_source() {
  const std::uint32_t most = site_.options().network.records_per_segment;
  std::uint32_t emitted = 0;
  if (!chain_->poll(most, emitted)) return fail_by_user_code();
  busy_ += cost_.source_record * (emitted > 0 ? emitted : most);  // an idle source looks again after a while
  if (chain_->at_end()) return end_of_data();
  if (emitted < most) flush_when_idle();
}

}  // namespace weir::engine
