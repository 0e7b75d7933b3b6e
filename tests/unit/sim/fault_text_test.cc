#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <set>

#include "weir/sim/fault.h"

namespace weir::sim {
namespace {

using namespace std::chrono_literals;
using engine::EventKind;

TEST_CASE("durations read as people write them") {
  CHECK(duration_text(350ms) == "350ms");
  CHECK(duration_text(1500us) == "1500us");
  CHECK(duration_text(10min) == "10min");
  CHECK(duration_text(0ns) == "0ms");
  CHECK(parse_duration("2s").value() == 2s);
  CHECK(rc::check("round trip", [](std::uint32_t ns, bool coarse) {
    const Duration d{std::int64_t{ns} * (coarse ? 1'000'000 : 1)};
    RC_ASSERT(parse_duration(duration_text(d)).value() == d);
  }));
}

TEST_CASE("a wrong duration says what is wrong and what to write") {
  for (const char* text : {"", "ms", "5", "5 ms", "5m", "-1s", "1.5s", "99999999999999999999s", "9999999h"}) {
    const auto parsed = parse_duration(text);
    CAPTURE(text);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.status().message().find("write e.g.") != std::string::npos);
  }
}

Fault sample(std::uint32_t pick) {
  Fault f;
  f.kind = static_cast<FaultKind>(pick % kFaultKinds.size());
  if (names_task_manager(f.kind)) {
    f.task_manager = static_cast<std::uint16_t>(f.kind == FaultKind::Crash ? pick % 7 : 1 + pick % 7);
    f.duration = Duration{std::int64_t{pick} * 1000};
  } else if (counts(f.kind)) {
    f.count = 1 + pick % 5;
    f.checkpoint = {pick % 4};
  }
  if (f.kind == FaultKind::LoseLeadership) f.duration = Duration{std::int64_t{pick % 3} * 40'000};
  if (f.kind == FaultKind::HaWriteAmbiguous) f.applied = pick % 4 < 2;
  if (f.kind == FaultKind::RepeatMessages || f.kind == FaultKind::DelayMessages)
    f.duration = Duration{std::int64_t{pick % 3} * 40'000};
  if (f.kind == FaultKind::Partition) f.direction = kDirections[pick % kDirections.size()];
  if (strikes_messages(f.kind)) {
    f.message = static_cast<engine::MessageKind>(pick % engine::kMessageKinds);
    if (pick % 2 == 0) f.subtask = "totals/1";
  }
  if (f.kind == FaultKind::SlowBarrier) {
    f.channel = pick % 2 == 0 ? "map/0->totals/1" : "";
    f.duration = 80ms;
  }
  f.trigger.at_event = pick % 5 < 3;
  if (f.trigger.at_event) {
    f.trigger.event = pick % 2 == 0 ? TraceKind(EventKind::AckSent) : TraceKind(WorldEventKind::ProcessStarted);
    if (pick % 3 == 0) f.trigger.actor = "totals/0";
    f.trigger.checkpoint = {pick % 3};
    f.trigger.occurrence = 1 + pick % 6;
  } else {
    f.trigger.time = Time{Duration{std::int64_t{pick} * 7'000}};
  }
  return f;
}

TEST_CASE("a fault prints on one line and reads back as itself") {
  CHECK(rc::check("round trip", [](std::uint32_t pick) {
    const Fault f = sample(pick);
    const auto back = parse_fault(to_text(f));
    RC_ASSERT(back.ok());
    RC_ASSERT(back.value() == f);
  }));
  Fault crash;
  crash.task_manager = 2;
  crash.duration = 1s;
  crash.trigger.at_event = true;
  crash.trigger.event = EventKind::AckSent;
  crash.trigger.actor = "totals/0";
  crash.trigger.checkpoint = {2};
  CHECK(to_text(crash) == "crash(tm=2, restart=1s) when ack-sent actor=totals/0 checkpoint=2");
}

// What a uid may be: mostly what a fault's text itself is made of.
rc::Gen<std::string> any_name() {
  return rc::gen::container<std::string>(
      rc::gen::oneOf(rc::gen::elementOf(std::string(",()= \"\\'%;x->/at\n\t\xC3\xA4")), rc::gen::arbitrary<char>()));
}

TEST_CASE("a fault reads back whatever the job's author called its operators") {
  CHECK(rc::check("round trip", [](std::uint32_t pick) {
    Fault f = sample(pick);
    if (strikes_messages(f.kind)) f.subtask = *any_name();
    if (f.kind == FaultKind::SlowBarrier) f.channel = *any_name();
    if (f.trigger.at_event) f.trigger.actor = *any_name();
    const std::string text = to_text(f);
    RC_ASSERT(text.find('\n') == std::string::npos);
    const auto back = parse_fault(text);
    if (!back.ok()) RC_FAIL(back.status().message());
    RC_ASSERT(back.value() == f);
  }));
  Fault slow;
  slow.kind = FaultKind::SlowBarrier;
  slow.channel = "a, \"b\"/0->c)/1";
  slow.duration = 80ms;
  slow.trigger.at_event = true;
  slow.trigger.event = EventKind::AckSent;
  slow.trigger.actor = "Kafka Source/0";
  CHECK(to_text(slow) ==
        R"(slow-barrier(channel="a, \"b\"/0->c)/1", delay=80ms, count=1) when ack-sent actor="Kafka Source/0")");
}

TEST_CASE("a wrong fault names the word that is wrong") {
  auto why = [](const char* text) { return parse_fault(text).status().message(); };
  CHECK(why("crsh(tm=1) at 1s").find("'crsh' is not a fault") != std::string::npos);
  CHECK(why("crash(tmm=1) at 1s").find("'tmm' is not a parameter of crash") != std::string::npos);
  CHECK(why("crash(process=tm-1) at 1s").find("'tm-1', not jobmanager") != std::string::npos);
  CHECK(why("lose-leadership(count=2) at 1s").find("'count' is not a parameter") != std::string::npos);
  CHECK(why("ha-write-ambiguous(applied=maybe) at 1s").find("not true or false") != std::string::npos);
  CHECK(why("crash(tm=x) at 1s").find("'x' is not a number") != std::string::npos);
  CHECK(why("crash(tm=1").find("')'") != std::string::npos);
  CHECK(why("crash(tm=1) at 5").find("unit is missing") != std::string::npos);
  CHECK(why("crash(tm=1) whenever").find("expected 'at TIME'") != std::string::npos);
  CHECK(why("crash(tm=1) when ack-sentt").find("'ack-sentt' is not an event") != std::string::npos);
  CHECK(why("crash(tm=1) when ack-sent occurrence=0").find("counts from 1") != std::string::npos);
  CHECK(why("slow-barrier(channel=\"a, delay=1ms) at 1s").find("the quotes of") != std::string::npos);
  CHECK(why("slow-barrier(channel=\"\\n\", delay=1ms) at 1s").find("\\xNN") != std::string::npos);
  CHECK(why("slow-barrier(channel=\"a\"b, delay=1ms) at 1s").find("expected ',' or ')'") != std::string::npos);
  CHECK(why("lose-messages(kind=acks) at 0ms").find("'acks' is not a kind") != std::string::npos);
}

TEST_CASE("every event has a name of its own that reads back") {
  std::set<std::string_view> names;
  TraceKind kind;
  int known = 0;
  for (kind.value = 0; kind.value < kTraceKinds; ++kind.value) {
    if (info(kind).name == "unknown") continue;
    ++known;
    CHECK(names.insert(info(kind).name).second);
    CHECK(kind_named(info(kind).name) == kind);
  }
  CHECK(known > 40);
  CHECK(kind_named("no-such-event").value == kNoKind);
}

TEST_CASE("the hash of a trace changes with every field and every order") {
  TraceEvent base{.time = 5, .kind = EventKind::AckSent, .actor = {1000}, .detail = 1, .a = 2, .b = 3, .cause = 0};
  auto hash_of = [](std::initializer_list<TraceEvent> events) {
    Trace trace;
    trace.clear(1);
    for (const TraceEvent& e : events) trace.append(e);
    return trace.hash();
  };
  std::set<std::uint64_t> hashes{hash_of({base})};
  auto differs = [&](auto change) {
    TraceEvent e = base;
    change(e);
    return hashes.insert(hash_of({e})).second;
  };
  CHECK(differs([](TraceEvent& e) { e.time = 6; }));
  CHECK(differs([](TraceEvent& e) { e.kind = EventKind::DeclineSent; }));
  CHECK(differs([](TraceEvent& e) { e.actor = {1001}; }));
  CHECK(differs([](TraceEvent& e) { e.detail = 2; }));
  CHECK(differs([](TraceEvent& e) { e.a = 3; }));
  CHECK(differs([](TraceEvent& e) { e.b = 4; }));
  CHECK(differs([](TraceEvent& e) { e.cause = 1; }));
  TraceEvent second = base;
  second.time = 9;
  CHECK(hash_of({base, second}) != hash_of({second, base}));
}

}  // namespace
}  // namespace weir::sim
