#pragma once

// A JobManager process with high availability: contends for leadership, and while it leads runs the job as the
// JobManager of that session (RE-13). What it hears of another session, or for one, it does not pass on (RP-2).

#include <map>
#include <memory>

#include "recovery/job_manager.h"
#include "recovery/leadership.h"

namespace weir::engine {

class ContendingJobManager final : public Process {
 public:
  // REQUIRES: the environment has a high-availability store.
  ContendingJobManager(Environment& environment, const JobSetup& setup, ProcessId self);

  void start() override { environment_.ha->contend(self_); }
  void on_message(ProcessId from, SessionId session, Message&& message) override;
  void on_timer(const TimerEvent& event) override;
  void on_segment(ConnectionId connection, Segment* segment) override;
  void on_credit(ConnectionId connection, std::uint32_t credits) override;
  void on_segment_size(ConnectionId connection, std::uint32_t bytes) override;
  void on_connection_broken(ConnectionId connection) override;
  void on_stored(WriteId id, const Status& status) override;
  void on_process_lost(ProcessId process) override;
  void on_request(const JobRequest& request) override;
  void on_leader(Leader leader) override;
  void on_ha_answer(const HaAnswer& answer) override;

 private:
  void recover();  // asks the store for what the leader before left
  void recover_later();
  void read(const HaAnswer& answer);
  void suspend();

  Environment& environment_;
  const JobSetup& setup_;
  ProcessId self_;
  Leadership leadership_;
  std::unique_ptr<JobManager> job_;                 // while it leads
  std::map<ProcessId, RegisterTaskManager> early_;  // TaskManagers that registered while it recovered
};

}  // namespace weir::engine
