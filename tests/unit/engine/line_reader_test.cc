#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "fakes/core_world.h"
#include "weir/engine/connectors.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

using Strings = std::vector<std::string>;
using Split = SourceOperator::Split;

struct LineReading {
  LineReading(const std::string& text, std::uint32_t splits) : op("file", splits) {
    world.files.files["file"] = text;
    op.set_output(collected.any());
    op.open(attempt.context);
  }
  Split split(std::uint32_t id) { return op.discover(attempt.context.environment)[id]; }
  Strings take() { return std::exchange(collected.values, {}); }

  CoreWorld world;
  CoreAttempt attempt{world};
  CoreCollector<std::string> collected{attempt.chain};
  detail::LineReader op;
};

Strings plain_lines(const std::string& text) {
  Strings lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    std::string line = text.substr(at, end == std::string::npos ? end : end - at);
    if (end != std::string::npos && !line.empty() && line.back() == '\r') line.pop_back();
    lines.push_back(line);
    at = end == std::string::npos ? text.size() : end + 1;
  }
  return lines;
}

// Short lines, empty lines and both line ends are likely.
rc::Gen<std::string> texts() {
  return rc::gen::container<std::string>(rc::gen::element('a', 'b', ' ', '\n', '\n', '\r'));
}

}  // namespace

TEST_CASE("line ends are not part of a line") {
  LineReading reading("one\r\n\ntwo\rx\nlast", 1);
  reading.op.poll(100);
  CHECK(reading.take() == Strings{"one", "", "two\rx", "last"});
  CHECK(reading.op.at_end());
}

TEST_CASE("an empty file has no lines in any number of splits") {
  LineReading reading("", 4);
  CHECK(reading.op.poll(10) == 0);
  CHECK(reading.op.at_end());
}

TEST_CASE("a long line belongs to the range it starts in, the ranges it spans have nothing") {
  LineReading reading(std::string(100, 'x') + "\ny\n", 10);
  Split first = reading.split(0);
  CHECK(reading.op.read(first, 10) == 1);
  Split middle = reading.split(5);
  CHECK(reading.op.read(middle, 10) == 0);
  CHECK(middle.finished);
  Split last = reading.split(9);
  CHECK(reading.op.read(last, 10) == 1);
  CHECK(reading.take() == Strings{std::string(100, 'x'), "y"});
}

TEST_CASE("the lines of all splits in order are the lines of the file") {
  REQUIRE(rc::check([] {
    const std::string text = *texts();
    const auto splits = *rc::gen::inRange<std::uint32_t>(1, 12);
    LineReading reading(text, splits);
    for (std::uint32_t id = 0; id < splits; ++id) {
      Split split = reading.split(id);
      while (!split.finished) reading.op.read(split, 3);
    }
    RC_ASSERT(reading.take() == plain_lines(text));
  }));
}

TEST_CASE("reading resumes exactly at any restored position") {
  REQUIRE(rc::check([] {
    const std::string text = *texts();
    const auto splits = *rc::gen::inRange<std::uint32_t>(1, 5);
    const auto before = *rc::gen::inRange<std::uint32_t>(0, 20);
    LineReading whole(text, splits), again(text, splits);
    for (std::uint32_t id = 0; id < splits; ++id) {
      Split split = whole.split(id);
      whole.op.read(split, before);
      Split restored{id, split.position, split.finished};
      while (!restored.finished) again.op.read(restored, 7);
      while (!split.finished) whole.op.read(split, 2);
      RC_ASSERT(restored.position == split.position);
    }
    const Strings expected = plain_lines(text);
    const Strings resumed = again.take();
    RC_ASSERT(whole.take() == expected);
    RC_ASSERT(resumed.size() <= expected.size());
    if (splits == 1) {
      const auto skipped = static_cast<std::ptrdiff_t>(std::min<std::size_t>(before, expected.size()));
      RC_ASSERT(resumed == Strings(expected.begin() + skipped, expected.end()));
    }
  }));
}

TEST_CASE("the origin of a line is the byte it starts at") {
  LineReading reading("ab\ncd\n", 1);
  reading.op.poll(10);
  CHECK(reading.collected.origins == std::vector{Origin::of(0, 0, 0), Origin::of(0, 0, 3)});
}

TEST_CASE("a missing file and an impossible number of splits fail the attempt") {
  CoreWorld world;
  CoreAttempt attempt(world);
  detail::LineReader missing("nowhere", 2);
  CHECK_THROWS_AS(missing.open(attempt.context), OperatorFailure);
  world.files.files["file"] = "x";
  detail::LineReader none("file", 0);
  CHECK_THROWS_AS(none.open(attempt.context), OperatorFailure);
}
