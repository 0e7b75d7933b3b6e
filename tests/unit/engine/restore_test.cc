#include "recovery/restore.h"

#include <catch2/catch.hpp>

#include "recovery/restore_check.h"
#include "unit/engine/fakes/coord_graph.h"
#include "unit/engine/fakes/coord_state.h"

namespace weir::engine {
namespace {

using namespace coord_test;

std::string file(std::uint64_t id, int subtask) { return std::to_string(id) + "/" + std::to_string(subtask); }

CompletedCheckpoint checkpoint(std::uint64_t id) {
  std::vector<SubtaskState> states;
  for (std::uint16_t s = 0; s < 6; ++s) states.push_back(acked(uid_in_small_graph(s), file(id, s), 1));
  return {CheckpointId{id}, assemble(*small_graph(), std::move(states), std::vector<bool>(6))};
}

// What a subtask of one operator restores from one file.
SubtaskRestore from_file(std::uint16_t subtask, std::uint64_t id) {
  return {acked(uid_in_small_graph(subtask), file(id, subtask), 1), false};
}

TEST_CASE("without a completed checkpoint the job starts from the beginning (RE-7)") {
  const RestoreAssignment assignment = assign_restore(*small_graph(), CompletedStore(1), {});
  CHECK(assignment.checkpoint == kNoCheckpoint);
  CHECK(assignment.subtasks == std::vector<SubtaskRestore>(6));
}

TEST_CASE("before the first checkpoint of its own the job restores what it was started from (RE-7)") {
  CompletedStore store(1);
  CompletedCheckpoint users = checkpoint(7);
  users.claimed = false;
  store.add(users);
  const RestoreAssignment assignment = assign_restore(*small_graph(), store, {});
  CHECK(assignment.checkpoint == CheckpointId{7});
  CHECK(assignment.subtasks[2] == from_file(2, 7));
}

TEST_CASE("every subtask gets its own part of the newest completed checkpoint (RE-8)") {
  CompletedStore store(2);
  store.add(checkpoint(3));
  CompletedCheckpoint newest = checkpoint(5);
  newest.operators[0].subtasks[0].finished = true;
  newest.operators[2].subtasks[0].state = {};
  store.add(newest);
  const RestoreAssignment assignment = assign_restore(*small_graph(), store, {});
  CHECK(assignment.checkpoint == CheckpointId{5});
  CHECK(assignment.subtasks[0] == SubtaskRestore{{}, true});  // CO-54: no state
  CHECK(assignment.subtasks[3] == from_file(3, 5));
  CHECK(assignment.subtasks[4].state.operators.size() == 1);  // ST-12: it is known, and has no state (CO-25)
  CHECK(assignment.subtasks[4].state.operators[0].state.empty());
}

TEST_CASE("the defect of other offsets gives sources the checkpoint before, or none") {
  DefectSet defects;
  defects.add(Defect::RestoreOffsetsOfOtherCheckpoint);
  CompletedStore store(2);
  store.add(checkpoint(3));
  CHECK(assign_restore(*small_graph(), store, defects).subtasks[0].state.operators.empty());
  store.add(checkpoint(5));
  const RestoreAssignment assignment = assign_restore(*small_graph(), store, defects);
  CHECK(assignment.checkpoint == CheckpointId{5});
  CHECK(assignment.subtasks[1] == from_file(1, 3));
  CHECK(assignment.subtasks[2] == from_file(2, 5));
}

TEST_CASE("a restore that would lose what an unfinished operator still sends is refused (CO-53)") {
  const auto graph = coord_test::small_graph();
  const auto problems = [&](std::vector<bool> finished) {
    const CompletedCheckpoint checkpoint{CheckpointId{3}, assemble(*graph, std::vector<SubtaskState>(6), finished)};
    return problems_of_restore(graph->job(), checkpoint, false);
  };
  CHECK(problems({false, false, false, false, false, false}).empty());
  CHECK(problems({true, true, false, false, false, false}).empty());
  CHECK(problems({true, true, true, false, false, false}).empty());
  CHECK(problems({true, true, true, false, true, false}).empty());
  CHECK(problems({true, true, true, true, true, true}).empty());
  CHECK(problems({false, false, true, true, false, false}) ==
        "'totals-uid' has finished in checkpoint 3 and 'reader-uid' before it has not: what it still sends would be "
        "lost; start from a checkpoint before the end of 'totals-uid'");
  CHECK_FALSE(problems({true, false, true, false, false, false}).empty());  // everybody sends to everybody
  CHECK_FALSE(problems({true, true, false, false, true, false}).empty());
}

TEST_CASE("operators of one chain have finished alike, or the restore is refused (CO-53)") {
  JobVertex chain = coord_test::vertex(0, "a", 1, true);
  chain.chain.push_back(coord_test::vertex(1, "b", 1, false).chain.front());
  JobGraph job;
  job.vertices = {chain};
  CompletedCheckpoint checkpoint{CheckpointId{3}, {}};
  for (const JobOperator& op : chain.chain) {
    checkpoint.operators.push_back({op.id, op.uid, 1, 128, {SubtaskPart{{}, op.uid == "a-uid"}}});
  }
  CHECK(problems_of_restore(job, checkpoint, false) ==
        "'a-uid' and 'b-uid' are one chain, and in checkpoint 3 they have not finished alike: do not chain them "
        "(disable_operator_chaining), or start from a checkpoint before their end");
  checkpoint.operators[1].subtasks[0].finished = true;
  CHECK(problems_of_restore(job, checkpoint, false).empty());
}

}  // namespace
}  // namespace weir::engine
