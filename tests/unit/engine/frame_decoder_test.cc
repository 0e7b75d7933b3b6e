#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "channel/frame_decoder.h"
#include "fakes/task_world.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

using Records = std::vector<std::pair<std::uint64_t, Bytes>>;
const ConnectionId kConnection{ChannelId{0}, AttemptId{1}};

std::vector<Segment*> write(TaskWorld& world, const Records& records, std::uint32_t records_per_segment) {
  RecordOutput output(world.environment, SubtaskId{0}, {kConnection}, {records_per_segment, 10});
  output.on_credit(kConnection, 1'000'000);
  for (const auto& record : records) {
    output.write(0, Origin{record.first}, [&](ByteWriter& w) { w.raw(record.second); });
  }
  output.flush();
  return world.wire.sent[kConnection];
}

struct Read {
  Records records;
  std::uint32_t counted = 0;
  std::uint64_t cut = 0;
  bool mid_frame = false;
};

Read read(const std::vector<Segment*>& segments) {
  FrameDecoder decoder;
  ChainContext chain;
  ChannelCut cut;
  TaskReader reader(chain);
  Read result;
  for (const Segment* s : segments) {
    const std::uint32_t n = decoder.decode(s->view(), reader, chain, cut);
    if (n != s->records) return result;
    result.counted += n;
  }
  result.records = reader.records;
  result.cut = cut.packed();
  result.mid_frame = decoder.mid_frame();
  return result;
}

std::uint64_t cut_of(const Records& records) {
  ChannelCut cut;
  for (const auto& [origin, payload] : records) cut.add(Origin{origin});
  return cut.packed();
}

}  // namespace

TEST_CASE("records come out of segments of any size as they went in (BA-28, BP-8)") {
  REQUIRE(rc::check([] {
    const auto size = *rc::gen::inRange<std::uint32_t>(16, 300);
    const auto per_segment = *rc::gen::inRange<std::uint32_t>(1, 40);
    const auto lengths = *rc::gen::container<std::vector<std::uint16_t>>(rc::gen::inRange<std::uint16_t>(0, 700));
    Records records;
    for (const std::uint16_t length : lengths) {
      const std::uint64_t origin = *rc::gen::arbitrary<std::uint64_t>();
      records.emplace_back(origin, Bytes(length, static_cast<char>(origin)));
    }
    TaskWorld world(size);
    const Read got = read(write(world, records, per_segment));
    RC_ASSERT(got.records == records);
    RC_ASSERT(got.counted == records.size());
    RC_ASSERT(got.cut == cut_of(records));
    RC_ASSERT(!got.mid_frame);
  }));
}

TEST_CASE("a record counts in the segment it ends in") {
  TaskWorld world(16);
  const Records records{{7, Bytes(30, 'x')}, {8, ""}};
  const std::vector<Segment*> segments = write(world, records, 32);
  REQUIRE(segments.size() == 3);  // 39 and 9 bytes in segments of 16
  CHECK(segments[0]->records == 0);
  CHECK(segments[1]->records == 0);
  CHECK(segments[2]->records == 2);
  CHECK(segments[2]->size == 16);
  CHECK(read(segments).records == records);
}

TEST_CASE("a frame that is not there to its end is held back") {
  TaskWorld world(16);
  const std::vector<Segment*> segments = write(world, {{1, Bytes(30, 'x')}}, 32);
  FrameDecoder decoder;
  ChainContext chain;
  ChannelCut cut;
  TaskReader reader(chain);
  CHECK(decoder.decode(segments[0]->view(), reader, chain, cut) == 0);
  CHECK(decoder.mid_frame());
  CHECK(reader.records.empty());
  CHECK(cut.packed() == ChannelCut().packed());
}

TEST_CASE("a malformed frame size is a broken invariant") {
  FrameDecoder decoder;
  ChainContext chain;
  ChannelCut cut;
  TaskReader reader(chain);
  CHECK_THROWS_AS(decoder.decode(Bytes(10, '\xff'), reader, chain, cut), InvariantViolation);
}
