#pragma once

// A world with fake processes in it: what the tests of sim/world share.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "weir/sim/simulation.h"
#include "world/checkpoint_storage.h"
#include "world/control_plane.h"
#include "world/data_plane.h"
#include "world/ha_store.h"
#include "world/timers.h"

namespace weir::sim::test {

using namespace std::chrono_literals;

// Only its partitioning is ever asked for.
class BareEdge final : public engine::EdgeType {
 public:
  engine::Partitioning partitioning() const override { return engine::Partitioning::Hash; }
  std::unique_ptr<engine::EdgeWriter> make_writer(engine::RecordOutput&, engine::ChainContext&, engine::Timing,
                                                  std::uint32_t, std::uint32_t) const override {
    return nullptr;
  }
  std::unique_ptr<engine::EdgeReader> make_reader(engine::AnyCollector, engine::Timing) const override {
    return nullptr;
  }
};

// "map" to "totals", every subtask of the one to every subtask of the other: channels map/i->totals/j in that order.
inline std::shared_ptr<const engine::ExecutionGraph> two_vertex_graph(std::uint32_t parallelism = 2) {
  auto job = std::make_shared<engine::JobGraph>();
  for (std::uint16_t v = 0; v < 2; ++v) {
    engine::JobVertex vertex;
    vertex.id = {v};
    vertex.label = v == 0 ? "map" : "totals";
    vertex.parallelism = parallelism;
    job->vertices.push_back(vertex);
  }
  job->edges.push_back({engine::VertexId{0}, 0, engine::VertexId{1}, std::make_shared<BareEdge>()});
  return std::make_shared<const engine::ExecutionGraph>(job);
}

// What a process was told, in order.
struct Heard {
  std::int64_t at = 0;
  std::string what;  // "start", "message", "timer", "segment", "credit", "broken", "stored", "lost"
  std::uint64_t number = 0;
  friend bool operator==(const Heard&, const Heard&) = default;
};

class FakeProcess final : public engine::Process {
 public:
  using History = std::vector<Heard>;
  FakeProcess(const engine::Clock& clock, engine::SegmentPool& pool, History& history)
      : clock_(&clock), pool_(&pool), history_(&history) {}

  void start() override { note("start"); }
  void on_message(ProcessId, engine::SessionId, engine::Message&& message) override {
    note("message", message.index());
  }
  void on_timer(const engine::TimerEvent& event) override { note("timer", event.argument); }
  void on_segment(engine::ConnectionId, engine::Segment* segment) override {
    const std::uint32_t sequence = segment->sequence;
    pool_->release(segment);
    note("segment", sequence);
  }
  void on_credit(engine::ConnectionId, std::uint32_t credits) override { note("credit", credits); }
  void on_segment_size(engine::ConnectionId, std::uint32_t bytes) override { note("size", bytes); }
  void on_connection_broken(engine::ConnectionId connection) override { note("broken", connection.channel.value); }
  void on_stored(engine::WriteId id, const engine::Status&) override { note("stored", id.value); }
  void on_process_lost(ProcessId process) override { note("lost", process.value); }

  void on_request(const engine::JobRequest& request) override { note("request", request.number); }
  void on_leader(engine::Leader leader) override { note("leader", leader.session.value); }
  void on_ha_answer(const engine::HaAnswer& answer) override { note(answer_name(answer.outcome), answer.id.value); }

  std::function<void(const Heard&)> react;

  static std::string answer_name(engine::HaOutcome outcome) {
    constexpr const char* kNames[] = {"done", "exists", "not-found", "not-leader", "unknown"};
    return kNames[static_cast<std::size_t>(outcome)];
  }

 private:
  void note(std::string what, std::uint64_t number = 0) {
    history_->push_back({engine::to_ns(clock_->now()), std::move(what), number});
    if (react) react(Heard(history_->back()));
  }

