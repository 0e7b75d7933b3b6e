#pragma once

// The checkpoint coordinator with a clock by hand, a view of its tasks to change, and its effects sorted by kind.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "checkpoint/coordinator.h"
#include "unit/engine/fakes/coord_graph.h"
#include "unit/engine/fakes/coord_state.h"

namespace weir::engine::coord_test {

// Every draw is `next`, or the largest one below its bound.
class FixedRandomness final : public Randomness {
 public:
  std::uint64_t draw(std::string_view stream, std::uint64_t bound) override {
    streams.emplace_back(stream);
    bounds.push_back(bound);
    return next < bound ? next : bound - 1;
  }
  std::uint64_t next = 0;
  std::vector<std::string> streams;
  std::vector<std::uint64_t> bounds;
};

struct CoordinatorHarness {
  explicit CoordinatorHarness(CheckpointOptions options_in = defaults(), DefectSet defects_in = {}, Leader self = {},
                              bool coordinated = false)
      : options(options_in), defects(defects_in), coordinator(*graph, options, defects, tasks, {}, self, coordinated) {}

  static CheckpointOptions defaults() {
    CheckpointOptions options;
    options.enabled = true;
    options.interval = 100ms;
    options.timeout = 60s;
    options.tolerable_failures = 100;
    return options;
  }

  // Takes the effects and performs the timers; what the rest says is kept in the lists below.
  void settle() {
    while (!coordinator.effects().empty()) {
      auto effect = coordinator.effects().take();
      std::visit([this](auto& e) { keep(e); }, effect);
    }
  }
  void start() {
    coordinator.tasks_running(now, random);
    settle();
  }
  // Lets time pass, firing every timer that is due, in order.
  void advance(Duration by) {
    const Time until = now + by;
    while (!timers.empty() && timers.begin()->first <= until) {
      const auto [at, timer] = *timers.begin();
      timers.erase(timers.begin());
      now = at;
      coordinator.on_timer(now, timer.kind, timer.argument);
      settle();
    }
    now = until;
  }
  void ack(std::uint16_t subtask, std::uint64_t checkpoint, std::uint32_t number = 1) {
    AcknowledgeCheckpoint message;
    message.checkpoint = CheckpointId{checkpoint};
    message.attempt = attempt(subtask, number);
    message.state = acked(uid_in_small_graph(subtask), file(subtask, checkpoint, number), 10);
    coordinator.acknowledge(now, message);
    settle();
  }
  void ack_all(std::uint64_t checkpoint, std::uint32_t number = 1) {
    for (std::uint16_t s = 0; s < tasks.size(); ++s) {
      if (tasks[s].state == AttemptState::Running) ack(s, checkpoint, number);
    }
  }
  void stored(std::uint64_t checkpoint, Status status = {}) {
    writes.erase(checkpoint);
    coordinator.metadata_stored(now, CheckpointId{checkpoint}, status);
    settle();
  }
  void complete(std::uint64_t checkpoint, std::uint32_t number = 1) {
    ack_all(checkpoint, number);
    stored(checkpoint);
  }
  void decline(std::uint16_t subtask, std::uint64_t checkpoint, AbortReason reason, std::uint32_t number = 1) {
    coordinator.decline(now, {CheckpointId{checkpoint}, attempt(subtask, number), reason});
    settle();
  }
  void finish(std::uint16_t subtask) {
    tasks[subtask].state = AttemptState::Finished;
    coordinator.task_finished(now, {SubtaskId{subtask}, tasks[subtask].attempt});
    settle();
  }
  void reach_end(std::uint16_t subtask) {
    tasks[subtask].end_of_data = true;
    coordinator.task_reached_end(now);
    settle();
  }
  void savepoint(CheckpointKind kind, std::uint32_t request) {
    coordinator.request_savepoint(now, {kind}, request);
    settle();
  }
  void fail_over(AbortReason reason = AbortReason::JobFailoverRegion) {
    for (TaskView& task : tasks) task.state = AttemptState::Failed;
    coordinator.fail_over(reason);
    settle();
  }
  void redeploy() {
    const AttemptId next{tasks[0].attempt.value + 1};
    for (TaskView& task : tasks) task = TaskView{next, AttemptState::Running, false, false};
    start();
  }

