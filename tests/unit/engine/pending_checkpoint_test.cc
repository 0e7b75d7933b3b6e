#include "checkpoint/pending_checkpoint.h"

#include <catch2/catch.hpp>

#include "unit/engine/fakes/coord_graph.h"

namespace weir::engine {
namespace {

using namespace coord_test;

CheckpointPlan plan_of(std::vector<ExecutionAttempt> wait, std::vector<SubtaskId> finished = {}) {
  return {{wait.front()}, wait, std::move(finished)};
}
PendingCheckpoint pending(const DefectSet& defects, CheckpointPlan plan) {
  return PendingCheckpoint(CheckpointId{4}, CheckpointKind::Periodic, Time{}, std::move(plan), 3, defects);
}

TEST_CASE("a checkpoint is acknowledged when every awaited attempt has acknowledged (CO-22)") {
  const DefectSet none;
  PendingCheckpoint checkpoint = pending(none, plan_of({attempt(0), attempt(1)}, {SubtaskId{2}}));
  CHECK(checkpoint.acknowledge(attempt(0), {"a", 5}) == AckClass::Success);
  CHECK_FALSE(checkpoint.fully_acknowledged());
  CHECK(checkpoint.waits_for(attempt(1)));
  CHECK(checkpoint.acknowledge(attempt(1), {}) == AckClass::Success);  // no state is legal (CO-25)
  REQUIRE(checkpoint.fully_acknowledged());
  CHECK_FALSE(checkpoint.waits_for(attempt(1)));

  const CompletedCheckpoint& result = checkpoint.finalize();
  CHECK(result.id == CheckpointId{4});
  CHECK(result.subtasks == std::vector<SubtaskPart>{{{"a", 5}, false}, {{}, false}, {{}, true}});  // CO-51
  CHECK(checkpoint.finalizing());
}

TEST_CASE("an acknowledgement is classified by attempt (CO-23)") {
  const DefectSet none;
  PendingCheckpoint checkpoint = pending(none, plan_of({attempt(0, 2), attempt(1, 2)}));
  CHECK(checkpoint.acknowledge(attempt(0, 2), {"first", 1}) == AckClass::Success);
  CHECK(checkpoint.acknowledge(attempt(0, 2), {"again", 1}) == AckClass::Duplicate);
  CHECK(checkpoint.acknowledge(attempt(1, 1), {"old", 1}) == AckClass::UnknownAttempt);
  CHECK(checkpoint.acknowledge(attempt(1, 3), {"new", 1}) == AckClass::UnknownAttempt);
  CHECK(checkpoint.acknowledge(attempt(2, 2), {"no part", 1}) == AckClass::UnknownAttempt);
  CHECK(checkpoint.acknowledge(attempt(77, 2), {"nobody", 1}) == AckClass::UnknownAttempt);
  CHECK(checkpoint.state_files() == std::vector<std::string>{"first"});
  CHECK_FALSE(checkpoint.fully_acknowledged());
  checkpoint.dispose();
  CHECK(checkpoint.acknowledge(attempt(1, 2), {"late", 1}) == AckClass::Discarded);
  CHECK_FALSE(checkpoint.waits_for(attempt(1, 2)));
}

TEST_CASE("an acknowledgement during finalization does not change the result") {
  DefectSet defects;
  defects.add(Defect::CompleteWithAckMissing);
  PendingCheckpoint checkpoint = pending(defects, plan_of({attempt(0), attempt(1), attempt(2)}));
  checkpoint.acknowledge(attempt(0), {"a", 1});
  CHECK_FALSE(checkpoint.fully_acknowledged());
  checkpoint.acknowledge(attempt(1), {"b", 1});
  REQUIRE(checkpoint.fully_acknowledged());  // the defect
  checkpoint.finalize();
  checkpoint.acknowledge(attempt(2), {"c", 1});
  CHECK(checkpoint.take_result().subtasks[2].state.path.empty());
}

TEST_CASE("the defect of a missing acknowledgement needs two to wait for") {
  DefectSet defects;
  defects.add(Defect::CompleteWithAckMissing);
  PendingCheckpoint checkpoint = pending(defects, plan_of({attempt(1)}));
  CHECK_FALSE(checkpoint.fully_acknowledged());
  checkpoint.acknowledge(attempt(1), {});
  CHECK(checkpoint.fully_acknowledged());
}

TEST_CASE("a checkpoint that is passed on keeps its acknowledgements and waits for the next attempts") {
  const DefectSet none;
  PendingCheckpoint checkpoint = pending(none, plan_of({attempt(0), attempt(1)}));
  checkpoint.acknowledge(attempt(0), {"dead", 1});
  checkpoint.pass_to_next_attempts();
  CHECK(checkpoint.acknowledge(attempt(0, 2), {"x", 1}) == AckClass::Duplicate);
  CHECK(checkpoint.acknowledge(attempt(1, 1), {"x", 1}) == AckClass::UnknownAttempt);
  CHECK(checkpoint.acknowledge(attempt(1, 2), {"alive", 1}) == AckClass::Success);
  CHECK(checkpoint.fully_acknowledged());
}

}  // namespace
}  // namespace weir::engine
