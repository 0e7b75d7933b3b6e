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

TEST_CASE("appends to a file are there one after the other, in the order in which they were begun (SH-15)") {
  World world;
  world.storage.append({1}, {1}, "merged", std::string(50, 'a'));
  world.storage.append({1}, {2}, "merged", "b");
  world.storage.append({1}, {3}, "merged", "c");
  world.run();
  CHECK(world.storage.read("merged").value() == std::string(50, 'a') + "bc");
  CHECK(world.heard(1, "stored") == std::vector<std::uint64_t>{1, 2, 3});
  const auto appended = world.events(WorldEventKind::StorageAppended);
  REQUIRE(appended.size() == 3);
  CHECK(appended[1].b == engine::hash_bytes("merged"));
  CHECK(appended[1].a == 2);
  CHECK(appended[1].detail == 1);
}

TEST_CASE("an append that its owner's crash left unfinished is not there") {
  World world;
  world.storage.append({1}, {1}, "merged", "a");
  world.run();
  world.storage.append({1}, {2}, "merged", "b");
  world.crash(1);
  world.run();
  CHECK(world.storage.read("merged").value() == "a");
}

TEST_CASE("a directory lists what lies below it, ascending") {
  World world;
  for (const char* path : {"d/b", "d/a", "d2/c", "d/e/f", "c"}) world.storage.write({1}, {1}, path, "x");
  world.run();
  CHECK(world.storage.list("d") == std::vector<std::string>{"d/a", "d/b", "d/e/f"});
  CHECK(world.storage.list("x").empty());
}
