#include <algorithm>

#include "task/task_manager.h"

// The TaskManager's side of its connection to the JobManager: registration, heartbeats, and what it does when it has
// lost the JobManager (RE-12, RE-14).

namespace weir::engine {

void TaskManager::register_self() {
  env_.control.send(self_, leader_.process, leader_.session, RegisterTaskManager{slots(), incarnation_});
  arm(TaskTimer::Registration, setup_.options.rpc.retry, leader_.session.value);
}

std::uint16_t TaskManager::slots() const {
  const ClusterOptions& cluster = setup_.options.cluster;
  if (cluster.slots != 0) return cluster.slots;
  const std::uint32_t needed = setup_.graph->slots_needed();
  return static_cast<std::uint16_t>((needed + cluster.task_managers - 1) / cluster.task_managers);
}

void TaskManager::handle(const RegistrationAccepted& message) {
  if (message.incarnation != incarnation_) return;
  registered_ = true;
  if (!setup_.options.heartbeat.enabled()) return;
  const auto began = heartbeats_.watch(leader_.process, 1, env_.clock.now());
  if (began) arm(TaskTimer::JobManagerSilence, setup_.options.heartbeat.timeout, *began);
}

void TaskManager::handle(const HeartbeatRequest& message) {
  if (message.incarnation != incarnation_ || !heartbeats_.heard(leader_.process, 1, env_.clock.now())) return;
  env_.control.send(self_, leader_.process, leader_.session, Heartbeat{incarnation_, deployed()});
}

std::vector<ExecutionAttempt> TaskManager::deployed() const {
  std::vector<ExecutionAttempt> known;
  for (const auto& attempt : attempts_) {
    if (attempt != nullptr && attempt->concerns_job_manager()) known.push_back(attempt->execution());
  }
  return known;
}

void TaskManager::handle(const Disconnected& message) {
  if (message.incarnation == incarnation_ && registered_) lose_job_manager();
}

void TaskManager::on_job_manager_silent(std::uint64_t watch_number) {
  const HeartbeatMonitor::Watch* const watch = heartbeats_.find(watch_number);
  if (watch == nullptr) return;
  const Duration patience = heartbeats_.patience(*watch, env_.clock.now());
  if (patience > 0ns) return arm(TaskTimer::JobManagerSilence, patience, watch_number);
  env_.events.emit({EventKind::PeerLost, actor_of(self_), leader_.process.value, 0, 0});
  lose_job_manager();
}

void TaskManager::on_process_lost(ProcessId process) {
  if (process != leader_.process) return;
  if (setup_.options.heartbeat.enabled()) {
    if (!heartbeats_.unreachable(process)) return;
    env_.events.emit({EventKind::PeerLost, actor_of(self_), process.value, 1, 0});
  }
  lose_job_manager();
}

// RE-12: its tasks fail here, whatever the JobManager thinks; slots stay for a while, for when it is found again.
// Without heartbeats it is dead, and what follows is told.
void TaskManager::lose_job_manager() {
  heartbeats_.forget(leader_.process);
  registered_ = false;
  fail_attempts(setup_.options.heartbeat.enabled());
  if (!setup_.options.heartbeat.enabled()) return;
  arm(TaskTimer::SlotTimeout, setup_.options.rpc.deploy_timeout, ++losses_);
  register_self();
}

// RE-12, RE-13: what an older leader deployed is over, and the other one is told of this TaskManager.
void TaskManager::on_leader(Leader leader) {
  if (leader.session <= leader_.session) return;
  heartbeats_.forget(leader_.process);
  fail_attempts(false);
  leader_ = leader;
  registered_ = false;
  register_self();
}

void TaskManager::fail_attempts(bool somebody_listens) {
  for (const auto& attempt : attempts_) {
    if (attempt == nullptr) continue;
    attempt->lose_job_manager();
    if (!somebody_listens) attempt->forget_job_manager();
  }
}

// What is kept for the job in its slots goes with them.
void TaskManager::free_slots_after(std::uint64_t loss) {
  if (registered_ || loss != losses_) return;
  for (const auto& [subtask, local] : local_) local->dispose();
  local_.clear();
}

void TaskManager::arm(TaskTimer kind, Duration delay, std::uint64_t argument) {
  env_.timers.arm(self_, delay, {static_cast<std::uint8_t>(kind), kNoSubtask.value, 0, argument});
}

}  // namespace weir::engine
