// All coordinators of a job, and their step in the trigger pipeline (CO-15..CO-17, SO-9, SO-15, SO-18).

#include "coordination/operator_coordinators.h"

#include <vector>

#include <catch2/catch.hpp>

#include "unit/engine/fakes/coord_harness.h"

namespace weir::engine {
namespace {

using coord_test::CoordinatorHarness;

JobOptions on_request() {
  JobOptions options;
  options.split_assignment = SplitAssignment::OnRequest;
  return options;
}

struct Coordinators {
  explicit Coordinators(DefectSet defects_in = {}) : defects(defects_in) {
    operators.reset(nullptr, {{{0, 0, false}, {1, 0, false}, {2, 0, false}}});
    operators.deployed(kNoCheckpoint);
    settle();
  }
  void settle() {
    while (!operators.effects().empty()) {
      auto effect = operators.effects().take();
      std::visit([this](auto& e) { keep(e); }, effect);
    }
  }
  void request(std::uint16_t subtask, std::uint32_t number, std::uint32_t attempt = 1) {
    operators.on_event({{SubtaskId{subtask}, AttemptId{attempt}}, number, kNoCheckpoint});
    settle();
  }
  void acknowledge(std::uint16_t subtask, std::uint32_t number, std::uint64_t checkpoint) {
    operators.on_event({{SubtaskId{subtask}, AttemptId{1}}, number, CheckpointId{checkpoint}});
    settle();
  }
  void seen(const OperatorEvent& event) {
    operators.on_seen({event.attempt, event.number});
    settle();
  }
  void keep(SendToTask& e) {
    if (auto* event = std::get_if<OperatorEvent>(&e.message)) sent.push_back(*event);
    if (auto* event = std::get_if<EventSeen>(&e.message)) answered.push_back(*event);
  }
  void keep(ArmEventTimeout& e) { armed.push_back(e); }
  void keep(CoordinatorsSnapshotted& e) { snapshots.push_back(e); }
  void keep(EventLost& e) { lost.push_back(e.attempt); }
  void keep(Event& e) { events.push_back(e); }

