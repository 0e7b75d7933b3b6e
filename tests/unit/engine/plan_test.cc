#include "checkpoint/plan.h"

#include <catch2/catch.hpp>

#include "unit/engine/fakes/coord_graph.h"

namespace weir::engine {
namespace {

using namespace coord_test;
using Subtasks = std::vector<std::uint16_t>;

TEST_CASE("sources are triggered and every running subtask is waited for (CO-50)") {
  const auto graph = small_graph();
  const auto plan = plan_checkpoint(*graph, views(6));
  REQUIRE(plan);
  CHECK(subtasks_of(plan->to_trigger) == Subtasks{0, 1});
  CHECK(subtasks_of(plan->to_wait) == Subtasks{0, 1, 2, 3, 4, 5});
  CHECK(plan->finished.empty());
}

TEST_CASE("a subtask whose predecessors are all finished is triggered itself (CO-50)") {
  const auto graph = small_graph();
  TaskViews tasks = views(6);
  tasks[0].state = tasks[1].state = AttemptState::Finished;
  tasks[2].state = AttemptState::Finished;
  const auto plan = plan_checkpoint(*graph, tasks);
  REQUIRE(plan);
  CHECK(subtasks_of(plan->to_trigger) == Subtasks{3, 4});
  CHECK(subtasks_of(plan->to_wait) == Subtasks{3, 4, 5});
  CHECK(plan->finished == std::vector<SubtaskId>{SubtaskId{0}, SubtaskId{1}, SubtaskId{2}});
}

TEST_CASE("one finished source leaves its consumers to the barrier of the other (CO-50)") {
  const auto graph = small_graph();
  TaskViews tasks = views(6);
  tasks[0].state = AttemptState::Finished;
  const auto plan = plan_checkpoint(*graph, tasks);
  REQUIRE(plan);
  CHECK(subtasks_of(plan->to_trigger) == Subtasks{1});
}

TEST_CASE("nothing is planned while a subtask is neither running nor finished (CO-18)") {
  const auto graph = small_graph();
  for (const AttemptState state : {AttemptState::Deploying, AttemptState::Failed, AttemptState::Canceled}) {
    TaskViews tasks = views(6);
    tasks[4].state = state;
    CHECK_FALSE(plan_checkpoint(*graph, tasks));
  }
  CHECK_FALSE(plan_checkpoint(*graph, views(6, AttemptState::Finished)));
}

TEST_CASE("stand-ins of finished subtasks take part and are recorded as finished (CO-54)") {
  const auto graph = small_graph();
  TaskViews tasks = views(6);
  tasks[0].finished_on_restore = tasks[1].finished_on_restore = true;
  const auto plan = plan_checkpoint(*graph, tasks);
  REQUIRE(plan);
  CHECK(plan->to_wait.size() == 6);
  CHECK(plan->finished == std::vector<SubtaskId>{SubtaskId{0}, SubtaskId{1}});
}

TEST_CASE("a subtask known to be finished before its predecessor holds the checkpoint back (CO-53)") {
  const auto graph = small_graph();
  TaskViews tasks = views(6);
  tasks[2].state = AttemptState::Finished;  // reader/0 must have finished, its report is not here yet
  CHECK_FALSE(plan_checkpoint(*graph, tasks));
}

TEST_CASE("no subtask may be finished further than its predecessors (CO-53)") {
  const auto graph = small_graph();
  const auto consistent = [&](std::vector<bool> finished) { return finished_consistently(*graph, finished); };
  CHECK(consistent({false, false, false, false, false, false}));
  CHECK(consistent({true, false, false, false, false, false}));
  CHECK(consistent({true, true, true, true, true, true}));
  CHECK(consistent({true, true, true, false, true, false}));
  SECTION("an all-to-all predecessor of a partly finished vertex is fully finished") {
    CHECK_FALSE(consistent({true, false, true, false, false, false}));
  }
  SECTION("a pointwise predecessor of a partly finished vertex is at least partly finished") {
    CHECK_FALSE(consistent({true, true, false, false, true, false}));
  }
  SECTION("the predecessors of a fully finished vertex are fully finished") {
    CHECK_FALSE(consistent({true, true, true, false, true, true}));
  }
}

TEST_CASE("the end of data is reached when every running subtask has reported it (CO-55)") {
  TaskViews tasks = views(3);
  CHECK_FALSE(all_at_end_of_data(tasks));
  tasks[0].state = AttemptState::Finished;
  tasks[1].end_of_data = true;
  CHECK_FALSE(all_at_end_of_data(tasks));
  tasks[2].end_of_data = true;
  CHECK(all_at_end_of_data(tasks));
  tasks[2].state = AttemptState::Deploying;
  CHECK_FALSE(all_at_end_of_data(tasks));
  CHECK_FALSE(all_at_end_of_data(views(3, AttemptState::Finished)));
}

}  // namespace
}  // namespace weir::engine
