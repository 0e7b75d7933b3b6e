#include <catch2/catch.hpp>

#include "channel/input_gate.h"
#include "fakes/task_world.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

struct GateFixture {
  explicit GateFixture(std::uint32_t channels = 3, std::uint32_t credits = 4, std::uint32_t floating = 0) {
    for (std::uint32_t i = 0; i < channels; ++i) connections.push_back({ChannelId{20 + i}, AttemptId{1}});
    sequence.resize(channels);
    NetworkOptions options;
    options.credits_per_channel = credits;
    options.floating_credits_per_gate = floating;
    gate.emplace(world.environment, connections, options);
  }
  // A data segment with one record whose origin is `origin`.
  void data(std::uint32_t channel, std::uint64_t origin = 1, std::uint32_t backlog = 0) {
    Segment* s = world.segments.acquire(SegmentKind::Data);
    s->bytes[0] = 0;
    for (int i = 0; i < 8; ++i) s->bytes[1 + i] = static_cast<char>(origin >> (8 * i));
    s->size = 9;
    s->records = 1;
    s->backlog = backlog;
    arrive(channel, s);
  }
  void event(std::uint32_t channel, SegmentKind kind) { arrive(channel, world.segments.acquire(kind)); }
  void arrive(std::uint32_t channel, Segment* s) {
    s->sequence = sequence[channel]++;
    gate->on_segment(channel, s);
  }
  std::uint32_t take() {
    const InputGate::Input input = gate->next();
    if (input.segment->kind == SegmentKind::Data) gate->decode(input, reader, chain);
    gate->done(input);
    return input.channel;
  }
  std::vector<std::uint32_t> take_all() {
    std::vector<std::uint32_t> order;
    while (gate->has_input()) order.push_back(take());
    return order;
  }

  TaskWorld world;
  std::vector<ConnectionId> connections;
  std::vector<std::uint32_t> sequence;
  std::optional<InputGate> gate;
  ChainContext chain;
  TaskReader reader{chain};
};

using Order = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("channels take turns in the order in which their data arrived") {
  GateFixture f;
  f.data(2);
  f.data(0);
  f.data(0);
  f.data(2);
  f.data(1);
  CHECK(f.take_all() == Order{2, 0, 1, 2, 0});
}

TEST_CASE("a blocked channel has no turn until it is resumed, and keeps its data (BA-10)") {
  GateFixture f;
  f.data(0, 1);
  f.data(1, 2);
  f.data(0, 3);
  f.gate->block(0);
  f.data(0, 4);
  f.data(2, 5);
  CHECK(f.take_all() == Order{1, 2});
  CHECK(f.gate->blocked(0));
  f.gate->resume(0);
  CHECK(f.take_all() == Order{0, 0, 0});
  CHECK(f.reader.records.back().first == 4);
}

TEST_CASE("resumed channels take their turn in the order in which they are resumed") {
  GateFixture f;
  f.gate->block(0);
  f.gate->block(2);
  for (std::uint32_t channel : {2u, 1u, 0u}) f.data(channel);
  CHECK(f.take_all() == Order{1});
  f.gate->resume(0);
  f.gate->resume(2);
  CHECK_FALSE(f.gate->blocked(0));
  CHECK_FALSE(f.gate->blocked(2));
  CHECK(f.take_all() == Order{0, 2});
}

TEST_CASE("resuming a channel that is not blocked changes nothing") {
  GateFixture f;
  f.data(0);
  f.gate->resume(0);
  CHECK(f.take_all() == Order{0});
}

TEST_CASE("the first grant is the whole credit, later ones come in halves (BP-1)") {
  GateFixture f(1, 4);
  f.gate->request_all();
  CHECK(f.world.wire.granted[f.connections[0]] == 4);
  f.data(0);
  f.data(0);
  f.take();
  CHECK(f.world.wire.grants[f.connections[0]] == 1);
  f.take();
  CHECK(f.world.wire.grants[f.connections[0]] == 2);
  CHECK(f.world.wire.granted[f.connections[0]] == 6);
}

TEST_CASE("a single credit is given back at once, and events give none") {
  GateFixture f(1, 1);
  f.event(0, SegmentKind::Barrier);
  f.take();
  CHECK(f.world.wire.granted[f.connections[0]] == 0);
  f.data(0);
  f.take();
  CHECK(f.world.wire.granted[f.connections[0]] == 1);
}

TEST_CASE("floating credit is granted to the channel with the backlog, and given back by what it consumes (BP-1)") {
  GateFixture f(2, 2, 3);
  f.gate->request_all();
  f.data(1, 1, 4);
  CHECK(f.world.wire.granted[f.connections[0]] == 2);
  CHECK(f.world.wire.granted[f.connections[1]] == 2 + 3);
  for (std::uint32_t backlog : {3u, 2u, 1u, 0u}) f.data(1, 1, backlog);
  CHECK(f.take_all().size() == 5);
  CHECK(f.world.wire.granted[f.connections[1]] == 2 + 3 + 2);
  f.data(0, 1, 9);
  CHECK(f.world.wire.granted[f.connections[0]] == 2 + 3);  // they were free again
}

