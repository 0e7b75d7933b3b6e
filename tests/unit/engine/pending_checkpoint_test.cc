#include "checkpoint/pending_checkpoint.h"

#include <catch2/catch.hpp>

#include "unit/engine/fakes/coord_graph.h"
#include "unit/engine/fakes/coord_state.h"

namespace weir::engine {
namespace {

using namespace coord_test;

// A job of one operator with three subtasks.
const ExecutionGraph& graph() {
  static const auto made = graph_of({{"op", 3}}, {});
  return *made;
}
SubtaskState part(const std::string& path, std::uint64_t size = 1) { return acked("op-uid", path, size); }

CheckpointPlan plan_of(std::vector<ExecutionAttempt> wait, std::vector<SubtaskId> finished = {}) {
  return {{wait.front()}, wait, std::move(finished)};
}
PendingCheckpoint pending(const DefectSet& defects, CheckpointPlan plan) {
  return PendingCheckpoint(CheckpointId{4}, CheckpointRequest{}, Time{}, std::move(plan), 3, false, defects);
}

TEST_CASE("a checkpoint is acknowledged when every awaited attempt has acknowledged (CO-22)") {
  const DefectSet none;
  PendingCheckpoint checkpoint = pending(none, plan_of({attempt(0), attempt(1)}, {SubtaskId{2}}));
  CHECK(checkpoint.acknowledge(attempt(0), part("a", 5)) == AckClass::Success);
  CHECK_FALSE(checkpoint.fully_acknowledged());
  CHECK(checkpoint.waits_for(attempt(1)));
  CHECK(checkpoint.acknowledge(attempt(1), {}) == AckClass::Success);  // no state is legal (CO-25)
  REQUIRE(checkpoint.fully_acknowledged());
  CHECK_FALSE(checkpoint.waits_for(attempt(1)));

  const CompletedCheckpoint& result = checkpoint.finalize(graph(), "chk-4");
  CHECK(result.id == CheckpointId{4});
  CHECK(result.operators[0].subtasks ==
        std::vector<SubtaskPart>{{keyed_file("a", 5), false}, {{}, false}, {{}, true}});  // CO-51
  CHECK(checkpoint.finalizing());
}

TEST_CASE("an acknowledgement is classified by attempt (CO-23)") {
  const DefectSet none;
  PendingCheckpoint checkpoint = pending(none, plan_of({attempt(0, 2), attempt(1, 2)}));
  CHECK(checkpoint.acknowledge(attempt(0, 2), part("first", 1)) == AckClass::Success);
  CHECK(checkpoint.acknowledge(attempt(0, 2), part("again", 1)) == AckClass::Duplicate);
  CHECK(checkpoint.acknowledge(attempt(1, 1), part("old", 1)) == AckClass::UnknownAttempt);
  CHECK(checkpoint.acknowledge(attempt(1, 3), part("new", 1)) == AckClass::UnknownAttempt);
  CHECK(checkpoint.acknowledge(attempt(2, 2), part("no part", 1)) == AckClass::UnknownAttempt);
  CHECK(checkpoint.acknowledge(attempt(77, 2), part("nobody", 1)) == AckClass::UnknownAttempt);
  CHECK(checkpoint.state_files() == std::vector<std::string>{"first"});
  CHECK_FALSE(checkpoint.fully_acknowledged());
  checkpoint.dispose();
  CHECK(checkpoint.acknowledge(attempt(1, 2), part("late", 1)) == AckClass::Discarded);
  CHECK_FALSE(checkpoint.waits_for(attempt(1, 2)));
}

TEST_CASE("an acknowledgement during finalization does not change the result") {
  DefectSet defects;
  defects.add(Defect::CompleteWithAckMissing);
  PendingCheckpoint checkpoint = pending(defects, plan_of({attempt(0), attempt(1), attempt(2)}));
  checkpoint.acknowledge(attempt(0), part("a", 1));
  CHECK_FALSE(checkpoint.fully_acknowledged());
  checkpoint.acknowledge(attempt(1), part("b", 1));
  REQUIRE(checkpoint.fully_acknowledged());  // the defect
  checkpoint.finalize(graph(), "chk-4");
  checkpoint.acknowledge(attempt(2), part("c", 1));
  CHECK(checkpoint.take_result().operators[0].subtasks[2].state.empty());
}

TEST_CASE("the defect of a missing acknowledgement needs two to wait for") {
  DefectSet defects;
  defects.add(Defect::CompleteWithAckMissing);
  PendingCheckpoint checkpoint = pending(defects, plan_of({attempt(1)}));
  CHECK_FALSE(checkpoint.fully_acknowledged());
  checkpoint.acknowledge(attempt(1), {});
  CHECK(checkpoint.fully_acknowledged());
}

TEST_CASE("a vertex with union state must not end in some subtasks only (CO-52)") {
  const DefectSet none;
  SubtaskState united = part("u");
  united.operators[0].state.managed_operator.push_back({{{"all", OperatorStateMode::Union, {0}}}, {"v", {}, 1}});
  for (const bool other_ends : {false, true}) {
    for (const bool finished : {false, true}) {
      PendingCheckpoint checkpoint = pending(
          none, plan_of({attempt(0), attempt(1)}, finished ? std::vector{SubtaskId{2}} : std::vector<SubtaskId>{}));
      checkpoint.acknowledge(attempt(0), SubtaskState(united), true);
      checkpoint.acknowledge(attempt(1), part("w"), other_ends);
      CHECK(checkpoint.ends_partly_with_union_state(graph()) == !(other_ends && finished));
    }
  }
  PendingCheckpoint split_only = pending(none, plan_of({attempt(0), attempt(1)}));
  split_only.acknowledge(attempt(0), part("s"), true);
  CHECK_FALSE(split_only.ends_partly_with_union_state(graph()));
}

TEST_CASE("a checkpoint that is passed on keeps its acknowledgements and waits for the next attempts") {
  const DefectSet none;
  PendingCheckpoint checkpoint = pending(none, plan_of({attempt(0), attempt(1)}));
  checkpoint.acknowledge(attempt(0), part("dead", 1));
  checkpoint.pass_to_next_attempts();
  CHECK(checkpoint.acknowledge(attempt(0, 2), part("x", 1)) == AckClass::Duplicate);
  CHECK(checkpoint.acknowledge(attempt(1, 1), part("x", 1)) == AckClass::UnknownAttempt);
  CHECK(checkpoint.acknowledge(attempt(1, 2), part("alive", 1)) == AckClass::Success);
  CHECK(checkpoint.fully_acknowledged());
}

}  // namespace
}  // namespace weir::engine
