#pragma once

// The checkpoint coordinator: joins the request queue, the rhythm, the pending and the completed checkpoints into one
// machine. Inputs are calls with the present time, outputs are effects; it touches no port.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checkpoint/checkpoints_cleaner.h"
#include "checkpoint/completed_store.h"
#include "checkpoint/effects.h"
#include "checkpoint/expired_checkpoints.h"
#include "checkpoint/failure_manager.h"
#include "checkpoint/ha_records.h"
#include "checkpoint/pending_checkpoint.h"
#include "checkpoint/periodic_trigger.h"
#include "checkpoint/plan.h"
#include "checkpoint/request_decider.h"
#include "weir/engine/environment.h"
#include "weir/engine/job_graph.h"
#include "weir/engine/options.h"

namespace weir::engine {

class CheckpointCoordinator {
 public:
  // All references outlive the coordinator. `tasks` is kept up to date by the caller, before it tells of a change here.
  // `directory`: of the job in checkpoint storage. `self`: the JobManager that it is a part of; with a session there is
  // high availability. `coordinated`: some operators have coordinators.
  CheckpointCoordinator(const ExecutionGraph& graph, const CheckpointOptions& options, const DefectSet& defects,
                        const TaskViews& tasks, std::string directory = {}, Leader self = {}, bool coordinated = false);

  // The job starts from this one, which is what it restores until a checkpoint completes (RE-7); its id counts as used
  // (CO-47).
  void restore(CompletedCheckpoint checkpoint);
  // What the leader before left in the store (CO-45, CO-47).
  void recover(RecoveredJob recovered);
  // Every subtask is RUNNING or FINISHED: checkpoints may be taken (CO-5). `random` gives the first delay (CO-6).
  void tasks_running(Time now, Randomness& random);
  void task_reached_end(Time now);  // an attempt reported the end of its data (CO-55)
  void task_finished(Time now, ExecutionAttempt attempt);
  void fail_over(AbortReason reason);  // the job restarts (RE-4) or is on its way to its end (CO-5)
  void shut_down(JobState ended);      // a terminal state
  // With high availability before that: makes the outcome durable and removes the pointers, and then says
  // JobConcluded.
  void conclude(JobState ended);

  // Lives of TaskManagers, as they register and as they are lost (SH-15).
  void process_began(ProcessId process, std::uint32_t incarnation) { cleaner_.process_began(process, incarnation); }
  void process_ended(ProcessId process) { cleaner_.process_ended(process); }

  // Answered by SavepointEnded, at once when the tasks do not run. `request` names it in the answer.
  void request_savepoint(Time now, CheckpointType type, std::uint32_t request);
  // No checkpoint is taken any more unless it is asked for, and what is under way is aborted (SP-5).
  void suspend();
  void resume(Time now);  // the job goes on after all (SP-8)

  void on_timer(Time now, CheckpointTimer kind, std::uint64_t argument);
  void acknowledge(Time now, AcknowledgeCheckpoint ack);
  void decline(Time now, const DeclineCheckpoint& decline);
  // What SnapshotCoordinators asked for.
  void coordinators_snapshotted(Time now, CheckpointId checkpoint, std::vector<CoordinatorState> states);
  void metadata_stored(Time now, CheckpointId checkpoint, const Status& status);
  void store_answered(Time now, const HaAnswer& answer);  // never with NotLeader: who hears that has ended this one

  // Which checkpoint is the newest is known, and so what may be restored (RE-8): none is on its way into the store.
  bool newest_is_certain() const;

  const CompletedStore& completed() const { return completed_; }
  EffectQueue<CheckpointEffect>& effects() { return effects_; }
  bool triggering() const { return triggering_; }
  bool scheduled() const { return periodic_.running(); }
  std::size_t pending() const;  // neither completed nor aborted
  // Aborted ones whose metadata is still being written; their files go when that ends.
  std::size_t being_discarded() const { return checkpoints_.size() - pending(); }
  std::size_t queued() const { return decider_.queued(); }

