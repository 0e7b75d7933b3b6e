#pragma once

// The high-availability store: entries that outlive every process, and the leadership that is decided there. One
// machine that does not fail; what can be lost is the way to it.

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "weir/engine/ha_store.h"
#include "world/event_log.h"
#include "world/fault_injector.h"
#include "world/process_table.h"
#include "world/scheduler.h"
#include "world/slot_pool.h"

namespace weir::sim {

class SimHaStore final : public engine::HaStore {
 public:
  SimHaStore(Scheduler& scheduler, EventLog& log, const ProcessTable& processes, FaultInjector& faults)
      : scheduler_(&scheduler), log_(&log), processes_(&processes), faults_(&faults) {}

  // `detect_loss`: how long the session of a dead leader lasts.
  void reset(std::uint64_t seed, LatencyRange latency, Duration detect_loss);
  // The same entries under other processes; sessions count on.
  void begin_stage(std::uint64_t seed);

  void contend(ProcessId candidate) override;
  void request(ProcessId owner, engine::HaRequest request) override;

  void arrive(const QueuedEvent& event);  // a request takes effect
  void deliver_answer(const QueuedEvent& event);
  void deliver_news(const QueuedEvent& event);  // a process is told who leads
  void end_session(const QueuedEvent& event);

  void process_started(ProcessId process);
  void process_died(ProcessId process);
  // Gives the leadership to another candidate while the leader lives, which hears of it after `delay`. False: nobody
  // leads, or there is no other one.
  bool depose(Duration delay);
  // Of the present session; nobody's when it is the dead leader's or there was none.
  engine::Leader leader() const { return leader_; }

 private:
  struct Candidate {
    ProcessId process;
    std::uint32_t incarnation = 0;
  };
  struct Request {
    Candidate owner;
    std::uint32_t cause = kNoCause;
    engine::HaRequest request;
  };
  struct Answer {
    Candidate owner;
    std::uint32_t cause = kNoCause;
    engine::HaAnswer answer;
  };
  struct Way {  // between a process and the store; either direction is ordered
    RandomStream latencies;
    std::int64_t last_request = -1;
    std::int64_t last_answer = -1;
  };

  bool alive(const Candidate& candidate) const;
  Way& way(ProcessId process) { return ways_[processes_->place(process)]; }
  Duration latency(ProcessId process);
  bool elect(ProcessId except);
  void tell(ProcessId process, Duration later);
  engine::HaAnswer apply(const engine::HaRequest& request);
  engine::HaAnswer answer_to(engine::HaRequest request);
  void report(WorldEventKind kind, const engine::HaRequest& request);

  Scheduler* scheduler_;
  EventLog* log_;
  const ProcessTable* processes_;
  FaultInjector* faults_;
  LatencyRange latency_;
  Duration detect_loss_{};
  std::map<std::string, engine::Bytes> entries_;
  std::deque<Candidate> candidates_;  // the next leader first
  engine::Leader leader_;             // the last one
  bool led_ = false;                  // its session lasts
  std::vector<Way> ways_;             // by place
  SlotPool<Request> requests_;
  SlotPool<Answer> answers_;
};

}  // namespace weir::sim
