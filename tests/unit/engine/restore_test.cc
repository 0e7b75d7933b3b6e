#include "recovery/restore.h"

#include <catch2/catch.hpp>

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

}  // namespace
}  // namespace weir::engine