  const engine::Clock* clock_;
  engine::SegmentPool* pool_;
  History* history_;
};

// The planes of a world over `processes` fake processes (0 is the JobManager's place), without the rest of a run.
struct World {
  static constexpr LatencyRange kLatency{100ns, 300ns};
  static constexpr Duration kDetectLoss{1000};

  explicit World(SchedulePolicy policy = SchedulePolicy::Fifo, std::uint64_t seed = 7, FaultPlan faults = {},
                 std::size_t processes = 4)
      : plan(std::move(faults)), histories(processes) {
    scheduler.reset(seed, policy, Time{1h});
    log.reset(seed, nullptr, nullptr);
    injector.reset(plan, *graph, Time{1h});
    table.reset(processes);
    control.reset(seed, kLatency);
    data.reset(seed, *graph, kLatency, kDetectLoss);
    storage.reset(seed, kLatency);
    ha.reset(seed, kLatency, kDetectLoss);
    for (std::uint16_t p = 0; p < processes; ++p) start(p);
  }
  ~World() { data.clear(); }

  FakeProcess& start(std::uint16_t process) {
    table.begin_life({process});
    auto made = std::make_unique<FakeProcess>(scheduler, pool, histories[process]);
    FakeProcess& fake = *made;
    table.put({process}, std::move(made));
    return fake;
  }
  void crash(std::uint16_t process) {
    table.kill({process});
    data.process_died({process});
    ha.process_died({process});
  }
  // Handles one event; false when there is none.
  bool step() {
    if (scheduler.idle()) return false;
    const QueuedEvent event = scheduler.pop();
    switch (happening_of(event)) {
      case Happening::Timer:
        timers.fire(event);
        break;
      case Happening::Message:
        control.deliver(event);
        break;
      case Happening::Segment:
        data.deliver_segment(event);
        break;
      case Happening::Credit:
        data.deliver_credit(event);
        break;
      case Happening::SegmentSize:
        data.deliver_size(event);
        break;
      case Happening::ConnectionBreak:
        data.report_break(event);
        break;
      case Happening::Stored:
        storage.complete(event);
        break;
      case Happening::HaRequest:
        ha.arrive(event);
        break;
      case Happening::HaAnswer:
        ha.deliver_answer(event);
        break;
      case Happening::LeaderNews:
        ha.deliver_news(event);
        break;
      case Happening::SessionEnd:
        ha.end_session(event);
        break;
      default:
        break;
    }
    return true;
  }
  void run() {
    while (step()) {
    }
  }
  engine::Segment* segment(std::uint32_t sequence, engine::SegmentKind kind = engine::SegmentKind::Data,
                           std::uint64_t checkpoint = 0) {
    engine::Segment* made = pool.acquire(kind);
    made->sequence = sequence;
    made->checkpoint = CheckpointId{checkpoint};
    return made;
  }
  std::vector<std::uint64_t> heard(std::uint16_t process, std::string_view what) const {
    std::vector<std::uint64_t> numbers;
    for (const Heard& h : histories[process]) {
      if (h.what == what) numbers.push_back(h.number);
    }
    return numbers;
  }
  std::vector<TraceEvent> events(TraceKind kind) const {
    std::vector<TraceEvent> found;
    for (const TraceEvent& event : log.trace().events()) {
      if (event.kind == kind) found.push_back(event);
    }
    return found;
  }

  std::shared_ptr<const engine::ExecutionGraph> graph = two_vertex_graph();
  FaultPlan plan;
  std::vector<FakeProcess::History> histories;
  Scheduler scheduler;
  EventLog log{scheduler};
  FaultInjector injector;
  engine::SegmentPool pool{256};
  ProcessTable table;
  SimTimers timers{scheduler, log, table};
  SimControlPlane control{scheduler, log, table, injector};
  SimDataPlane data{scheduler, log, table, injector, pool};
  SimCheckpointStorage storage{scheduler, log, table};
  SimHaStore ha{scheduler, log, table, injector};
};

}  // namespace weir::sim::test
