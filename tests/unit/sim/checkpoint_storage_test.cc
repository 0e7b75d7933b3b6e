#include <catch2/catch.hpp>

#include "weir/engine/hash.h"
#include "world_fixture.h"

using namespace weir::sim;
using namespace weir::sim::test;
namespace engine = weir::engine;

TEST_CASE("a file is visible from the moment its owner is told, and not before") {
  World world;
  world.storage.write({1}, {42}, "chk-1/map-0", "four");
  CHECK(world.storage.read("chk-1/map-0").status().code() == engine::StatusCode::NotFound);
  world.run();
  REQUIRE(world.storage.read("chk-1/map-0").ok());
  CHECK(world.storage.read("chk-1/map-0").value() == "four");
  CHECK(world.histories[1] == FakeProcess::History{{104, "stored", 42}});  // the latency and 1 ns a byte
  const auto written = world.events(WorldEventKind::StorageWritten);
  REQUIRE(written.size() == 1);
  CHECK(written[0].detail == 4);
  CHECK(written[0].a == 42);
  CHECK(written[0].b == engine::hash_bytes("chk-1/map-0"));
}

TEST_CASE("what its owner's crash left unfinished never becomes visible, also not in the owner's next life") {
  World world;
  world.storage.write({1}, {1}, "a", "x");
  world.storage.write({2}, {2}, "b", "x");
  world.storage.write({3}, {3}, "c", "x");
  world.crash(1);
  world.crash(2);
  world.start(2);
  world.run();
  CHECK_FALSE(world.storage.read("a").ok());
  CHECK_FALSE(world.storage.read("b").ok());
  CHECK(world.storage.read("c").ok());
  CHECK(world.heard(2, "stored").empty());
  CHECK(world.events(WorldEventKind::StorageWritten).size() == 1);
}

TEST_CASE("what is stored survives its owner") {
  World world;
  world.storage.write({1}, {1}, "a", "x");
  world.run();
  world.crash(1);
  CHECK(world.storage.read("a").value() == "x");
}

TEST_CASE("removing a file is idempotent (SH-6)") {
  World world;
  world.storage.write({1}, {1}, "a", "x");
  world.run();
  world.storage.remove("a");
  world.storage.remove("a");
  CHECK(world.storage.files() == 0);
  const auto removed = world.events(WorldEventKind::StorageRemoved);
  REQUIRE(removed.size() == 1);
  CHECK(removed[0].b == engine::hash_bytes("a"));
  CHECK(world.storage.read("a").status().code() == engine::StatusCode::NotFound);
}

TEST_CASE("what the job removes when it is over is still there for who looks at the run afterwards (CO-49)") {
  World world;
  for (const char* path : {"c", "a", "b"}) world.storage.write({1}, {1}, path, path);
  world.run();
  world.storage.remove("b");
  world.storage.job_over();
  world.storage.remove("c");
  world.storage.remove("c");
  CHECK_FALSE(world.storage.read("c").ok());
  CHECK(world.events(WorldEventKind::StorageRemoved).size() == 2);
  const auto kept = world.storage.kept();
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].path == "a");
  CHECK(kept[1].path == "c");
  CHECK(kept[1].content == "c");
  world.storage.clear();
  CHECK(world.storage.kept().empty());
}
