#include "recovery/job_manager.h"

// How the JobManager finds out by itself that a TaskManager is gone (RE-11), and that they do not agree on what is
// deployed (RE-14). Without heartbeats the world tells it.

namespace weir::engine {

void JobManager::begin_heartbeats() {
  if (setup_.options.heartbeat.enabled()) arm(HeartbeatTimer::Beat, setup_.options.heartbeat.interval);
}

// A repeated registration of the same life changes nothing.
void JobManager::watch(ProcessId process, std::uint32_t incarnation) {
  const HeartbeatOptions& options = setup_.options.heartbeat;
  if (!options.enabled()) return;
  const auto began = heartbeats_.watch(process, incarnation, now());
  if (began) arm(HeartbeatTimer::Silence, options.timeout, *began);
}

void JobManager::on_heartbeat_timer(HeartbeatTimer kind, std::uint64_t argument) {
  if (kind == HeartbeatTimer::Beat) {
    for (const HeartbeatMonitor::Watch& watch : heartbeats_.all()) {
      environment_.control.send(self_.process, watch.peer, self_.session, HeartbeatRequest{watch.incarnation});
    }
    return begin_heartbeats();
  }
  const HeartbeatMonitor::Watch* const watch = heartbeats_.find(argument);
  if (watch == nullptr) return;
  const Duration patience = heartbeats_.patience(*watch, now());
  if (patience > 0ns) return arm(HeartbeatTimer::Silence, patience, argument);
  give_up(*watch, false);
}

// One that was given up, and does not know it, is told again.
void JobManager::handle(ProcessId from, const Heartbeat& message) {
  if (heartbeats_.heard(from, message.incarnation, now())) {
    scheduler_.reconcile(moment(), from, message.deployed);
  } else if (!heartbeats_.watches(from)) {
    environment_.control.send(self_.process, from, self_.session, Disconnected{message.incarnation});
  }
}

void JobManager::on_process_lost(ProcessId process) {
  if (!setup_.options.heartbeat.enabled()) {
    coordinator_.process_ended(process);
    scheduler_.process_lost(moment(), process);
  } else if (heartbeats_.unreachable(process)) {
    for (const HeartbeatMonitor::Watch& watch : heartbeats_.all()) {
      if (watch.peer == process) give_up(watch, true);
    }
  }
  settle();
}

// It may live on, and come back: its directory of merged files stays its own until a later life registers (SH-15).
void JobManager::give_up(const HeartbeatMonitor::Watch& lost, bool unreachable) {
  const ProcessId process = lost.peer;
  perform(Event{EventKind::PeerLost, actor_of(self_.process), process.value, unreachable ? 1u : 0u, 0});
  environment_.control.send(self_.process, process, self_.session, Disconnected{lost.incarnation});
  heartbeats_.forget(process);
  scheduler_.process_lost(moment(), process);
}

void JobManager::arm(HeartbeatTimer kind, Duration delay, std::uint64_t argument) {
  const auto number = static_cast<std::uint8_t>(kFirstHeartbeatTimer + static_cast<std::uint8_t>(kind));
  environment_.timers.arm(self_.process, delay, {number, 0, self_.session.value, argument});
}

}  // namespace weir::engine
