#include "checkpoint/completed_store.h"

#include <catch2/catch.hpp>

#include "unit/engine/fakes/coord_state.h"
#include "weir/engine/assert.h"

namespace weir::engine {
namespace {

using coord_test::keyed_file;

CompletedCheckpoint checkpoint(std::uint64_t id) {
  const std::string directory = "chk-" + std::to_string(id) + "/";
  return {CheckpointId{id},
          {{OperatorId{1}, "op", 3, 128, {{keyed_file(directory + "a", 3), false}, {{}, false}, {{}, true}}},
           {OperatorId{2}, "other", 1, 128, {{keyed_file(directory + "c", 4), false}}}},
          CheckpointKind::Periodic,
          "chk-" + std::to_string(id)};
}
std::vector<std::uint64_t> ids(const std::vector<CompletedCheckpoint>& checkpoints) {
  std::vector<std::uint64_t> out;
  for (const CompletedCheckpoint& c : checkpoints) out.push_back(c.id.value);
  return out;
}
using Ids = std::vector<std::uint64_t>;

TEST_CASE("the newest is added first, then the oldest goes (CO-41, CO-42)") {
  CompletedStore store(1);
  CHECK(store.newest() == nullptr);
  CHECK(store.newest_id() == kNoCheckpoint);
  CHECK(store.add(checkpoint(1)).empty());
  CHECK(store.newest()->id == CheckpointId{1});
  CHECK(ids(store.add(checkpoint(3))) == Ids{1});
  CHECK(store.newest_id() == CheckpointId{3});
  CHECK(store.before_newest() == nullptr);
}

TEST_CASE("as many are retained as asked for, and always one (CO-42)") {
  CompletedStore three(3);
  for (std::uint64_t id = 1; id <= 3; ++id) CHECK(three.add(checkpoint(id)).empty());
  CHECK(ids(three.add(checkpoint(4))) == Ids{1});
  CHECK(three.size() == 3);
  CHECK(three.before_newest()->id == CheckpointId{3});

  CompletedStore at_least_one(0);
  CHECK(at_least_one.add(checkpoint(1)).empty());
  CHECK(at_least_one.newest_id() == CheckpointId{1});
}

TEST_CASE("completed ids ascend (P8)") {
  CompletedStore store(1);
  store.add(checkpoint(2));
  CHECK_THROWS_AS(store.add(checkpoint(2)), InvariantViolation);
  CHECK_THROWS_AS(store.add(checkpoint(1)), InvariantViolation);
}

TEST_CASE("metadata is deleted before the state it names (CO-44)") {
  CHECK(files_of(checkpoint(7)) == std::vector<std::string>{"chk-7/_metadata", "chk-7/a", "chk-7/c"});
}

TEST_CASE("the store knows which files it needs") {
  CompletedStore store(1);
  store.add(checkpoint(1));
  CHECK(store.references("chk-1/c"));
  CHECK_FALSE(store.references("chk-1/b"));
  store.add(checkpoint(2));
  CHECK_FALSE(store.references("chk-1/c"));
  CHECK(ids(store.clear()) == Ids{2});
  CHECK(store.newest() == nullptr);
}

TEST_CASE("a checkpoint that the job does not own protects no shared file (SH-7, SP-12)") {
  CompletedStore store(2);
  CHECK(store.lowest_id() == kNoCheckpoint);
  CompletedCheckpoint foreign = checkpoint(4);
  foreign.claimed = false;
  store.add(foreign);
  CHECK(store.lowest_id() == kNoCheckpoint);
  store.add(checkpoint(5));
  CHECK(store.lowest_id() == CheckpointId{5});
}

TEST_CASE("the size of a checkpoint is that of its states") { CHECK(total_size(checkpoint(1)) == 7); }

}  // namespace
}  // namespace weir::engine
