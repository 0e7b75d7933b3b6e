#include "world/fault_injector.h"

#include <catch2/catch.hpp>

#include "world_fixture.h"

using namespace weir::sim;
using namespace weir::sim::test;
namespace engine = weir::engine;
using engine::EventKind;

namespace {

const Time kStorm{1s};

struct Injector {
  explicit Injector(FaultPlan faults) : plan(std::move(faults)) { injector.reset(plan, *graph, kStorm); }
  // An event happens; the faults that are due afterwards.
  std::vector<std::uint32_t> happens(TraceKind kind, std::string_view actor = "totals/0", std::uint64_t a = 0) {
    TraceEvent event;
    event.kind = kind;
    event.actor = actor_named(*graph, actor).value();
    event.a = a;
    if (injector.watched().has(kind)) injector.on_event(event, next++);
    return due();
  }
  std::vector<std::uint32_t> due() {
    std::vector<std::uint32_t> faults;
    while (injector.has_due()) faults.push_back(injector.take_due().fault);
    return faults;
  }

  std::shared_ptr<const engine::ExecutionGraph> graph = two_vertex_graph();
  FaultPlan plan;
  FaultInjector injector;
  std::uint32_t next = 0;
};

Fault crash_when(TraceKind event, std::string actor, std::uint64_t checkpoint, std::uint32_t occurrence) {
  Fault fault;
  fault.trigger.at_event = true;
  fault.trigger.event = event;
  fault.trigger.actor = std::move(actor);
  fault.trigger.checkpoint = {checkpoint};
  fault.trigger.occurrence = occurrence;
  return fault;
}

using Due = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("every fault of a plan is armed and nothing else until its trigger comes") {
  Injector i({crash_when(EventKind::AckSent, "", 0, 1), Fault{}});
  REQUIRE(i.injector.activity().size() == 2);
  for (const FaultActivity& activity : i.injector.activity()) CHECK(activity == FaultActivity{true, false, false, {}});
  CHECK(i.injector.watched().has(EventKind::AckSent));
  CHECK_FALSE(i.injector.watched().has(EventKind::AckReceived));
}

TEST_CASE("an event trigger comes at its n-th match of kind, actor and checkpoint, once") {
  Injector i({crash_when(EventKind::AckSent, "totals/1", 2, 2)});
  CHECK(i.happens(EventKind::AckReceived, "totals/1", 2).empty());
  CHECK(i.happens(EventKind::AckSent, "totals/0", 2).empty());
  CHECK(i.happens(EventKind::AckSent, "totals/1", 1).empty());
  CHECK(i.happens(EventKind::AckSent, "totals/1", 2).empty());
  CHECK(i.happens(EventKind::AckSent, "totals/1", 2) == Due{0});
  CHECK_FALSE(i.injector.watched().has(EventKind::AckSent));
  CHECK(i.happens(EventKind::AckSent, "totals/1", 2).empty());
}

TEST_CASE("an event trigger without actor and checkpoint matches any") {
  Injector i({crash_when(EventKind::AckSent, "", 0, 1), crash_when(EventKind::AckSent, "", 0, 2)});
  CHECK(i.happens(EventKind::AckSent, "map/1", 9) == Due{0});
  CHECK(i.happens(EventKind::AckSent, "totals/0", 1) == Due{1});
}

TEST_CASE("a checkpoint never matches an event that is not about one") {
  Injector i({crash_when(EventKind::SegmentSent, "", 2, 1), crash_when(WorldEventKind::MessageSent, "", 2, 1)});
  CHECK(i.happens(EventKind::SegmentSent, "map/0", 2).empty());
  CHECK(i.happens(WorldEventKind::MessageSent, "tm-1", 2) == Due{1});
}

TEST_CASE("a trigger at a name that the job does not have never comes") {
  Injector i({crash_when(EventKind::AckSent, "nobody/7", 0, 1)});
  CHECK(i.happens(EventKind::AckSent).empty());
}

TEST_CASE("a timed trigger comes once") {
  Injector i({Fault{}});
  i.injector.on_time(0, 5);
  REQUIRE(i.injector.has_due());
  CHECK(i.injector.take_due().cause == 5);
  i.injector.on_time(0, 6);
  CHECK_FALSE(i.injector.has_due());
}

TEST_CASE("a fault fires before the end of the storm and not at it") {
  Injector i({Fault{}, Fault{}});
  CHECK(i.injector.fire(0, kStorm - Duration{1}));
  CHECK(i.injector.activity()[0].fired);
  CHECK(i.injector.activity()[0].fired_at == kStorm - Duration{1});
  CHECK_FALSE(i.injector.fire(1, kStorm));
  CHECK_FALSE(i.injector.activity()[1].fired);
}

TEST_CASE("in calm nothing new fires and active losses and slow barriers end") {
  Fault loss;
  loss.kind = FaultKind::LoseMessages;
  loss.message = engine::MessageKind::CancelTask;
  loss.count = 5;
  Fault slow;
  slow.kind = FaultKind::SlowBarrier;
  slow.count = 5;
  Injector i({loss, slow, crash_when(EventKind::AckSent, "", 0, 1)});
  REQUIRE(i.injector.fire(0, Time{}));
  REQUIRE(i.injector.fire(1, Time{}));
  CHECK(i.injector.losing());
  CHECK(i.injector.slowing());
  i.injector.calm();
  CHECK_FALSE(i.injector.losing());
  CHECK_FALSE(i.injector.slowing());
  CHECK_FALSE(i.injector.lose(engine::CancelTask{}).has_value());
  CHECK_FALSE(i.injector.slow({0}, {1}).has_value());
  CHECK(i.happens(EventKind::AckSent).empty());
  i.injector.on_time(2, 0);
  CHECK_FALSE(i.injector.has_due());
  CHECK_FALSE(i.injector.fire(2, Time{}));
}

TEST_CASE("the first matching fault of the plan takes a message and is used up by it") {
  Fault any;
  any.kind = FaultKind::LoseMessages;
  any.message = engine::MessageKind::CancelTask;
  Injector i({any, any});
  REQUIRE(i.injector.fire(0, Time{}));
  REQUIRE(i.injector.fire(1, Time{}));
  CHECK_FALSE(i.injector.lose(engine::TriggerCheckpoint{}).has_value());
  CHECK(i.injector.lose(engine::CancelTask{}) == 0u);
  CHECK(i.injector.lose(engine::CancelTask{}) == 1u);
  CHECK_FALSE(i.injector.losing());
}

TEST_CASE("an effect is marked once") {
  Injector i({Fault{}});
  CHECK(i.injector.mark_effect(0));
  CHECK_FALSE(i.injector.mark_effect(0));
  CHECK(i.injector.activity()[0].took_effect);
}

TEST_CASE("actor names and their actors belong together") {
  const auto graph = two_vertex_graph();
  for (const char* name : {"jobmanager", "tm-1", "tm-12", "map/0", "map/1", "totals/0", "log", "storage", "world"}) {
    REQUIRE(actor_named(*graph, name).has_value());
    CHECK(actor_name(*graph, *actor_named(*graph, name)) == name);
  }
  for (const char* name : {"", "tm-", "tm-0", "tm-x", "tm-99999", "totals/9", "Log"}) {
    CHECK_FALSE(actor_named(*graph, name).has_value());
  }
}
