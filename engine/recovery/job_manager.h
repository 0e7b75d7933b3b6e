#pragma once

// The JobManager process: hears messages, timers and storage, feeds the scheduler and the checkpoint coordinator, and
// performs what they want through the ports. It decides nothing itself.

#include <cstdint>
#include <vector>

#include "checkpoint/coordinator.h"
#include "recovery/scheduler.h"
#include "recovery/stop_with_savepoint.h"
#include "weir/engine/environment.h"
#include "weir/engine/processes.h"

namespace weir::engine {

class JobManager final : public Process {
 public:
  JobManager(Environment& environment, const JobSetup& setup);

  void start() override;
  void on_message(ProcessId from, const Message& message) override;
  void on_timer(const TimerEvent& event) override;
  void on_segment(ConnectionId connection, Segment* segment) override;
  void on_credit(ConnectionId connection, std::uint32_t credits) override;
  void on_connection_broken(ConnectionId connection) override;
  void on_stored(WriteId id, const Status& status) override;
  void on_process_lost(ProcessId process) override;
  void on_request(const JobRequest& request) override;

 private:
  // Performs effects until none is left, those of checkpoints first, and deploys when the scheduler is ready to.
  void settle();
  bool perform_next();
  void deploy();
  void cancel(std::uint32_t request);
  void stop(const JobRequest& request);
  void answer(std::uint32_t request, CheckpointId savepoint, bool fulfilled);

  void handle(ProcessId from, const RegisterTaskManager& message);
  void handle(ProcessId from, const TaskStateUpdate& message) { scheduler_.task_state(moment(), from, message); }
  void handle(ProcessId, const AcknowledgeCheckpoint& message) { coordinator_.acknowledge(now(), message); }
  void handle(ProcessId, const DeclineCheckpoint& message) { coordinator_.decline(now(), message); }
  void handle(ProcessId, const EndOfDataReport& message) { scheduler_.end_of_data(message.attempt); }

  void perform(const Event& event) { environment_.events.emit(event); }
  void perform(TriggerCheckpoint& message) { send_to_task(message); }
  void perform(NotifyCheckpointComplete& message) { send_to_task(message); }
  void perform(NotifyCheckpointAborted& message) { send_to_task(message); }
  void perform(WriteMetadata& effect);
  void perform(DeleteCheckpointFile& effect) { environment_.storage.remove(effect.path); }
  void perform(CleanDirectory& effect);
  void perform(ArmCheckpointTimer& effect);
  void perform(FailJob&) { scheduler_.fail_job(moment()); }
  void perform(SavepointEnded& effect);

  void perform(SendToProcess& effect);
  void perform(ArmSchedulerTimer& effect);
  void perform(TasksRunning&) { coordinator_.tasks_running(now(), environment_.random); }
  void perform(TaskReachedEnd&) { coordinator_.task_reached_end(now()); }
  void perform(TaskFinished& effect) { coordinator_.task_finished(now(), effect.attempt); }
  void perform(FailoverBegun& effect) { coordinator_.fail_over(effect.checkpoints); }
  void perform(JobEnded& effect);

  template <class TaskMessage>
  void send_to_task(const TaskMessage& message) {
    environment_.control.send(kJobManager, scheduler_.process_of(message.attempt.subtask), message);
  }
  Time now() const { return environment_.clock.now(); }
  Moment moment() const { return {now(), environment_.random}; }

  Environment& environment_;
  const JobSetup& setup_;
  Scheduler scheduler_;
  CheckpointCoordinator coordinator_;
  StopWithSavepoint stop_;
  std::vector<std::uint32_t> cancel_requests_;
  bool deployed_before_ = false;
};

}  // namespace weir::engine