TEST_CASE("what is in flight to a gate waits in it, and at its producers as they say (BP-6)") {
  GateFixture f(3);
  CHECK(f.gate->segments_in_use() == 3);
  f.data(0, 1, 2);
  f.data(0, 1, 5);
  f.data(1);
  CHECK(f.gate->segments_in_use() == 2 + 5 + 1 + 1);
  f.take_all();
  CHECK(f.gate->segments_in_use() == 5 + 1 + 1);
}

TEST_CASE("a size is announced on every channel that has not ended (BP-6)") {
  GateFixture f(2);
  f.event(1, SegmentKind::EndOfPartition);
  f.gate->end(f.take());
  f.gate->announce_size(300);
  CHECK(f.world.wire.sizes[f.connections[0]] == std::vector<std::uint32_t>{300});
  CHECK(f.world.wire.sizes[f.connections[1]].empty());
}

TEST_CASE("a gap or a repetition on a connection is a broken invariant") {
  GateFixture f;
  f.data(0);
  f.sequence[0] = 2;
  CHECK_THROWS_AS(f.data(0), InvariantViolation);
  f.sequence[0] = 0;
  CHECK_THROWS_AS(f.data(0), InvariantViolation);
}

TEST_CASE("the cut of a channel counts what was processed, not what waits") {
  GateFixture f;
  f.data(1, 77);
  f.data(1, 78);
  f.take();
  ChannelCut cut;
  cut.add(Origin{77});
  CHECK(f.gate->cut(1) == cut.packed());
  CHECK(f.gate->cut(0) == ChannelCut().packed());
}

TEST_CASE("dropping the tail of blocked channels spares events, other channels, and gives credit back") {
  GateFixture f;
  f.gate->block(0);
  f.data(0);
  f.event(0, SegmentKind::Barrier);
  f.data(0);
  f.data(1);
  f.gate->drop_blocked_data();
  CHECK(f.world.wire.granted[f.connections[0]] == 2);
  f.gate->resume(0);
  CHECK(f.take_all() == Order{1, 0});
  CHECK(f.reader.records.size() == 1);
}

TEST_CASE("a channel ends once, with nothing behind its end") {
  GateFixture f(2);
  f.gate->end(0);
  CHECK_FALSE(f.gate->all_ended());
  CHECK_THROWS_AS(f.gate->end(0), InvariantViolation);
  f.gate->end(1);
  CHECK(f.gate->all_ended());
}

TEST_CASE("a gate gives every segment back when it dies") {
  GateFixture f;
  f.data(0);
  f.event(1, SegmentKind::Barrier);
  f.gate->block(1);
  CHECK(f.world.segments.in_use() == 2);
  f.gate.reset();
  CHECK(f.world.segments.in_use() == 0);
}

// --- barriers that overtake ------------------------------------------------------------------------------------------

