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
  std::vector<EventTime> watermarks;
  std::vector<WatermarkStatus> statuses;
  std::uint32_t counted = 0;
  std::uint64_t cut = 0;
  bool mid_frame = false;
};

Read read(const std::vector<Segment*>& segments) {
  FrameDecoder decoder;
  ChainContext chain;
  ChannelCut cut;
  TaskReader reader(chain);
  WatermarkValve valve(1);
  Read result;
  for (const Segment* s : segments) {
    FrameProgress progress{chain, cut, valve};
    decoder.decode(s->view(), reader, progress);
    if (progress.records != s->records) return result;
    result.counted += progress.records;
  }
  result.watermarks = reader.watermarks;
  result.statuses = reader.statuses;
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
  WatermarkValve valve(1);
  FrameProgress progress{chain, cut, valve};
  decoder.decode(segments[0]->view(), reader, progress);
  CHECK(progress.records == 0);
  CHECK(decoder.mid_frame());
  CHECK(reader.records.empty());
  CHECK(cut.packed() == ChannelCut().packed());
}

TEST_CASE("a malformed frame size is a broken invariant") {
  FrameDecoder decoder;
  ChainContext chain;
  ChannelCut cut;
  TaskReader reader(chain);
  WatermarkValve valve(1);
  FrameProgress progress{chain, cut, valve};
  CHECK_THROWS_AS(decoder.decode(Bytes(10, '\xff'), reader, progress), InvariantViolation);
}

TEST_CASE("watermarks go between records, count as none, and survive a cut (TM-13)") {
  for (const std::uint32_t size : {16u, 23u, 300u}) {
    TaskWorld world(size);
    RecordOutput output(world.environment, SubtaskId{0}, {kConnection}, {4, 10});
    output.on_credit(kConnection, 1'000'000);
    Records written;
    for (std::uint64_t i = 0; i < 10; ++i) {
      written.emplace_back(i, Bytes(i, 'x'));
      output.write(0, Origin{i}, [&](ByteWriter& w) { w.raw(written.back().second); });
      if (i % 3 == 2) output.write_watermark(0, EventTime{static_cast<std::int64_t>(i)});
      if (i == 5) output.write_status(0, WatermarkStatus::Idle);
      if (i == 6) output.write_status(0, WatermarkStatus::Active);
    }
    output.write_watermark(0, kMaxWatermark);
    output.flush();
    const Read got = read(world.wire.sent[kConnection]);
    CHECK(got.records == written);
    CHECK(got.cut == cut_of(written));
    CHECK(got.watermarks == std::vector<EventTime>{EventTime{2}, EventTime{5}, EventTime{8}, kMaxWatermark});
    CHECK(got.statuses == std::vector{WatermarkStatus::Idle, WatermarkStatus::Active});
    CHECK_FALSE(got.mid_frame);
  }
}
