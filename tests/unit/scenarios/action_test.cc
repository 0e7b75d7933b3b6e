#include "weir/scenarios/action.h"

#include <catch2/catch.hpp>

#include "weir/scenarios/run_spec.h"

using namespace weir::scenarios;
namespace engine = weir::engine;
namespace sim = weir::sim;

TEST_CASE("an action's text is read back as the same action") {
  for (const char* text : {
           "savepoint() at 300ms",
           "savepoint(format=native) when checkpoint-completed checkpoint=3",
           "stop(drain=true) at 1s",
           "cancel() at 5ms",
           "restore(from=savepoint, claim=claim) at 1s",
           "rescale(set.job.parallelism=4) when checkpoint-completed occurrence=3",
           "upgrade(allow-non-restored-state=true, set.state.backend=rocksdb, set.job.params.version=2) at 2s",
       }) {
    const auto action = parse_action(text);
    REQUIRE(action.ok());
    CHECK(to_text(action.value()) == text);
  }
}

TEST_CASE("an action that cannot be says why") {
  const auto message = [](const char* text) { return parse_action(text).status().message(); };
  CHECK(message("explode() at 1s").find("'explode' is not an action; known: savepoint, stop") != std::string::npos);
  CHECK(message("rescale() at 1s").find("needs the parallelism") != std::string::npos);
  CHECK(message("savepoint(drain=true) at 1s").find("only stop does") != std::string::npos);
  CHECK(message("savepoint(format=odd) at 1s").find("'odd' is not a value of format") != std::string::npos);
  CHECK(message("upgrade(set.job.records=5) at 1s").find("'job.records' cannot change") != std::string::npos);
  CHECK(message("upgrade(set.world.seed=5) at 1s").find("'world.seed' cannot change") != std::string::npos);
  CHECK(message("cancel(set.state.backend=heap) at 1s").find("no job follows a cancel") != std::string::npos);
  CHECK(message("stop(").find("stop(") != std::string::npos);
  CHECK(message("stop()").find("expected 'at TIME' or 'when EVENT'") != std::string::npos);
}

TEST_CASE("a run spec carries its actions in order, in both forms") {
  RunSpec spec;
  spec.actions = {parse_action("savepoint() at 30ms").value(),
                  parse_action("rescale(claim=claim, set.job.parallelism=4) at 60ms").value()};
  const auto lines = parse_run_spec(to_text(spec));
  REQUIRE(lines.ok());
  CHECK(lines.value() == spec);
  const auto line = parse_run_spec(to_line(spec));
  REQUIRE(line.ok());
  CHECK(line.value() == spec);
}