namespace {

void barrier(GateFixture& f, std::uint32_t channel, std::uint64_t id, Alignment alignment) {
  Segment* s = f.world.segments.acquire(SegmentKind::Barrier);
  s->checkpoint = CheckpointId{id};
  s->alignment = alignment;
  f.arrive(channel, s);
}
std::uint32_t take_priority(GateFixture& f) {
  const InputGate::Input input = f.gate->next_priority();
  if (!input.announced) f.gate->done(input);
  return input.channel;
}
std::vector<std::uint64_t> counts(const std::optional<std::vector<Bytes>>& captured) {
  std::vector<std::uint64_t> n;
  for (const Bytes& bytes : captured.value()) n.push_back(ChannelCut::count(records_in(bytes).packed()));
  return n;
}
using Counts = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("a barrier that overtook comes before all data, on a blocked channel too (BA-2, BA-33)") {
  GateFixture f;
  f.data(0);
  f.data(1);
  f.gate->block(1);
  barrier(f, 1, 1, Alignment::Unaligned);
  REQUIRE(f.gate->has_priority());
  CHECK(take_priority(f) == 1);
  CHECK_FALSE(f.gate->has_priority());
  CHECK(f.take_all() == Order{0});
}

TEST_CASE(
    "what a barrier overtook is saved and stays in line; what comes before the others is saved too (BA-23, BA-24)") {
  GateFixture f;
  f.data(0, 1);
  f.data(1, 2);
  barrier(f, 0, 1, Alignment::Unaligned);
  f.data(0, 3);  // behind the barrier
  take_priority(f);
  f.gate->begin_capture(CheckpointId{1});
  f.data(1, 4);
  f.data(2, 5);
  barrier(f, 1, 1, Alignment::Unaligned);
  f.data(1, 6);
  barrier(f, 2, 1, Alignment::Unaligned);
  CHECK(counts(f.gate->end_capture(CheckpointId{1})) == Counts{1, 2, 1});
  CHECK(f.take_all().size() == 6);
}

TEST_CASE("what is before a barrier is told by its place among what came (BA-26)") {
  GateFixture f;
  f.data(0, 1);
  f.data(1, 2);
  barrier(f, 1, 1, Alignment::Unaligned);
  f.data(1, 3);
  barrier(f, 0, 1, Alignment::Unaligned);
  CHECK(take_priority(f) == 1);
  f.gate->begin_capture(CheckpointId{1});  // the barrier of channel 0 is here, but not taken
  CHECK(counts(f.gate->end_capture(CheckpointId{1})) == Counts{1, 1, 0});
}

TEST_CASE("an older barrier ends no newer capture, and an older end neither (BA-25)") {
  GateFixture f;
  f.gate->begin_capture(CheckpointId{2});
  barrier(f, 0, 1, Alignment::Aligned);
  f.data(0, 1);
  CHECK_FALSE(f.gate->end_capture(CheckpointId{1}).has_value());
  f.gate->abort_capture(CheckpointId{1});
  f.data(0, 2);
  CHECK(counts(f.gate->end_capture(CheckpointId{2})) == Counts{2, 0, 0});
}

TEST_CASE("a barrier that was left behind by a newer one decides nothing (BA-26)") {
  GateFixture f;
  f.data(0, 1);
  barrier(f, 0, 3, Alignment::Unaligned);
  f.data(0, 2);
  barrier(f, 0, 2, Alignment::ForcedAligned);
  take_priority(f);
  f.gate->begin_capture(CheckpointId{3});
  CHECK(counts(f.gate->end_capture(CheckpointId{3})) == Counts{1, 0, 0});
}

TEST_CASE("a newer capture ends an older one (BA-31)") {
  GateFixture f;
  f.gate->begin_capture(CheckpointId{1});
  f.data(0, 1);
  f.take_all();
  f.gate->begin_capture(CheckpointId{2});
  CHECK_FALSE(f.gate->end_capture(CheckpointId{1}).has_value());
  CHECK(counts(f.gate->end_capture(CheckpointId{2})) == Counts{0, 0, 0});
}

TEST_CASE("a channel whose barrier was taken in line has nothing in flight (BA-12)") {
  GateFixture f;
  barrier(f, 0, 1, Alignment::Timeoutable);
  take_priority(f);  // its announcement
  CHECK(f.take() == 0);
  f.gate->block(0);
  f.data(0, 1);
  f.gate->begin_capture(CheckpointId{1});
  CHECK(counts(f.gate->end_capture(CheckpointId{1})) == Counts{0, 0, 0});
}

TEST_CASE("a barrier that may time out is announced, and overtakes when it is told to (BA-13)") {
  GateFixture f;
  f.data(0, 1);
  barrier(f, 0, 1, Alignment::Timeoutable);
  const InputGate::Input announced = f.gate->next_priority();
  CHECK(announced.announced);
  CHECK(announced.segment->checkpoint == CheckpointId{1});
  f.gate->prioritise(CheckpointId{2});
  CHECK_FALSE(f.gate->has_priority());
  f.gate->prioritise(CheckpointId{1});
  REQUIRE(f.gate->has_priority());
  const InputGate::Input barrier = f.gate->next_priority();
  CHECK(barrier.segment->alignment == Alignment::Unaligned);
  f.gate->done(barrier);
  f.gate->begin_capture(CheckpointId{1});
  CHECK(counts(f.gate->end_capture(CheckpointId{1})) == Counts{1, 0, 0});
}

TEST_CASE("what was read of a record that is not whole is part of what is in flight, and comes first (BA-28)") {
  GateFixture f;
  Segment* const head = f.world.segments.acquire(SegmentKind::Data);
  head->bytes[0] = 4;
  head->size = 1;
  f.arrive(1, head);
  f.take();
  Segment* const rest = f.world.segments.acquire(SegmentKind::Data);
  rest->size = 12;
  std::fill(rest->bytes, rest->bytes + rest->size, '\1');
  rest->records = 1;
  f.gate->begin_capture(CheckpointId{1});
  f.arrive(1, rest);
  const auto captured = f.gate->end_capture(CheckpointId{1});
  CHECK(captured->at(1).size() == 13);
  CHECK(counts(captured) == Counts{0, 1, 0});
  CHECK(f.take() == 1);
}

TEST_CASE("a restored watermark counts for its channel, and restored records for no connection (TM-12, BA-36)") {
  GateFixture f(2);
  const auto frame = [](Origin origin, BytesView payload) {
    char header[Frame::kMaxHeader];
    Bytes bytes(header, write_frame_header(header, origin, payload.size()));
    return bytes.append(payload);
  };
  const auto watermark = [&](std::int64_t at) {
    char payload[sizeof at];
    store_little(payload, at);
    return frame(kWatermarkFrame, BytesView(payload, sizeof payload));
  };
  ChannelCut taken;
  f.gate->decode_recovered(frame(Origin{9}, "ab") + watermark(7), 0, f.reader, f.chain, taken);
  CHECK(f.reader.watermarks.empty());  // the other channel holds it back
  f.gate->decode_recovered(watermark(5), 1, f.reader, f.chain, taken);
  REQUIRE(f.reader.watermarks.size() == 1);
  CHECK(f.reader.watermarks[0].value == 5);
  CHECK(f.reader.records.size() == 1);
  CHECK(ChannelCut::count(taken.packed()) == 1);
  CHECK(f.gate->cut(0) == ChannelCut().packed());
}