 private:
  void request(Time now, CheckpointType type, std::uint32_t job_request = 0);
  void refuse(const CheckpointRequest& request, AbortReason reason);
  void refuse_queued(AbortReason reason);
  void answer(const CheckpointRequest& request, CheckpointId savepoint);
  void request_final_if_due(Time now);
  void poll(Time now);  // CO-14: starts what may start
  void trigger(Time now, CheckpointRequest request);
  CheckpointType type_of(const CheckpointRequest& request) const;
  void send_triggers(const PendingCheckpoint& checkpoint);
  void begin(Time now, CheckpointRequest request);  // under the next id
  void id_reserved(Time now, StoreWrite::Step step);

  void finalize(Time now, PendingCheckpoint& checkpoint);
  void complete(Time now, PendingCheckpoint checkpoint);
  CheckpointId retain(CompletedCheckpoint checkpoint);
  void subsume(std::vector<CompletedCheckpoint> gone);
  void remove_surplus();
  void end_with(CheckpointId savepoint);
  bool store(CheckpointId checkpoint, CheckpointKind kind);
  void pointer_written(Time now, CheckpointId checkpoint, StoreWrite::Step step);
  void pointer_in_doubt(CheckpointId checkpoint);
  void pointer_removed(CheckpointId checkpoint);
  void conclude_if_settled();
  PendingCheckpoint take(CheckpointId checkpoint);
  void notify_complete(const CheckpointPlan& plan, CheckpointId checkpoint, CheckpointId subsumed = {});

  void abort(CheckpointId checkpoint, AbortReason reason, std::optional<ExecutionAttempt> culprit = {});
  void abort_all(AbortReason reason);
  template <class Predicate>
  void abort_those(AbortReason reason, std::optional<ExecutionAttempt> culprit, Predicate predicate);
  void notify_aborted(const CheckpointPlan& plan, CheckpointId checkpoint);
  bool must_fail_job(CheckpointId checkpoint, CheckpointKind kind, AbortReason reason,
                     std::optional<ExecutionAttempt> culprit);
  void stop_scheduling(AbortReason reason);

  // Its pointer is, or may be, in the store: nothing undoes it but the removal of the pointer. Or it is the final
  // savepoint, which nothing undoes.
  bool beyond_abort(CheckpointId checkpoint) const;
  PendingCheckpoint* find_pending(CheckpointId checkpoint);  // null when it is not, or no longer, pending
  // The present attempt of a subtask, if it runs: notifications go to it (flink-semantics 0).
  std::optional<ExecutionAttempt> running_attempt(SubtaskId subtask) const;
  AckClass classify(AcknowledgeCheckpoint& ack);  // takes its state if it counts
  void report_files(const SubtaskState& state, CheckpointId checkpoint, AckClass ack_class);
  void arm_periodic(PeriodicTrigger::Arm arm);
  void report(EventKind kind, std::uint32_t detail, CheckpointId checkpoint, std::uint64_t b);

  const ExecutionGraph& graph_;
  const CheckpointOptions& options_;
  const DefectSet& defects_;
  const TaskViews& tasks_;
  std::string directory_;
  ActorId actor_;
  CheckpointId subsumed_{};  // the newest that nobody was told of (CO-32)
  Duration interval_;        // CO-1: never shorter than the pause
  CheckpointRequestDecider decider_;
  PeriodicTrigger periodic_;
  CheckpointFailureManager failures_;
  ExpiredCheckpoints expired_;
  CompletedStore completed_;
  std::map<CheckpointId, PendingCheckpoint> checkpoints_;
  EffectQueue<CheckpointEffect> effects_;
  CheckpointsCleaner cleaner_;
  std::optional<HaRecords> records_;               // with high availability
  std::optional<CheckpointRequest> waits_for_id_;  // its id is being made durable
  std::set<CheckpointId> in_doubt_;                // failed, and their pointers may exist (CO-33)
  enum class Conclusion : std::uint8_t { None, StoringOutcome, Settling, RemovingPointers, Done };
  Conclusion conclusion_ = Conclusion::None;
  JobState outcome_{};
  CheckpointId final_savepoint_{};       // that the job ends with (SP-9)
  CheckpointId next_id_{1};              // CO-47: ids of aborted checkpoints are not used again
  std::optional<Time> last_completion_;  // CO-13
  bool triggering_ = false;              // CO-15
  bool coordinated_;
  bool started_before_ = false;
  bool tasks_run_ = false;        // CO-5
  bool full_due_ = false;         // a snapshot that is not the job's was restored, and no checkpoint completed since
  bool final_requested_ = false;  // in this deployment
};

}  // namespace weir::engine
