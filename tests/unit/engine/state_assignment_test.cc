#include "recovery/state_assignment.h"

#include <catch2/catch.hpp>

#include "checkpoint/metadata.h"
#include "recovery/restore_check.h"
#include "unit/engine/fakes/coord_state.h"
#include "weir/engine/hash.h"
#include "weir/engine/processes.h"

namespace weir::engine {
namespace {

using coord_test::keyed_file;

JobOperator op(const std::string& uid, const std::string& generated = "generated") {
  JobOperator made;
  made.uid = uid;
  made.id = OperatorId{hash_bytes(uid)};
  made.generated_id = OperatorId{hash_bytes(generated + uid)};
  return made;
}

JobVertex vertex(std::vector<JobOperator> chain, std::uint32_t parallelism, std::uint32_t max_parallelism = 128) {
  JobVertex made;
  made.label = chain.front().uid;
  made.chain = std::move(chain);
  made.parallelism = parallelism;
  made.max_parallelism = max_parallelism;
  return made;
}

// An operator's part with keyed state in one file for each subtask.
OperatorPart keyed_part(const std::string& uid, std::uint32_t parallelism, std::uint32_t max_parallelism = 128) {
  OperatorPart part{OperatorId{hash_bytes(uid)}, uid, parallelism, max_parallelism, {}};
  for (std::uint32_t i = 0; i < parallelism; ++i) {
    OperatorSubtaskState state = keyed_file(uid + std::to_string(i), 1);
    state.managed_keyed[0].range = key_group_range(max_parallelism, parallelism, i);
    part.subtasks.push_back({state, false});
  }
  return part;
}

std::shared_ptr<JobGraph> job_of(std::vector<JobVertex> vertices) {
  auto job = std::make_shared<JobGraph>();
  job->vertices = std::move(vertices);
  return job;
}

TEST_CASE("with the same parallelism every subtask gets its own handles (RS-7)") {
  const CompletedCheckpoint checkpoint{CheckpointId{3}, {keyed_part("count", 2)}};
  const auto restored = assign_state(vertex({op("count")}, 2), checkpoint);
  REQUIRE(restored.size() == 2);
  CHECK(restored[1].state.operators[0].state == checkpoint.operators[0].subtasks[1].state);
}

TEST_CASE("after a rescale a subtask reads the parts of several old ones (RS-4)") {
  const CompletedCheckpoint checkpoint{CheckpointId{3}, {keyed_part("count", 2)}};
  const auto restored = assign_state(vertex({op("count")}, 3), checkpoint);
  REQUIRE(restored.size() == 3);
  const auto& middle = restored[1].state.operators[0].state.managed_keyed;
  REQUIRE(middle.size() == 2);
  CHECK(middle[0].state.path == "count0");
  CHECK(middle[0].range == KeyGroupRange{KeyGroup{43}, KeyGroup{63}});
}

TEST_CASE("state follows the operator into another chain (RS-14)") {
  const CompletedCheckpoint checkpoint{CheckpointId{3}, {keyed_part("count", 2), keyed_part("rank", 2)}};
  const auto chained = assign_state(vertex({op("count"), op("rank")}, 2), checkpoint);
  REQUIRE(chained[0].state.operators.size() == 2);
  CHECK(chained[0].state.operators[1].id == OperatorId{hash_bytes("rank")});
  const auto alone = assign_state(vertex({op("rank")}, 2), checkpoint);
  CHECK(alone[0].state.operators[0].state == chained[0].state.operators[1].state);
}

TEST_CASE("state is found under the uid first, then under the generated id (RS-12)") {
  CompletedCheckpoint checkpoint{CheckpointId{3}, {keyed_part("generatedcount", 1)}};
  const JobOperator renamed = op("count");
  REQUIRE(find_state(checkpoint, renamed) == &checkpoint.operators[0]);
  checkpoint.operators.push_back(keyed_part("count", 1));
  CHECK(find_state(checkpoint, renamed) == &checkpoint.operators[1]);
  CHECK(find_state(checkpoint, op("other")) == nullptr);
}

TEST_CASE("an operator without state is known, a new one is not (ST-12, RS-13)") {
  const CompletedCheckpoint checkpoint{CheckpointId{3}, {{OperatorId{hash_bytes("map")}, "map", 1, 128, {{}}}}};
  const auto restored = assign_state(vertex({op("map"), op("new")}, 1), checkpoint);
  REQUIRE(restored[0].state.operators.size() == 1);
  CHECK(restored[0].state.operators[0].state.empty());
  CHECK_FALSE(restored[0].finished);
}

TEST_CASE("finished subtasks stay finished; after a rescale only finished vertices do (CO-51, CO-54)") {
  CompletedCheckpoint checkpoint{CheckpointId{3}, {keyed_part("count", 2)}};
  checkpoint.operators[0].subtasks[1] = {{}, true};
  const auto same = assign_state(vertex({op("count")}, 2), checkpoint);
  CHECK_FALSE(same[0].finished);
  CHECK(same[1] == SubtaskRestore{{}, true});
  const auto more = assign_state(vertex({op("count")}, 3), checkpoint);
  for (const SubtaskRestore& subtask : more) CHECK_FALSE(subtask.finished);
  checkpoint.operators[0].subtasks[0] = {{}, true};
  for (const SubtaskRestore& subtask : assign_state(vertex({op("count")}, 3), checkpoint)) CHECK(subtask.finished);
  for (const SubtaskRestore& subtask : assign_state(vertex({op("new")}, 3), checkpoint)) CHECK_FALSE(subtask.finished);
}

TEST_CASE("a derived max parallelism gives way to that of the checkpoint (RS-3)") {
  const CompletedCheckpoint checkpoint{CheckpointId{3}, {keyed_part("count", 2, 720)}};
  const auto job = job_of({vertex({op("count")}, 3), vertex({op("sink")}, 1)});
  CHECK(problems_of_restore(*job, checkpoint, false).empty());
  const auto adopted = adopt_max_parallelism(job, checkpoint);
  CHECK(adopted->vertices[0].max_parallelism == 720);
  CHECK(adopted->vertices[1].max_parallelism == 128);
  CHECK(adopt_max_parallelism(adopted, checkpoint) == adopted);
}

TEST_CASE("a given max parallelism must be that of the checkpoint, and no parallelism may exceed it (RS-3)") {
  const CompletedCheckpoint checkpoint{CheckpointId{3}, {keyed_part("count", 2, 4)}};
  JobVertex given = vertex({op("count")}, 2, 128);
  given.max_parallelism_given = true;
  CHECK(problems_of_restore(*job_of({given}), checkpoint, true) ==
        "the max parallelism of 'count' is set to 128, but checkpoint 3 has 4: set that, or none");
  CHECK(problems_of_restore(*job_of({vertex({op("count")}, 5)}), checkpoint, true) ==
        "the parallelism of 'count' is 5, above the max parallelism: checkpoint 3 has 4; lower the parallelism");
  given.max_parallelism = 4;
  CHECK(problems_of_restore(*job_of({given}), checkpoint, false).empty());
}

TEST_CASE("operators of one chain need the same max parallelism (RS-14)") {
  const CompletedCheckpoint checkpoint{CheckpointId{3}, {keyed_part("a", 2, 128), keyed_part("b", 2, 256)}};
  CHECK(problems_of_restore(*job_of({vertex({op("a"), op("b")}, 2)}), checkpoint, false)
            .find("different max parallelisms") != std::string::npos);
  CHECK(problems_of_restore(*job_of({vertex({op("a")}, 2), vertex({op("b")}, 2)}), checkpoint, false).empty());
}

TEST_CASE("state without an operator stops the restore unless that is allowed (RS-13, RS-15)") {
  CompletedCheckpoint checkpoint{CheckpointId{3}, {keyed_part("old-name", 1)}};
  const auto job = job_of({vertex({op("new-name")}, 1)});
  const std::string problem = problems_of_restore(*job, checkpoint, false);
  CHECK(problem.find("has state of operator 'old-name', which the job does not have") != std::string::npos);
  CHECK(problems_of_restore(*job, checkpoint, true).empty());  // silent loss, as asked for
  checkpoint.operators[0].subtasks[0].state = {};
  CHECK(problems_of_restore(*job, checkpoint, false).empty());  // nothing is lost
}

TEST_CASE("a setup to restore names every problem, and refuses broken metadata") {
  const auto job = job_of({vertex({op("count")}, 1)});
  const JobSetup setup{std::make_shared<ExecutionGraph>(job), {}, {}};
  const CompletedCheckpoint good{CheckpointId{3}, {keyed_part("count", 2, 720)}};
  const Result<JobSetup> restored = restore_from(setup, encode(good));
  REQUIRE(restored.ok());
  CHECK(restored.value().graph->job().vertices[0].max_parallelism == 720);
  CHECK(restored.value().initial->id == CheckpointId{3});
  CHECK_FALSE(restored.value().initial->claimed);
  const CompletedCheckpoint foreign{CheckpointId{3}, {keyed_part("other", 2)}};
  CHECK(restore_from(setup, encode(foreign)).status().code() == StatusCode::Invalid);
  CHECK(restore_from(setup, encode(foreign), {ClaimMode::NoClaim, true}).ok());
  CHECK(restore_from(setup, encode(good).substr(1)).status().code() == StatusCode::Corrupt);
}

TEST_CASE("a job on heap does not start from files of RocksDB, and says what to do") {
  JobSetup setup{std::make_shared<ExecutionGraph>(job_of({vertex({op("count")}, 1)})), {}, {}};
  CompletedCheckpoint native{CheckpointId{3}, {keyed_part("count", 1)}};
  native.operators[0].subtasks[0].state.managed_keyed[0].private_files = {{"CURRENT", {{}, "x", 1}}};
  const Status refused = restore_from(setup, encode(native)).status();
  CHECK(refused.code() == StatusCode::Invalid);
  CHECK(refused.message() ==
        "the keyed state of 'count' in checkpoint 3 is in files of RocksDB, which the heap backend cannot read: set "
        "state.backend to rocksdb, or change the backend with a canonical savepoint");
  setup.options.backend = StateBackendKind::RocksDb;
  CHECK(restore_from(setup, encode(native)).ok());
}

DefectSet with(Defect defect) {
  DefectSet defects;
  defects.add(defect);
  return defects;
}

TEST_CASE("defects of assignment: no fallback id, a finished source that runs again, lists and timers at a rescale") {
  const CompletedCheckpoint unnamed{CheckpointId{3}, {keyed_part("generatedcount", 1)}};
  CHECK(assign_state(vertex({op("count")}, 1), unnamed, with(Defect::NoGeneratedIdFallback))[0].state ==
        SubtaskState{});

  CompletedCheckpoint checkpoint{CheckpointId{3}, {keyed_part("count", 2)}};
  for (SubtaskPart& part : checkpoint.operators[0].subtasks) part.finished = true;
  JobVertex source = vertex({op("count")}, 2);
  source.chain[0].source = true;
  CHECK(assign_state(source, checkpoint)[0].finished);
  CHECK(assign_state(source, checkpoint, with(Defect::RerunFinishedSource))[0] == SubtaskRestore{{}, false});

  for (SubtaskPart& part : checkpoint.operators[0].subtasks) {
    part.finished = false;
    part.state.managed_operator = {{{{"A", OperatorStateMode::SplitDistribute, {0}}}, {"list", {}, 1}}};
    part.state.raw_keyed = part.state.managed_keyed;
  }
  const auto fewer = assign_state(vertex({op("count")}, 1), checkpoint, with(Defect::DropPendingOnScaleIn));
  CHECK(fewer[0].state.operators[0].state.managed_operator.size() == 1);
  const auto more = assign_state(vertex({op("count")}, 4), checkpoint, with(Defect::KeepForeignTimers));
  CHECK(more[0].state.operators[0].state.raw_keyed.size() == 2);
  CHECK(more[0].state.operators[0].state.managed_keyed.size() == 1);
}

}  // namespace
}  // namespace weir::engine
