#pragma once

// Connections between subtasks: segments one way, credits the other, each in order. A dying process takes along what
// had not left it yet; the other end hears of it later.

#include <optional>
#include <vector>

#include "weir/engine/job_graph.h"
#include "world/connection.h"
#include "world/event_log.h"
#include "world/fault_injector.h"
#include "world/process_table.h"
#include "world/scheduler.h"

namespace weir::sim {

using engine::ConnectionId;

class SimDataPlane final : public engine::DataPlane {
 public:
  SimDataPlane(Scheduler& scheduler, EventLog& log, const ProcessTable& processes, FaultInjector& faults,
               engine::SegmentPool& pool)
      : scheduler_(&scheduler), log_(&log), processes_(&processes), faults_(&faults), pool_(&pool) {}

  // `graph` outlives the run.
  void reset(std::uint64_t seed, const engine::ExecutionGraph& graph, LatencyRange latency, Duration detect_loss);
  // Gives every segment back to the pool.
  void clear();

  void attach_producer(ConnectionId id, ProcessId process) override;
  void attach_consumer(ConnectionId id, ProcessId process) override;
  void send(ConnectionId id, engine::Segment* segment) override;
  void grant(ConnectionId id, std::uint32_t credits) override;
  void announce_size(ConnectionId id, std::uint32_t bytes) override;
  void detach_producer(ConnectionId id) override;
  void detach_consumer(ConnectionId id) override;

  void deliver_segment(const QueuedEvent& event);
  void deliver_credit(const QueuedEvent& event);
  void deliver_size(const QueuedEvent& event);
  void report_break(const QueuedEvent& event);
  // Whom such an event is for; nothing when the connection is closed.
  std::optional<ProcessId> consumer_of(const QueuedEvent& event) const;
  std::optional<ProcessId> producer_of(const QueuedEvent& event) const;
  std::optional<ProcessId> hearer_of(const QueuedEvent& event) const;
  // To be called once the process is destroyed.
  void process_died(ProcessId process);
  // Connections that some end may still use.
  std::size_t open_connections() const { return connections_.size() - free_.size(); }

 private:
  struct Link {  // of one channel, over all generations
    RandomStream segments;
    RandomStream credits;
    std::uint32_t newest = kNoConnection;
  };

  std::uint32_t find(ConnectionId id) const;
  std::uint32_t open(ConnectionId id);
  // Null when the connection is closed for both ends.
  Connection* at(const QueuedEvent& event);
  const Connection* at(const QueuedEvent& event) const;
  void close_if_unused(std::uint32_t slot);

  void dispatch(std::uint32_t slot, engine::Segment* segment);
  std::int64_t barrier_delay(const Connection& connection, const engine::Segment& barrier);
  void dispatch_back(std::uint32_t slot, Happening what, std::uint32_t value);
  void dispatch_waiting(std::uint32_t slot, Happening what, std::uint32_t& value);
  const Connection* with_producer(const QueuedEvent& event);

  void producer_died(std::uint32_t slot);
  void consumer_died(std::uint32_t slot);
  void lose_unsent_tail(Connection& connection);
  void expect_break(std::uint32_t slot, bool producer_hears);
  void release_all(engine::SegmentQueue& queue);
  ActorId actor_at(ConnectionId id, bool producer) const;

  Scheduler* scheduler_;
  EventLog* log_;
  const ProcessTable* processes_;
  FaultInjector* faults_;
  engine::SegmentPool* pool_;
  const engine::ExecutionGraph* graph_ = nullptr;
  std::uint64_t seed_ = 0;
  LatencyRange latency_;
  Duration detect_loss_{};
  std::vector<Link> links_;              // by channel
  std::vector<Connection> connections_;  // by slot
  std::vector<std::uint32_t> free_;
};

}  // namespace weir::sim
