#include "world/ha_store.h"

#include <catch2/catch.hpp>

#include "world_fixture.h"

using namespace weir::sim;
using namespace weir::sim::test;
namespace engine = weir::engine;
using engine::HaRequest;
using engine::HaRequestKind;
using engine::SessionId;

namespace {

HaRequest request(HaRequestKind kind, std::uint64_t id, std::uint32_t session, std::string entry = "pointer-1",
                  std::string content = "chk-1") {
  return {kind, {id}, SessionId{session}, std::move(entry), std::move(content), CheckpointId{1}};
}

Fault ambiguous(bool applied, std::uint32_t count = 1) {
  Fault fault;
  fault.kind = FaultKind::HaWriteAmbiguous;
  fault.applied = applied;
  fault.count = count;
  return fault;
}

// 0 leads in session 1; 3 contends as well.
struct Led : World {
  explicit Led(FaultPlan faults = {}) : World(SchedulePolicy::Fifo, 7, std::move(faults)) {
    ha.contend({0});
    ha.contend({3});
    run();
    for (std::uint32_t fault = 0; fault < plan.size(); ++fault) injector.fire(fault, scheduler.now());
  }
  void ask(std::uint16_t process, HaRequest made) {
    ha.request({process}, std::move(made));
    run();
  }
};

}  // namespace

TEST_CASE("the first candidate leads, and everybody is told") {
  Led world;
  CHECK(world.ha.leader() == engine::Leader{{0}, SessionId{1}});
  for (std::uint16_t process = 0; process < 4; ++process) {
    CHECK(world.heard(process, "leader") == std::vector<std::uint64_t>{1});
  }
}

TEST_CASE("entries are created once, put, removed once, and listed by their beginning") {
  Led world;
  world.ask(0, request(HaRequestKind::Create, 1, 1));
  world.ask(0, request(HaRequestKind::Create, 2, 1));
  world.ask(0, request(HaRequestKind::Put, 3, 1, "counter", "2"));
  world.ask(0, request(HaRequestKind::Put, 4, 1, "counter", "3"));
  world.ask(0, request(HaRequestKind::Remove, 5, 1));
  world.ask(0, request(HaRequestKind::Remove, 6, 1));
  world.ask(0, request(HaRequestKind::List, 7, 1, "point"));
  CHECK(world.heard(0, "done") == std::vector<std::uint64_t>{1, 3, 4, 5, 7});
  CHECK(world.heard(0, "exists") == std::vector<std::uint64_t>{2});
  CHECK(world.heard(0, "not-found") == std::vector<std::uint64_t>{6});
  CHECK(world.events(WorldEventKind::HaWritten).size() == 3);
  CHECK(world.events(WorldEventKind::HaRemoved).size() == 1);
}

TEST_CASE("requests of one process take effect and are answered in order") {
  Led world;
  for (std::uint64_t id = 1; id <= 5; ++id) world.ha.request({0}, request(HaRequestKind::Put, id, 1));
  world.run();
  CHECK(world.heard(0, "done") == std::vector<std::uint64_t>{1, 2, 3, 4, 5});
}

TEST_CASE("what a session that is over asks for is refused and not applied (RE-15)") {
  Led world;
  CHECK(world.ha.depose(Duration{0}));
  world.ask(0, request(HaRequestKind::Create, 1, 1));
  CHECK(world.heard(0, "not-leader") == std::vector<std::uint64_t>{1});
  CHECK(world.events(WorldEventKind::HaWritten).empty());
  world.ask(3, request(HaRequestKind::Create, 1, 2));
  CHECK(world.heard(3, "done") == std::vector<std::uint64_t>{1});
}

TEST_CASE("a deposed leader hears of it later than everybody else") {
  Led world;
  const auto before = world.scheduler.now_ns();
  CHECK(world.ha.depose(Duration{1'000'000}));
  world.run();
  CHECK(world.ha.leader() == engine::Leader{{3}, SessionId{2}});
  CHECK(world.histories[3].back().at - before < 1'000'000);
  CHECK(world.histories[0].back().at - before >= 1'000'000);
  CHECK(world.heard(0, "leader") == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("nobody is deposed when nobody could follow") {
  World world;
  CHECK_FALSE(world.ha.depose(Duration{0}));
  world.ha.contend({0});
  world.run();
  CHECK_FALSE(world.ha.depose(Duration{0}));
}

TEST_CASE("the session of a dead leader lasts until its loss is noticed, and then another one leads (RE-13)") {
  Led world;
  world.ha.request({0}, request(HaRequestKind::Create, 1, 1));
  world.crash(0);
  world.run();
  CHECK(world.events(WorldEventKind::HaWritten).size() == 1);  // it was on its way
  CHECK(world.heard(0, "done").empty());
  CHECK(world.ha.leader() == engine::Leader{{3}, SessionId{2}});
  world.start(0);
  world.ha.process_started({0});
  world.run();
  CHECK(world.heard(0, "leader").back() == 2);
}

TEST_CASE("an ambiguous write is applied, or it is not, and nobody learns which (CO-33)") {
  Led applied({ambiguous(true)});
  applied.ask(0, request(HaRequestKind::Create, 1, 1));
  applied.ask(0, request(HaRequestKind::Create, 2, 1));
  CHECK(applied.heard(0, "unknown") == std::vector<std::uint64_t>{1});
  CHECK(applied.heard(0, "exists") == std::vector<std::uint64_t>{2});
  CHECK(applied.injector.activity()[0].took_effect);

  Led not_applied({ambiguous(false, 2)});
  not_applied.ask(0, request(HaRequestKind::Create, 1, 1));
  not_applied.ask(0, request(HaRequestKind::List, 2, 1));
  not_applied.ask(0, request(HaRequestKind::Create, 3, 1));
  not_applied.ask(0, request(HaRequestKind::Create, 4, 1));
  CHECK(not_applied.heard(0, "unknown") == std::vector<std::uint64_t>{1, 3});  // reading is never ambiguous
  CHECK(not_applied.heard(0, "done") == std::vector<std::uint64_t>{2, 4});
  CHECK(not_applied.events(WorldEventKind::HaAnswerLost).size() == 2);
}
