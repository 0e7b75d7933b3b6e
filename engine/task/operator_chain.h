#pragma once

// The operators of one attempt, head first, wired to each other and to the network ends of the vertex. User code is
// called from here only, and what it throws ends here: every call that runs it says false, and `failure` says why.

#include <memory>
#include <optional>
#include <vector>

#include "channel/input_gate.h"
#include "channel/recovered_input.h"
#include "state/backend_factory.h"
#include "task/sync_snapshot.h"
#include "task/task_outputs.h"
#include "task/task_site.h"
#include "task/user_code.h"

namespace weir::engine {

class OperatorChain {
 public:
  // `coordinator`: of the source at the head; null when there is none.
  OperatorChain(const TaskSite& site, TaskOutputs& outputs, SplitRequests* coordinator)
      : site_(site), outputs_(outputs), coordinator_(coordinator) {}
  OperatorChain(const OperatorChain&) = delete;
  OperatorChain& operator=(const OperatorChain&) = delete;

  // Creates the operators, restores their state from `files`, wires them, and opens them tail to head.
  bool open(const SubtaskState& restored, const RestoreFiles& files);
  bool process(InputGate& gate, const InputGate::Input& input) {
    return run(FailureCause::UserFunction, [&] { gate.decode(input, *readers_by_channel_[input.channel], context_); });
  }
  // Of what was in flight at the restored checkpoint (BA-36); what the subtask takes over is added to `taken`.
  bool recover(InputGate& gate, const RecoveredInput::Piece& piece, ChannelCut& taken);
  bool poll(std::uint32_t max, std::uint32_t& emitted) {  // sources only
    return run(FailureCause::SourceFailed, [&] { emitted = source_->poll(max); });
  }
  bool at_end() const { return source_->at_end(); }
  void on_assignment(const OperatorEvent& event) { source_->on_assignment(event.splits, event.no_more_splits); }
  bool prepare_snapshot(CheckpointId checkpoint);  // head to tail; may emit (BA-19)
  bool snapshot(CheckpointId checkpoint, CheckpointType type, SyncSnapshot& snapshot);  // tail to head
  bool notify_complete(CheckpointId checkpoint);
  bool notify_subsumed(CheckpointId checkpoint);
  bool notify_aborted(CheckpointId checkpoint);
  bool finish();                        // head to tail; may emit
  void close();                         // what was opened; nothing is thrown out of it
  bool run_background(std::size_t op);  // one job of that operator's backend
  // The time came that an operator's alarm may have been set to. True: it was, and the alarm is to be `sound`ed.
  bool alarm_due(std::size_t op) { return members_[op]->alarm.due(); }
  bool sound(std::size_t op);
  bool end_of_data(InputGate& gate, std::uint32_t channel);  // with it, perhaps, of an input of the head
  bool last_watermark();                                     // sources: their records are all emitted

  bool takes_input() const { return context_.full == 0; }
  bool all_results_out() const { return context_.under_way == 0; }
  std::uint64_t digest();  // of all keyed state
  Changelog* changelog(std::size_t op) {
    KeyedStateBackend* const state = members_[op]->backend.state.get();
    return state != nullptr ? state->changelog() : nullptr;
  }
  // Calls use(position) for every operator that keeps one.
  template <class Use>
  void each_changelog(Use use) {
    for (std::size_t op = 0; op < members_.size(); ++op) {
      if (changelog(op) != nullptr) use(op);
    }
  }
  ChainContext& context() { return context_; }
  const OperatorFailure& failure() const { return *failure_; }

 private:
  // Turns a backend's "one more job" into a timer of the process.
  class BackgroundTimer final : public BackgroundExecutor {
   public:
    BackgroundTimer(const TaskSite& site, std::size_t op) : site_(site), op_(op) {}
    void background_job_queued() override;

   private:
    const TaskSite& site_;
    std::size_t op_;
  };
  // Timers cannot be taken back, so one that fires counts only if the alarm is still set to that time.
  class ProcessTimer final : public Alarm {
   public:
    ProcessTimer(const TaskSite& site, std::size_t op) : site_(site), op_(op) {}
    void set(Time at) override;
    bool due();

   private:
    const TaskSite& site_;
    std::size_t op_;
    std::optional<Time> set_;
  };
  struct Member {
    Member(const TaskSite& site, const JobOperator& spec, std::size_t position, ChainContext& chain);
    const JobOperator& spec;
    KeyGroupRange range;
    BackgroundTimer background;
    ProcessTimer alarm;
    OperatorStateStore lists;
    RawState raw_input, raw_output;
    OperatorContext context;
    bool opened = false;
    Backend backend;
    std::unique_ptr<Operator> op;  // last: it dies before the state it points to
  };

  template <class F>
  bool run(FailureCause cause, F&& f) {
    failure_ = run_user_code(cause, std::forward<F>(f));
    return !failure_.has_value();
  }
  void create();
  CheckpointId base() const;
  void restore(Member& member, const OperatorSubtaskState& state, const RestoreFiles& files);
  void wire();
  AnyCollector wire_outputs(std::size_t op);
  void wire_inputs();
  EdgeReader& recovery_reader(std::uint32_t input);
  std::uint32_t first_channel_of(std::uint32_t input) const;
  OperatorSyncSnapshot snapshot(Member& member, const SnapshotRequest& request);

  const TaskSite& site_;
  TaskOutputs& outputs_;
  SplitRequests* coordinator_;
  ChainContext context_;
  std::optional<OperatorFailure> failure_;
  std::vector<std::unique_ptr<Member>> members_;
  SourceOperator* source_ = nullptr;
  AnyCollector source_output_;
  std::vector<StreamType::Joined> fan_outs_;
  std::vector<std::unique_ptr<EdgeWriter>> writers_;
  std::vector<std::unique_ptr<EdgeReader>> readers_;           // in the order of JobVertex::inputs
  std::vector<std::unique_ptr<EdgeReader>> recovery_readers_;  // the same, made when they are needed
  std::vector<EdgeReader*> readers_by_channel_;                // in the order of SubtaskInfo::inputs
  std::vector<std::uint32_t> inputs_by_channel_;               // the same; inputs of the head
  std::vector<std::uint32_t> open_channels_;                   // by input: whose data has not ended
};

}  // namespace weir::engine
