#include "recovery/restore.h"

#include <catch2/catch.hpp>

#include "unit/engine/fakes/coord_graph.h"

namespace weir::engine {
namespace {

using namespace coord_test;

CompletedCheckpoint checkpoint(std::uint64_t id) {
  CompletedCheckpoint made{CheckpointId{id}, {}};
  for (int s = 0; s < 6; ++s) made.subtasks.push_back({{std::to_string(id) + "/" + std::to_string(s), 1}, false});
  return made;
}

TEST_CASE("without a completed checkpoint the job starts from the beginning (RE-7)") {
  const RestoreAssignment assignment = assign_restore(*small_graph(), CompletedStore(1), {});
  CHECK(assignment.checkpoint == kNoCheckpoint);
  CHECK(assignment.subtasks == std::vector<SubtaskRestore>(6));
}

TEST_CASE("every subtask gets its own part of the newest completed checkpoint (RE-8)") {
  CompletedStore store(2);
  store.add(checkpoint(3));
  CompletedCheckpoint newest = checkpoint(5);
  newest.subtasks[0].finished = true;
  newest.subtasks[4].state = {};
  store.add(newest);
  const RestoreAssignment assignment = assign_restore(*small_graph(), store, {});
  CHECK(assignment.checkpoint == CheckpointId{5});
  CHECK(assignment.subtasks[0] == SubtaskRestore{{}, true});  // CO-54: no state
  CHECK(assignment.subtasks[3] == SubtaskRestore{{{"5/3", 1}}, false});
  CHECK(assignment.subtasks[4] == SubtaskRestore{});  // CO-25
}

TEST_CASE("the defect of other offsets gives sources the checkpoint before, or none") {
  DefectSet defects;
  defects.add(Defect::RestoreOffsetsOfOtherCheckpoint);
  CompletedStore store(2);
  store.add(checkpoint(3));
  CHECK(assign_restore(*small_graph(), store, defects).subtasks[0].state.empty());
  store.add(checkpoint(5));
  const RestoreAssignment assignment = assign_restore(*small_graph(), store, defects);
  CHECK(assignment.checkpoint == CheckpointId{5});
  CHECK(assignment.subtasks[1].state[0].path == "3/1");
  CHECK(assignment.subtasks[2].state[0].path == "5/2");
}

}  // namespace
}  // namespace weir::engine
