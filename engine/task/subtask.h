#pragma once

// The work of one attempt: a mailbox that takes control mails first, then one poll of the source or one segment of
// input at a time (BA-3). A step uses virtual time; the next one starts when that is over. Everything happens inside
// the calls below; after each of them the owner looks at `state`.

#include <memory>
#include <optional>
#include <vector>

#include "channel/buffer_debloat.h"
#include "channel/input_gate.h"
#include "checkpoint/barrier_handler.h"
#include "checkpoint/subtask_checkpoints.h"
#include "task/async_snapshots.h"
#include "task/barrier_facts.h"
#include "task/completion.h"
#include "task/coordinator_link.h"
#include "task/in_flight_collector.h"
#include "task/local_state.h"
#include "task/materializations.h"
#include "task/operator_chain.h"
#include "task/task_outputs.h"
#include "task/task_site.h"
#include "task/work_times.h"

namespace weir::engine {

struct Mail {
  enum class Kind : std::uint8_t { Trigger, Complete, Aborted, Alarm, Timeout, Event };
  Kind kind;
  CheckpointId checkpoint{};
  CheckpointId latest_completed{};  // Aborted
  Time timestamp{};                 // Trigger
  CheckpointType type{};            // Trigger
  std::size_t op = 0;               // Alarm: position in the chain
  CheckpointId subsumed{};          // Complete
};

struct FailureReport {
  FailureCause cause{};
  std::uint32_t culprit = 0;  // channel or process, as the cause has it
};

class Subtask {
 public:
  // Attaches its connections and begins to initialize.
  Subtask(const TaskSite& site, SubtaskState state, SubtaskCheckpoints& checkpoints, AsyncSnapshots& async,
          Materializations& materializations);
  Subtask(const Subtask&) = delete;
  Subtask& operator=(const Subtask&) = delete;

  AttemptState state() const { return state_; }  // Initializing, Running, Finished, Failed or Canceled
  const FailureReport& failure() const { return failure_; }

  void initialize();
  void step();
  void on_segment(std::uint32_t input, Segment* segment);
  void on_credit(std::size_t output, ConnectionId connection, std::uint32_t credits);
  void on_segment_size(std::size_t output, ConnectionId connection, std::uint32_t bytes) {
    outputs_.on_segment_size(output, connection, bytes);
  }
  void on_buffer_timeout();
  void on_debloat_period();
  void on_connection_broken(ChannelId channel);
  void on_mail(const Mail& mail);
  void on_operator_event(OperatorEvent&& event);
  void on_event_seen(std::uint32_t number);
  void on_event_timeout(std::uint32_t number);
  void on_background(std::size_t op);
  void on_alarm(std::size_t op);
  void on_materialization(TaskTimer part, std::size_t op);
  void async_part_ended() { finish_if_complete(); }
  void materialization_ended();
  void cancel();
  void lose_job_manager() { fail(FailureCause::JobManagerLost, site_.leader.process.value); }  // RE-12

 private:
  // --- life
  Duration restore_cost() const;
  bool local_files_are_gone() const { return local_ && !site_.local->intact(*local_); }
  bool restore();
  bool open(OperatorChain& chain);
  bool read_in_flight();
  void begin_running();
  // What was in flight at the checkpoint comes before anything else (BA-36), and until then no checkpoint (BA-37).
  bool recovering() const { return recovered_.any() && lives() && chain_.has_value(); }
  bool lives() const { return state_ == AttemptState::Running || state_ == AttemptState::Initializing; }
  void set_state(AttemptState state);
  void fail(FailureCause cause, std::uint32_t culprit = 0);
  void fail_by_user_code() { fail(chain_->failure().cause); }
  void end(AttemptState terminal);
  void report_times();

  // --- mailbox
  bool has_work() const;
  bool source_paused() const;
  void wake();
  void work();
  void arm_step(Duration delay);
  void begin_step();
  void end_step();
  void flush_when_idle();
  void arm_buffer_timeout();
  void begin_debloating();
  void process_mail();
  void sound(std::size_t op);
  void complete(CheckpointId checkpoint);
  void subsume(CheckpointId checkpoint);
  void abort(const Mail& mail);
  void process_event();
  void poll_source();

  // --- input
  void process_recovered();
  void process_priority();
  void process_announcement(const InputGate::Input& input);
  void process_input();
  void process_data(const InputGate::Input& input);
  void process_barrier(const InputGate::Input& input);
  void process_end_of_data(std::uint32_t channel);
  void process_end_of_partition(std::uint32_t channel);
  bool input_is_ended(ChannelId channel) const;

  // --- checkpoints
  void apply(const AlignmentEffects& effects);
  void apply(const AlignmentEffect& effect);
  void alignment_started(std::uint32_t channel, BarrierFact& fact);
  void alignment_ended(BarrierFact& fact);
  void block(std::uint32_t channel, CheckpointId checkpoint);
  void resume(std::uint32_t channel, CheckpointId checkpoint);
  void resume_all(CheckpointId checkpoint);
  void decline_on_barrier(CheckpointId checkpoint, AbortReason reason);
  void take_snapshot(CheckpointId checkpoint);
  enum class Manner : std::uint8_t { Aligned, Unaligned };
  void take_snapshot(const BarrierFact& fact, Manner manner);
  bool may_overtake(const BarrierFact& fact) const;
  Alignment outgoing(const BarrierFact& fact, Manner manner) const;
  void arm_timeout(const BarrierFact& fact);
  void time_out(CheckpointId checkpoint);
  void collect_in_flight();
  void discard_in_flight(CheckpointId checkpoint);
  bool drained(const BarrierFact& savepoint);  // false: its snapshot waits
  void report_cuts(CheckpointId checkpoint);
  void acknowledge_to_coordinator(CheckpointId checkpoint);

  // --- end of data
  void end_of_data();
  void finish_if_complete();
  void begin_closing();

  const TaskSite& site_;
  const CostOptions& cost_;
  Duration buffer_timeout_;
  SubtaskState restore_from_;
  std::optional<LocalRestore> local_;  // with local recovery: what is restored instead
  SubtaskCheckpoints& checkpoints_;
  AsyncSnapshots& async_;
  Materializations& materializations_;
  TaskOutputs outputs_;
  InputGate gate_;
  RecoveredInput recovered_;
  ChannelCut recovered_cut_;
  InFlightCollector in_flight_;
  std::unique_ptr<BarrierHandler> barriers_;
  Completion completion_;
  CheckpointId subsumed_{};                     // the newest that this attempt was told of
  std::optional<CoordinatorLink> coordinator_;  // of a source whose splits are assigned on request
  std::optional<OperatorChain> chain_;          // none while initializing, and none when it was finished on restore
  AttemptState state_ = AttemptState::Initializing;
  FailureReport failure_;

  std::vector<Mail> mails_;
  Duration busy_{};  // of the step being taken
  Time busy_until_{};
  WorkTimes times_;
  bool step_armed_ = false;
  bool flush_armed_ = false;
  std::optional<BufferDebloat> debloat_;  // while it runs, with debloating
  bool polls_source_ = false;             // there is more to read
  bool waits_for_results_ = false;        // the input has ended, an operator has elements under way
  bool closing_ = false;                  // EndOfPartition is written
  BarrierFacts facts_;
  std::optional<CheckpointId> draining_;  // its snapshot is taken when all results are out
};

}  // namespace weir::engine
