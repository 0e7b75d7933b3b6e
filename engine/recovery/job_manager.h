#pragma once

// The JobManager process: hears messages, timers and storage, feeds the scheduler and the checkpoint coordinator, and
// performs what they want through the ports. It decides nothing itself. With high availability it is one session of a
// leader, made by a ContendingJobManager and destroyed with the leadership.

#include <cstdint>
#include <vector>

#include "checkpoint/coordinator.h"
#include "coordination/operator_coordinators.h"
#include "recovery/heartbeat_monitor.h"
#include "recovery/scheduler.h"
#include "recovery/stop_with_savepoint.h"
#include "weir/engine/environment.h"
#include "weir/engine/processes.h"

namespace weir::engine {

class JobManager final : public Process {
 public:
  // `self`: with a session there is high availability, and `recovered` is what the leader before left.
  JobManager(Environment& environment, const JobSetup& setup, Leader self = {}, RecoveredJob recovered = {});

  void start() override;
  void on_message(ProcessId from, SessionId session, Message&& message) override;
  void on_timer(const TimerEvent& event) override;
  void on_segment(ConnectionId connection, Segment* segment) override;
  void on_credit(ConnectionId connection, std::uint32_t credits) override;
  void on_segment_size(ConnectionId connection, std::uint32_t bytes) override;
  void on_connection_broken(ConnectionId connection) override;
  void on_stored(WriteId id, const Status& status) override;
  void on_process_lost(ProcessId process) override;
  void on_request(const JobRequest& request) override;
  void on_leader(Leader) override {}
  void on_ha_answer(const HaAnswer& answer) override;

  // It does not lead any more: nothing is deleted (CO-49, RE-15), and it is not to be used again.
  void suspend();

 private:
  // Performs effects until none is left, those of checkpoints first, and deploys when the scheduler is ready to.
  void settle();
  bool perform_next();
  template <class Effect>
  bool perform_next(EffectQueue<Effect>& effects);
  void deploy();
  void reset_coordinators();
  void cancel(std::uint32_t request);
  void stop(const JobRequest& request);
  void answer(std::uint32_t request, CheckpointId savepoint, bool fulfilled);

  // --- heartbeats
  enum class HeartbeatTimer : std::uint8_t { Beat, Silence };  // argument: of Silence the number of the watch
  static constexpr std::uint8_t kFirstHeartbeatTimer = 32;
  void begin_heartbeats();
  void watch(ProcessId process, std::uint32_t incarnation);
  void on_heartbeat_timer(HeartbeatTimer kind, std::uint64_t argument);
  void handle(ProcessId from, const Heartbeat& message);
  void give_up(const HeartbeatMonitor::Watch& lost, bool unreachable);
  void arm(HeartbeatTimer kind, Duration delay, std::uint64_t argument = 0);

  void handle(ProcessId from, const RegisterTaskManager& message);
  void handle(ProcessId from, const TaskStateUpdate& message) { scheduler_.task_state(moment(), from, message); }
  void handle(ProcessId, AcknowledgeCheckpoint&& message) { coordinator_.acknowledge(now(), std::move(message)); }
  void handle(ProcessId, const DeclineCheckpoint& message) { coordinator_.decline(now(), message); }
  void handle(ProcessId, const EndOfDataReport& message) { scheduler_.end_of_data(message.attempt); }
  void handle(ProcessId, const CoordinatorEvent& message) { operators_.on_event(message); }
  void handle(ProcessId, const EventSeen& message) { operators_.on_seen(message); }

  void perform(const Event& event);
  void perform(TriggerCheckpoint& message) { send_to_task(message); }
  void perform(NotifyCheckpointComplete& message) { send_to_task(message); }
  void perform(NotifyCheckpointAborted& message) { send_to_task(message); }
  void perform(WriteMetadata& effect);
  void perform(DeleteCheckpointFile& effect) { environment_.storage.remove(effect.path); }
  void perform(CleanDirectory& effect);
  void perform(ArmCheckpointTimer& effect);
  void perform(FailJob&);
  void perform(SnapshotCoordinators& effect) { operators_.snapshot(effect.checkpoint); }
  void perform(TellCoordinators& effect);
  void perform(JobEndsWith& effect) { scheduler_.end_with(effect.savepoint); }
  void perform(SavepointEnded& effect);
  void perform(HaRequest& effect) { environment_.ha->request(self_.process, std::move(effect)); }
  void perform(JobConcluded& effect);

  void perform(SendToProcess& effect);
  void perform(ArmSchedulerTimer& effect);
  void perform(TasksRunning&) { coordinator_.tasks_running(now(), environment_.random); }
  void perform(TaskReachedEnd&) { coordinator_.task_reached_end(now()); }
  void perform(TaskFinished& effect);
  void perform(FailoverBegun& effect) { coordinator_.fail_over(effect.checkpoints); }
  void perform(JobEnded& effect);
  void end(JobState state);

  void perform(SendToTask& effect);
  void perform(ArmEventTimeout& effect);
  void perform(CoordinatorsSnapshotted& effect);
  void perform(EventLost& effect) { scheduler_.event_lost(moment(), effect.attempt); }

  template <class TaskMessage>
  void send_to_task(const TaskMessage& message) {
    environment_.control.send(self_.process, scheduler_.process_of(message.attempt.subtask), self_.session, message);
  }
  Time now() const { return environment_.clock.now(); }
  bool available() const { return self_.session != SessionId{}; }  // with high availability
  Moment moment() const { return {now(), environment_.random}; }

  Environment& environment_;
  const JobSetup& setup_;
  const Leader self_;
  RecoveredJob recovered_;  // until the start
  Scheduler scheduler_;
  OperatorCoordinators operators_;
  CheckpointCoordinator coordinator_;
  HeartbeatMonitor heartbeats_;
  StopWithSavepoint stop_;
  std::vector<std::uint32_t> cancel_requests_;
  bool deployed_before_ = false;
  bool begins_anew_ = true;  // everywhere, with the next deployment (RE-6)
};

}  // namespace weir::engine