  std::shared_ptr<const ExecutionGraph> graph = coord_test::small_graph();
  TaskViews tasks = coord_test::views(6);
  JobOptions options = on_request();
  DefectSet defects;
  OperatorCoordinators operators{*graph, options, defects, tasks, actor_of(kJobManager)};
  std::vector<OperatorEvent> sent;
  std::vector<EventSeen> answered;
  std::vector<ArmEventTimeout> armed;
  std::vector<CoordinatorsSnapshotted> snapshots;
  std::vector<ExecutionAttempt> lost;
  std::vector<Event> events;
};

}  // namespace

TEST_CASE("without the option there are no coordinators") {
  const auto graph = coord_test::small_graph();
  const TaskViews tasks = coord_test::views(6);
  CHECK_FALSE(OperatorCoordinators(*graph, {}, {}, tasks, {}).any());
}

TEST_CASE("a request is answered with a split, once, and only if it is the present attempt's (SO-9, SO-21)") {
  Coordinators c;
  c.request(0, 1);
  REQUIRE(c.sent.size() == 1);
  CHECK(c.sent[0].splits.at(0).id == 0);
  c.request(0, 1);  // repeated: it is here, and was heard before
  CHECK(c.sent.size() == 1);
  CHECK(c.answered.size() == 2);
  c.request(1, 1, 7);
  CHECK(c.answered.size() == 2);
  c.request(2, 1);  // no source
  CHECK(c.answered.size() == 2);
}

TEST_CASE("their part of a checkpoint is complete when all events before it have arrived (SO-15)") {
  Coordinators c;
  c.request(0, 1);
  c.operators.snapshot(CheckpointId{4});
  c.settle();
  CHECK(c.snapshots.empty());
  c.request(1, 1);  // assigned after the part, so it waits
  CHECK(c.sent.size() == 1);
  c.seen(c.sent[0]);
  REQUIRE(c.snapshots.size() == 1);
  CHECK(c.snapshots[0].checkpoint == CheckpointId{4});
  CHECK(decode_unassigned(c.snapshots[0].states.at(0).state).value().size() == 2);
  CHECK(c.sent.size() == 1);
  c.acknowledge(1, 2, 4);  // SN-6
  CHECK(c.sent.size() == 2);
}

TEST_CASE("an abort opens the gateways, and ends a part that is under way (SO-15, CO-15)") {
  Coordinators c;
  c.request(0, 1);
  c.operators.snapshot(CheckpointId{4});
  c.request(1, 1);
  c.operators.on_aborted(CheckpointId{4});
  c.settle();
  CHECK(c.sent.size() == 2);
  c.seen(c.sent[0]);
  CHECK(c.snapshots.empty());
}

TEST_CASE("an event that is not answered in time fails the subtask, if it still runs (SO-18)") {
  Coordinators c;
  c.request(0, 1);
  REQUIRE(c.armed.size() == 1);
  SECTION("it runs") {
    c.operators.on_timeout(SubtaskId{0}, c.armed[0].number);
    c.settle();
    CHECK(c.lost == std::vector{ExecutionAttempt{SubtaskId{0}, AttemptId{1}}});
  }
  SECTION("it was answered") {
    c.seen(c.sent[0]);
    c.operators.on_timeout(SubtaskId{0}, c.armed[0].number);
    c.settle();
    CHECK(c.lost.empty());
  }
  SECTION("it is over") {
    c.tasks[0].state = AttemptState::Failed;
    c.operators.on_timeout(SubtaskId{0}, c.armed[0].number);
    c.settle();
    CHECK(c.lost.empty());
  }
}

TEST_CASE("nobody waits for what a finished subtask did not answer (SO-15)") {
  Coordinators c;
  c.request(0, 1);
  c.operators.snapshot(CheckpointId{4});
  c.tasks[0].state = AttemptState::Finished;
  c.operators.subtask_finished({SubtaskId{0}, AttemptId{1}});
  c.settle();
  CHECK(c.snapshots.size() == 1);
}

TEST_CASE("a new attempt gives back what the restored checkpoint does not have (SO-5, SO-9)") {
  Coordinators c;
  c.request(0, 1);
  c.events.clear();
  for (TaskView& task : c.tasks) task.attempt = AttemptId{2};
  c.operators.deployed(kNoCheckpoint);
  c.settle();
  CHECK(std::count_if(c.events.begin(), c.events.end(),
                      [](const Event& e) { return e.kind == EventKind::UnassignedRestored; }) == 3);
  c.seen(c.sent[0]);  // of the attempt before
  c.request(0, 1, 2);
  CHECK(c.sent.back().splits.at(0).id == 0);
}

TEST_CASE("from a checkpoint that knows the source and no coordinator, readers have all splits (RE-6)") {
  Coordinators c;
  CompletedCheckpoint checkpoint;
  checkpoint.id = CheckpointId{3};
  checkpoint.operators = assemble(*c.graph, std::vector<SubtaskState>(6), std::vector<bool>(6));
  c.operators.reset(&checkpoint, {{{0, 0, false}}});
  c.request(0, 1);
  CHECK(c.sent.back().no_more_splits);
}

// --- in the trigger pipeline ---------------------------------------------------------------------------------------

namespace {

struct Coordinated : CoordinatorHarness {
  explicit Coordinated(DefectSet defects_in = {}) : CoordinatorHarness(defaults(), defects_in, {}, true) {
    start();
    advance(100ms);
  }
  void snapshotted(std::uint64_t checkpoint) {
    coordinator.coordinators_snapshotted(now, CheckpointId{checkpoint}, {{OperatorId{1}, "part"}});
    settle();
  }
};

}  // namespace

TEST_CASE("coordinators take their part before any task is triggered (CO-16)") {
  Coordinated h;
  CHECK(h.snapshots == std::vector{CheckpointId{1}});
  CHECK(h.triggers.empty());
  CHECK(h.coordinator.triggering());
  h.snapshotted(1);
  CHECK(h.triggers.size() == 2);
  CHECK_FALSE(h.coordinator.triggering());
  h.complete(1);
  CHECK(h.told == std::vector<std::pair<CheckpointId, bool>>{{CheckpointId{1}, true}});
}

TEST_CASE("a checkpoint that expires while coordinators take their part leaves the pipeline free (CO-15, CO-17)") {
  Coordinated h;
  h.advance(60s);
  CHECK(h.last_abort() == AbortReason::CheckpointExpired);
  CHECK(h.told.front() == std::pair(CheckpointId{1}, false));
  CHECK(h.snapshots.size() == 2);  // the next one has begun
  h.snapshotted(1);                // too late
  CHECK(h.triggers.empty());
  h.snapshotted(2);
  CHECK(h.triggers.size() == 2);
}

TEST_CASE("defect stay-triggering: after that nothing is ever triggered again (CO-15)") {
  DefectSet defects;
  defects.add(Defect::StayTriggering);
  Coordinated h(defects);
  h.advance(10min);
  CHECK(h.snapshots.size() == 1);
  CHECK(h.coordinator.triggering());
}

TEST_CASE("what coordinators gave is part of the checkpoint (CO-22, SO-2)") {
  Coordinated h;
  const OperatorId source = h.graph->job().vertices[0].chain[0].id;
  h.coordinator.coordinators_snapshotted(h.now, CheckpointId{1}, {{source, "part"}});
  h.settle();
  h.complete(1);
  const OperatorPart* const part = h.coordinator.completed().newest()->find(source);
  REQUIRE(part != nullptr);
  CHECK(part->coordinator == "part");
}

}  // namespace weir::engine
