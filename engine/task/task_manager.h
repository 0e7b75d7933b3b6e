#pragma once

// The TaskManager process: registers, holds the newest attempt of every subtask it was given, and leads what arrives to
// the attempt it is meant for. What is meant for an attempt that is over or not yet there is fenced here (RP-2, RP-3).

#include <map>
#include <memory>
#include <vector>

#include "recovery/heartbeat_monitor.h"
#include "task/attempt.h"
#include "task/local_state.h"
#include "task/merged_storage.h"
#include "weir/engine/processes.h"

namespace weir::engine {

class TaskManager final : public Process {
 public:
  TaskManager(Environment& environment, const JobSetup& setup, ProcessId self, std::uint32_t incarnation);

  void start() override;
  void on_message(ProcessId from, SessionId session, Message&& message) override;
  void on_timer(const TimerEvent& event) override;
  void on_segment(ConnectionId connection, Segment* segment) override;
  void on_credit(ConnectionId connection, std::uint32_t credits) override;
  void on_segment_size(ConnectionId connection, std::uint32_t bytes) override;
  void on_connection_broken(ConnectionId connection) override;
  void on_stored(WriteId id, const Status& status) override;
  void on_process_lost(ProcessId process) override;
  void on_request(const JobRequest&) override {}
  void on_leader(Leader leader) override;
  void on_ha_answer(const HaAnswer&) override {}

 private:
  // Where a channel ends and begins; known before anything is deployed.
  struct Route {
    SubtaskId producer;
    SubtaskId consumer;
    std::uint32_t output = 0;  // edge of the producer
    std::uint32_t input = 0;   // channel of the consumer
  };

  void make_routes();
  void register_self();
  std::uint16_t slots() const;
  std::vector<ExecutionAttempt> deployed() const;
  void on_job_manager_silent(std::uint64_t watch_number);
  void lose_job_manager();
  void fail_attempts(bool somebody_listens);
  void free_slots_after(std::uint64_t loss);
  void arm(TaskTimer kind, Duration delay, std::uint64_t argument = 0);
  std::shared_ptr<LocalState> local_state(const DeployTask& message);
  TaskSite site(ExecutionAttempt attempt, CheckpointId restored, bool finished_on_restore) const;

  void handle(const RegistrationAccepted& message);
  void handle(DeployTask&& message);
  void handle(const CancelTask& message);
  void handle(const TaskStateSeen& message);
  void handle(const TriggerCheckpoint& message);
  void handle(const NotifyCheckpointComplete& message);
  void handle(const NotifyCheckpointAborted& message);
  void handle(const FreeSlot& message);
  void handle(const HeartbeatRequest& message);
  void handle(const Disconnected& message);
  void handle(OperatorEvent&& message);
  void handle(const EventSeen& message);
  template <class Other>
  void handle(const Other&) {}  // for the JobManager

  void supersede(std::unique_ptr<Attempt>& attempt);
  Attempt* attempt(ExecutionAttempt id) const;  // null: not here, or another life of it
  Attempt* live_attempt(SubtaskId subtask, AttemptId generation) const;

  Environment& env_;
  const JobSetup& setup_;
  ProcessId self_;
  std::uint32_t incarnation_;
  Leader leader_;                // the one to register with; without high availability there is but one
  bool registered_ = false;      // with it
  HeartbeatMonitor heartbeats_;  // of it
  std::uint64_t losses_ = 0;     // of a JobManager, so far
  WriteIds write_ids_;
  std::unique_ptr<MergedStorage> merged_;                   // with file merging; outlives the attempts
  std::vector<Route> routes_;                               // by channel
  std::vector<std::unique_ptr<Attempt>> attempts_;          // by subtask: the newest
  std::map<SubtaskId, std::shared_ptr<LocalState>> local_;  // with local recovery, of the subtasks deployed here
  std::vector<std::unique_ptr<Attempt>> superseded_;  // older ones whose writes are still to be cleaned up (SN-17)
};

}  // namespace weir::engine
