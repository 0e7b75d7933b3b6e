#include "weir/scenarios/run_spec.h"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "model/key_values.h"
#include "weir/scenarios/keys.h"

namespace weir::scenarios {
namespace {

using engine::EventKind;

std::string error_of(const std::string& text) {
  const auto parsed = parse_run_spec(text);
  return parsed.ok() ? "it parses" : parsed.status().message();
}

RunSpec parsed(const std::string& text) {
  auto result = parse_run_spec(text);
  INFO(text);
  if (!result.ok()) FAIL(result.status().message());
  return std::move(result).value();
}

// Any text a user could put into a label or a path, with what the forms must escape more often than by chance.
rc::Gen<std::string> any_text() {
  return rc::gen::container<std::string>(
      rc::gen::oneOf(rc::gen::elementOf(std::string("';%=# \n\r\t\\\"ab.\xC3\xA4")), rc::gen::inRange<char>(1, 127)));
}

std::uint64_t draw(std::uint64_t low, std::uint64_t high) {
  const std::uint64_t offset = *rc::gen::arbitrary<std::uint64_t>();
  if (low == 0 && high == ~std::uint64_t{0}) return offset;
  const std::uint64_t scaled = *rc::gen::inRange<std::uint64_t>(0, 3) == 0 ? offset : offset % 1000;
  return low + scaled % (high - low + 1);
}

engine::Duration draw_duration(const SpecKey& key) {
  return engine::Duration{static_cast<std::int64_t>(draw(key.low, key.high))};
}

// Something the key's own `set` takes, by its type and limits alone: a new key is covered without a change here.
std::string any_value(const SpecKey& key) {
  switch (key.type) {
    case KeyType::Integer:
      return std::to_string(draw(key.low, key.high));
    case KeyType::Hex:
      return hex_text(draw(key.low, key.high));
    case KeyType::Boolean:
      return *rc::gen::arbitrary<bool>() ? "true" : "false";
    case KeyType::Duration:
      return sim::duration_text(draw_duration(key));
    case KeyType::Range: {
      const engine::Duration a = draw_duration(key);
      const engine::Duration b = draw_duration(key);
      return range_text({std::min(a, b), std::max(a, b)});
    }
    case KeyType::Choice: {
      const auto words = split(key.words, '|');
      return std::string(*rc::gen::elementOf(words));
    }
    case KeyType::Text:
      return *any_text();
  }
  return {};
}

sim::Fault any_fault() {
  sim::Fault fault;
  fault.kind = *rc::gen::element(sim::FaultKind::Crash, sim::FaultKind::LoseMessages, sim::FaultKind::SlowBarrier);
  const engine::Duration duration{*rc::gen::inRange<std::int64_t>(0, 5'000'000'000)};
  if (fault.kind == sim::FaultKind::Crash) {
    fault.task_manager = *rc::gen::inRange<std::uint16_t>(1, 9);
    fault.duration = duration;
  } else {
    fault.checkpoint = {*rc::gen::inRange<std::uint64_t>(0, 5)};
    fault.count = *rc::gen::inRange<std::uint32_t>(1, 9);
  }
  if (fault.kind == sim::FaultKind::SlowBarrier) {
    fault.channel = *rc::gen::element<std::string>("", "map/0->totals/1", "it's; odd%, \"b\" /0->b)/1");
    fault.duration = duration;
  }
  if (fault.kind == sim::FaultKind::LoseMessages) {
    fault.message = static_cast<engine::MessageKind>(*rc::gen::inRange<int>(0, engine::kMessageKinds));
    fault.subtask = *rc::gen::element<std::string>("", "totals/0");
  }
  if (*rc::gen::arbitrary<bool>()) {
    fault.trigger.at_event = true;
    fault.trigger.event =
        *rc::gen::element(EventKind::AckSent, EventKind::CheckpointTriggered, EventKind::StateRestored);
    fault.trigger.actor = *rc::gen::element<std::string>("", "tm-1", "totals/0", "Kafka, Source/0");
    fault.trigger.checkpoint = {*rc::gen::inRange<std::uint64_t>(0, 5)};
    fault.trigger.occurrence = *rc::gen::inRange<std::uint32_t>(1, 9);
  } else {
    fault.trigger.time = engine::Time{engine::Duration{*rc::gen::inRange<std::int64_t>(0, 5'000'000'000)}};
  }
  return fault;
}

RunSpec any_spec() {
  RunSpec spec;
  for (const SpecKey& key : spec_keys()) {
    if (*rc::gen::inRange(0, 3) == 0) continue;
    const std::string value = any_value(key);
    const engine::Status status = key.set(spec, key, value);
    if (!status.ok()) RC_FAIL(std::string(key.name) + " = " + value + ": " + status.message());
  }
  for (int n = *rc::gen::inRange(0, 3); n > 0; --n) spec.job.parameters["p" + *any_text()] = *any_text();
  for (int n = *rc::gen::inRange(0, 4); n > 0; --n) spec.world.faults.push_back(any_fault());
  for (const engine::DefectInfo& info : engine::all_defects()) {
    if (*rc::gen::inRange(0, 4) == 0) spec.defects.add(info.defect);
  }
  return spec;
}

}  // namespace

TEST_CASE("a default run spec is a version and nothing else") {
  CHECK(to_text(RunSpec{}) == "version = 1\n");
  CHECK(to_line(RunSpec{}) == "weir1: ");
  CHECK(parsed("weir1: ") == RunSpec{});
}

TEST_CASE("keys of a restart strategy choose it; one that is named takes what is said, and no more (8.2)") {
  using engine::RestartStrategy;
  const engine::RestartOptions by_delay = parsed("weir1: restart.delay=50ms").options.restart;
  CHECK(by_delay.strategy == RestartStrategy::FixedDelay);
  CHECK(by_delay.fixed_delay.attempts == engine::kUnlimitedRestarts);
  CHECK(parsed("weir1: restart.attempts=3").options.restart.fixed_delay.attempts == 3);
  CHECK(parsed("weir1: restart.strategy=fixed-delay").options.restart.fixed_delay.attempts == 1);
  CHECK(parsed("weir1: restart.max-backoff=3s").options.restart.strategy == RestartStrategy::ExponentialDelay);
  CHECK(error_of("weir1: restart.delay=1s; restart.max-backoff=3s") ==
        "run spec: restart.max-backoff: belongs to exponential-delay, and restart.delay to fixed-delay; name one of "
        "them with restart.strategy");

  RunSpec spec;
  spec.options.restart.strategy = RestartStrategy::FixedDelay;
  CHECK(to_line(spec) == "weir1: restart.strategy=fixed-delay");
  spec.options.restart.fixed_delay = {engine::kUnlimitedRestarts, std::chrono::milliseconds(50)};
  CHECK(to_line(spec) == "weir1: restart.delay=50ms");
  spec.options.restart.strategy = RestartStrategy::Default;
  CHECK(to_line(spec) == "weir1: restart.strategy=default; restart.attempts=2147483647; restart.delay=50ms");
  CHECK(parsed(to_line(spec)) == spec);
}

TEST_CASE("a run spec's text shows what differs from the defaults, in fixed order") {
  RunSpec spec;
  spec.scenario = "a storm; isn't it";
  spec.job.name = "keyed-count";
  spec.job.parallelism = 4;
  spec.job.parameters["skew"] = "2";
  spec.options.checkpoint.enabled = true;
  spec.options.checkpoint.interval = std::chrono::milliseconds(250);
  spec.options.backend = engine::StateBackendKind::RocksDb;
  spec.world.seed = 42;
  spec.world.data = {std::chrono::microseconds(10), std::chrono::microseconds(20)};
  sim::Fault crash;
  crash.task_manager = 2;
  crash.duration = std::chrono::seconds(1);
  crash.trigger.time = engine::at_ns(350'000'000);
  spec.world.faults = {crash, crash};
  spec.defects.add(engine::Defect::AckBeforeDurable);
  const std::string name(engine::info(engine::Defect::AckBeforeDurable).name);

  CHECK(to_text(spec) ==
        "version = 1\n"
        "scenario.name = a storm%3b isn%27t it\n"
        "job.name = keyed-count\n"
        "job.parallelism = 4\n"
        "state.backend = rocksdb\n"
        "checkpoint.enabled = true\n"
        "checkpoint.interval = 250ms\n"
        "world.seed = 0x2a\n"
        "world.data-latency = 10us..20us\n"
        "job.params.skew = 2\n"
        "fault = crash(tm=2, restart=1s) at 350ms\n"
        "fault = crash(tm=2, restart=1s) at 350ms\n"
        "defects = " +
            name + "\n");
  CHECK(to_line(spec) ==
        "weir1: scenario.name=a storm%3b isn%27t it; job.name=keyed-count; job.parallelism=4; state.backend=rocksdb; "
        "checkpoint.enabled=true; checkpoint.interval=250ms; world.seed=0x2a; world.data-latency=10us..20us; "
        "job.params.skew=2; "
        "fault=crash(tm=2, restart=1s) at 350ms; fault=crash(tm=2, restart=1s) at 350ms; defects=" +
            name);
}

TEST_CASE("an interval switches checkpoints on unless the spec says otherwise, in any order") {
  CHECK(parsed("weir1: checkpoint.interval=50ms").options.checkpoint.enabled);
  CHECK(parsed("checkpoint.interval = 500ms\n").options.checkpoint.enabled);  // the default, but said
  CHECK_FALSE(parsed("weir1: checkpoint.interval=50ms; checkpoint.enabled=false").options.checkpoint.enabled);
  CHECK_FALSE(parsed("weir1: checkpoint.enabled=false; checkpoint.interval=50ms").options.checkpoint.enabled);
  CHECK_FALSE(parsed("weir1: checkpoint.timeout=50ms").options.checkpoint.enabled);
}

TEST_CASE("a spec with an interval and without checkpoints keeps its meaning in text") {
  RunSpec spec;
  spec.options.checkpoint.interval = std::chrono::milliseconds(50);
  CHECK(to_line(spec) == "weir1: checkpoint.enabled=false; checkpoint.interval=50ms");
  CHECK(parsed(to_line(spec)) == spec);
  spec.options.checkpoint.enabled = true;
  CHECK(parsed(to_line(spec)) == spec);
}

TEST_CASE("every run spec survives both of its text forms") {
  REQUIRE(rc::check([] {
    const RunSpec spec = any_spec();
    auto from_text = parse_run_spec(to_text(spec));
    auto from_line = parse_run_spec(to_line(spec));
    if (!from_text.ok()) RC_FAIL(from_text.status().message());
    if (!from_line.ok()) RC_FAIL(from_line.status().message());
    RC_ASSERT(from_text.value() == spec);
    RC_ASSERT(from_line.value() == spec);
  }));
}

TEST_CASE("the one-line form survives single quotes of a shell") {
  REQUIRE(rc::check([] {
    const std::string line = to_line(any_spec());
    RC_ASSERT(line.find('\'') == std::string::npos);
    RC_ASSERT(line.find('\n') == std::string::npos);
    RC_ASSERT(line.find('\r') == std::string::npos);
  }));
}

TEST_CASE("a hand-written run spec may have comments, blank lines and spaces") {
  const RunSpec spec = parsed("# from a report\n\n  job.name=article  \r\nversion = 1\n\tcheckpoint.interval =  5s\n");
  CHECK(spec.job.name == "article");
  CHECK(spec.options.checkpoint.interval == std::chrono::seconds(5));
}

TEST_CASE("a run spec of a newer version is refused with the remedy") {
  CHECK(error_of("version = 2\njob.colour = red\n") ==
        "run spec, line 1: this run spec has version 2, this weir reads version 1; use the weir that wrote it, or a "
        "newer one");
  CHECK(error_of("weir7: job.name=x") ==
        "this run spec has version 7, this weir reads version 1; use the weir that wrote it, or a newer one");
}

TEST_CASE("what is wrong with a run spec is named with its place and a remedy") {
  CHECK(error_of("version = 1\njob.paralelism = 2\n") ==
        "run spec, line 2: unknown key 'job.paralelism'; did you mean 'job.parallelism'?");
  CHECK(error_of("weir1: job.name=x; checkpoint.interval=500") ==
        "run spec, item 2: checkpoint.interval: '500' is not a duration: the unit is missing; write e.g. 500ms, 2s or "
        "10min");
  CHECK(error_of("weir1: checkpoint.max-concurrent=0") ==
        "run spec, item 1: checkpoint.max-concurrent: '0' is impossible: expected an integer from 1 to 1000");
  CHECK(error_of("state.backend = rocks\n") ==
        "run spec, line 1: state.backend: 'rocks' is not known here; did you mean 'rocksdb'?");
  CHECK(error_of("job.name = a\n\njob.name = b\n") == "run spec, line 3: 'job.name' is given twice; remove one");
  CHECK(error_of("world.data-latency = 2ms..1ms\n") ==
        "run spec, line 1: world.data-latency: expected two durations \"50us..180us\", the smaller first, or one, not "
        "'2ms..1ms'");
  CHECK(error_of("hello\n") ==
        "run spec, line 1: 'hello' is not 'key = value' (with %XX for '%', ';', quotes and line ends)");
  CHECK(error_of(std::string(500, 'x')) ==
        "run spec, line 1: '" + std::string(60, 'x') +
            "...' is not 'key = value' (with %XX for '%', ';', quotes and line ends)");
  CHECK(error_of("job.name = 50%\n").find("line 1: 'job.name = 50%' is not 'key = value'") != std::string::npos);
  CHECK(error_of(" \n") == "run spec: it is empty; it starts with 'version = 1' or 'weir1:'");
  CHECK(error_of("defects = off-by-two\n").find("'off-by-two' is not a defect; see `weir defects`") !=
        std::string::npos);
  CHECK(error_of("fault = crash(tm=2) at noon\n").find("run spec, line 1: fault 'crash(tm=2) at noon': ") == 0);
}

}  // namespace weir::scenarios
