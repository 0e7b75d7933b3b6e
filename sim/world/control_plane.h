#pragma once

// Control messages in flight: ordered per pair of processes, delivered at most once, to the life they were sent to.
// Faults make exceptions: a message that is repeated comes twice, and what is delayed may be overtaken as far as
// flink-semantics 12 allows it.

#include <map>
#include <vector>

#include "world/event_log.h"
#include "world/fault_injector.h"
#include "world/process_table.h"
#include "world/scheduler.h"
#include "world/slot_pool.h"

namespace weir::sim {

class SimControlPlane final : public engine::ControlPlane {
 public:
  SimControlPlane(Scheduler& scheduler, EventLog& log, const ProcessTable& processes, FaultInjector& faults)
      : scheduler_(&scheduler), log_(&log), processes_(&processes), faults_(&faults) {}

  void reset(std::uint64_t seed, LatencyRange latency);
  void clear() { in_flight_.clear(); }

  void send(ProcessId from, ProcessId to, engine::SessionId session, engine::Message message) override;
  // A message whose receiver died in the meantime is lost, also when a new life has begun.
  void deliver(const QueuedEvent& event);

 private:
  struct Link {
    RandomStream latencies;
    std::int64_t last_arrival = -1;
    // What is late and overtaken by what other subtasks send, but not by what the same one sends: its last arrival.
    std::map<engine::SubtaskId, std::int64_t> held;
  };
  struct InFlight {
    engine::Message message;
    ProcessId from;
    ProcessId to;
    std::uint32_t incarnation = 0;  // of the receiver
    std::uint32_t cause = kNoCause;
    engine::SessionId session;
  };

  void refuse(const InFlight& message);

  Link& link(ProcessId from, ProcessId to) {
    return links_[processes_->place(from) * processes_->size() + processes_->place(to)];
  }
  std::int64_t arrival(Link& link, const engine::Message& message);
  std::int64_t late_arrival(Link& link, const engine::Message& message, std::int64_t in_order);
  void repeat(ProcessId from, ProcessId to, engine::SessionId session, const engine::Message& message,
              std::uint32_t sent);
  // An event about a message at one of its ends; `other` is the other end.
  std::uint32_t report(WorldEventKind kind, ProcessId at, ProcessId other, const engine::Message& message);

  Scheduler* scheduler_;
  EventLog* log_;
  const ProcessTable* processes_;
  FaultInjector* faults_;
  LatencyRange latency_;
  std::vector<Link> links_;  // one per ordered pair
  SlotPool<InFlight> in_flight_;
};

}  // namespace weir::sim
