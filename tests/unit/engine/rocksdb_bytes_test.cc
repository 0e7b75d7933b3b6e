#include <catch2/catch.hpp>

#include "fakes/memory_storage.h"
#include "fakes/state_world.h"
#include "weir/engine/operator.h"

using namespace weir::engine;
using weir::engine::testing::MemoryStorage;
using weir::engine::testing::registered;
using weir::engine::testing::restore;
using weir::engine::testing::StateWorld;
using weir::engine::testing::store;
using weir::engine::testing::use_key;

namespace {

struct Run {
  MemoryStorage storage;
  KeyedStateHandle last;
  std::uint64_t digest = 0;
};

// Flushes, compactions, two states, and a manifest of more than one block of its log.
Run run() {
  const std::vector<std::string> keys{"a", "b", "c", "d", "e", "f", "g"};
  constexpr KeyGroupRange kAll = StateWorld::kAll;
  Run run;
  StateWorld world;
  Backend backend = world.make_incremental();
  ValueState<int> one(*backend.state, {"one"});
  ValueState<std::string> two(*backend.state, {"two"});
  for (std::uint64_t id = 1; id <= 300; ++id) {
    world.clock.at += Duration{40'000'000};
    use_key(*backend.state, keys[id % keys.size()]);
    one.update(static_cast<int>(id));
    two.update(std::string(20, 'x') + std::to_string(id));
    run.last =
        registered(store(backend.state->snapshot(CheckpointId{id}), kAll, "chk-" + std::to_string(id), run.storage));
    if (id % 2 == 0) backend.state->notify_checkpoint_complete(CheckpointId{id});
    if (id % 3 == 0) backend.work->run_one();
  }
  run.digest = backend.state->digest(kAll);
  return run;
}

}  // namespace

TEST_CASE("equal runs store equal bytes, which RocksDB takes for sound (SN-12)") {
  const Run first = run();
  const Run second = run();
  CHECK(first.last.private_files[1].state.size > 33'000);
  REQUIRE(first.storage.files.size() == second.storage.files.size());
  for (const auto& [path, content] : first.storage.files) {
    INFO(path);
    REQUIRE(content == second.storage.files.at(path));
  }
  StateWorld world;
  Backend backend = world.make_incremental(AttemptId{2});
  MemoryStorage storage = first.storage;
  REQUIRE(restore(*backend.state, {first.last}, storage, CheckpointId{300}).ok());
  CHECK(backend.state->digest(StateWorld::kAll) == first.digest);
}