  static std::string file(std::uint16_t subtask, std::uint64_t checkpoint, std::uint32_t number = 1) {
    return "chk-" + std::to_string(checkpoint) + "/" + std::to_string(subtask) + "-" + std::to_string(number);
  }
  std::vector<std::uint64_t> ids(EventKind kind) const {
    std::vector<std::uint64_t> found;
    for (const Event& e : events) {
      if (e.kind == kind) found.push_back(e.a);
    }
    return found;
  }
  const Event& last(EventKind kind) const {
    const Event* found = nullptr;
    for (const Event& e : events) {
      if (e.kind == kind) found = &e;
    }
    WEIR_ASSERT(found != nullptr, "no such event was reported");
    return *found;
  }
  AbortReason last_abort() const { return static_cast<AbortReason>(last(EventKind::CheckpointAborted).detail); }
  std::vector<AbortReason> refusals() const {
    std::vector<AbortReason> found;
    for (const Event& e : events) {
      if (e.kind == EventKind::CheckpointRefused) found.push_back(static_cast<AbortReason>(e.detail));
    }
    return found;
  }
  AckClass last_ack() const { return static_cast<AckClass>(last(EventKind::AckReceived).b >> 32); }

  void keep(TriggerCheckpoint& e) { triggers.push_back(e); }
  void keep(NotifyCheckpointComplete& e) { completes.push_back(e); }
  void keep(NotifyCheckpointAborted& e) { aborts.push_back(e); }
  void keep(WriteMetadata& e) { writes[e.checkpoint.value] = e; }
  void keep(DeleteCheckpointFile& e) { deleted.push_back(e.path); }
  void keep(CleanDirectory& e) { cleaned.push_back(e); }
  void keep(ArmCheckpointTimer& e) { timers.emplace(now + e.delay, e); }
  void keep(FailJob& e) { failures.push_back(e.reason); }
  void keep(SnapshotCoordinators& e) { snapshots.push_back(e.checkpoint); }
  void keep(TellCoordinators& e) { told.emplace_back(e.checkpoint, e.completed); }
  void keep(JobEndsWith& e) { final_savepoint = e.savepoint; }
  void keep(SavepointEnded& e) { savepoints.push_back(e); }
  void keep(HaRequest& e) { requests.push_back(e); }
  void keep(JobConcluded& e) { concluded.push_back(e.state); }
  void keep(Event& e) { events.push_back(e); }

  std::shared_ptr<const ExecutionGraph> graph = small_graph();
  TaskViews tasks = views(6);
  CheckpointOptions options;
  DefectSet defects;
  FixedRandomness random;
  Time now{};
  CheckpointCoordinator coordinator;

  std::vector<TriggerCheckpoint> triggers;
  std::vector<NotifyCheckpointComplete> completes;
  std::vector<NotifyCheckpointAborted> aborts;
  std::map<std::uint64_t, WriteMetadata> writes;  // under way
  std::vector<std::string> deleted;
  std::vector<CleanDirectory> cleaned;
  std::multimap<Time, ArmCheckpointTimer> timers;
  std::vector<AbortReason> failures;
  std::vector<SavepointEnded> savepoints;
  std::vector<HaRequest> requests;  // not answered
  CheckpointId final_savepoint{};
  std::vector<CheckpointId> snapshots;              // that coordinators were asked for
  std::vector<std::pair<CheckpointId, bool>> told;  // to them: what became of it
  std::vector<JobState> concluded;
  std::vector<Event> events;
};

}  // namespace weir::engine::coord_test
