#include <catch2/catch.hpp>

#include "channel/frame_decoder.h"
#include "fakes/task_world.h"
#include "weir/engine/record_output.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

constexpr SubtaskId kProducer{3};

struct OutputFixture {
  explicit OutputFixture(std::uint32_t channels = 2, RecordOutput::Limits limits = {2, 3}) {
    for (std::uint32_t i = 0; i < channels; ++i) connections.push_back({ChannelId{10 + i}, AttemptId{1}});
    output.emplace(world.environment, kProducer, connections, limits);
  }
  void write(std::uint32_t channel, int times) {
    for (int i = 0; i < times; ++i)
      output->write(channel, Origin::of(0, 0, next++), [](ByteWriter& w) { w.raw("ab"); });
  }
  std::vector<SegmentKind> kinds(std::uint32_t channel) { return world.wire.kinds[connections[channel]]; }
  std::size_t sent(std::uint32_t channel) { return kinds(channel).size(); }
  void credit(std::uint32_t channel, std::uint32_t n) { output->on_credit(connections[channel], n); }

  TaskWorld world;
  std::vector<ConnectionId> connections;
  std::optional<RecordOutput> output;
  std::uint64_t next = 0;
};

using Kinds = std::vector<SegmentKind>;
constexpr SegmentKind kData = SegmentKind::Data;
constexpr SegmentKind kBarrier = SegmentKind::Barrier;

}  // namespace

TEST_CASE("nothing is sent before the consumer asks for data, not even events (BP-1)") {
  OutputFixture f;
  f.write(0, 4);
  f.output->broadcast_barrier({CheckpointId{1}, Time{}});
  CHECK(f.sent(0) == 0);
  CHECK(f.sent(1) == 0);
  f.credit(1, 4);
  CHECK(f.kinds(1) == Kinds{kBarrier});
  f.credit(0, 4);
  CHECK(f.kinds(0) == Kinds{kData, kData, kBarrier});
}

TEST_CASE("data takes credit, events take none but never overtake data (BP-1)") {
  OutputFixture f;
  f.credit(0, 1);
  f.write(0, 4);
  f.output->broadcast_barrier({CheckpointId{1}, Time{}});
  f.output->broadcast_end(SegmentKind::EndOfData);
  CHECK(f.kinds(0) == Kinds{kData});
  f.credit(0, 1);
  CHECK(f.kinds(0) == Kinds{kData, kData, kBarrier, SegmentKind::EndOfData});
  CHECK_FALSE(f.output->drained());  // the other channel was not asked for
  f.credit(1, 1);
  CHECK(f.output->drained());
}

TEST_CASE("segments of a connection are numbered without a gap, events among them") {
  OutputFixture f;
  f.credit(0, 10);
  f.write(0, 3);
  f.output->broadcast_barrier({CheckpointId{1}, at_ns(5)});
  f.write(0, 1);
  f.output->flush();
  const auto& sent = f.world.wire.sent[f.connections[0]];
  REQUIRE(sent.size() == 4);
  for (std::uint32_t i = 0; i < sent.size(); ++i) CHECK(sent[i]->sequence == i);
  CHECK(sent[2]->kind == kBarrier);
  CHECK(sent[2]->checkpoint == CheckpointId{1});
  CHECK(sent[2]->timestamp == at_ns(5));
}

TEST_CASE("a segment goes when it holds its number of records, and on flush") {
  OutputFixture f;
  f.credit(0, 10);
  f.write(0, 1);
  CHECK(f.sent(0) == 0);
  f.write(0, 1);
  CHECK(f.sent(0) == 1);
  f.output->flush();
  CHECK(f.sent(0) == 1);  // nothing is open
  f.write(0, 1);
  f.output->flush();
  REQUIRE(f.sent(0) == 2);
  CHECK(f.world.wire.sent[f.connections[0]][1]->records == 1);
}

TEST_CASE("an output is unavailable while any channel's queue is full") {
  OutputFixture f;  // 2 records a segment, 3 segments a queue
  f.credit(0, 1);
  f.credit(1, 0);
  f.write(0, 2 + 4);
  CHECK(f.output->available());
  f.write(0, 2);
  CHECK_FALSE(f.output->available());
  f.write(1, 6);
  f.credit(0, 1);
  CHECK_FALSE(f.output->available());
  f.credit(1, 1);
  CHECK(f.output->available());
}

TEST_CASE("a record that overshoots a full queue is still taken") {
  OutputFixture f(1);
  f.credit(0, 0);
  f.write(0, 10);
  CHECK_FALSE(f.output->available());
  f.credit(0, 2);
  CHECK_FALSE(f.output->available());
  f.credit(0, 1);
  CHECK(f.output->available());
  f.credit(0, 2);
  CHECK(f.sent(0) == 5);
}

TEST_CASE("the announced size holds for segments that are opened from then on (BP-6)") {
  OutputFixture f(2, {100, 10});
  f.credit(0, 9);
  f.credit(1, 9);
  f.write(0, 3);  // 33 bytes
  f.output->on_segment_size(f.connections[0], 22);
  f.write(0, 21);  // up to 256 bytes, the rest in 22 each
  f.write(1, 24);
  const auto& sent = f.world.wire.sent[f.connections[0]];
  REQUIRE(sent.size() == 1);
  CHECK(sent[0]->size == 256);
  f.output->flush();
  REQUIRE(sent.size() == 2);
  CHECK(sent[1]->size == 24 * 11 - 256);
  CHECK(f.world.wire.sent[f.connections[1]][0]->size == 256);
  f.write(0, 4);
  f.output->flush();
  REQUIRE(sent.size() == 4);
  CHECK(sent[2]->size == 22);
  CHECK(sent[3]->size == 22);
  f.output->on_segment_size(f.connections[0], 1'000'000);
  f.write(0, 24);
  CHECK(sent.back()->size == 256);  // never more than there is
}

TEST_CASE("events send what is partly filled at once (BP-7)") {
  OutputFixture f(1, {100, 10});
  f.credit(0, 9);
  for (const SegmentKind event : {kBarrier, SegmentKind::CancelMarker, SegmentKind::EndOfData}) {
    f.write(0, 1);
    CHECK(f.output->any_open());
    if (event == kBarrier) f.output->broadcast_barrier({CheckpointId{1}, Time{}});
    if (event == SegmentKind::CancelMarker) f.output->broadcast_cancel_marker(CheckpointId{1});
    if (event == SegmentKind::EndOfData) f.output->broadcast_end(event);
    CHECK_FALSE(f.output->any_open());
    CHECK(f.kinds(0).back() == event);
  }
}

TEST_CASE("a data segment says how many are queued behind it (BP-1)") {
  OutputFixture f(1);
  f.write(0, 5);
  f.output->broadcast_barrier({CheckpointId{1}, Time{}});
  f.write(0, 1);
  f.credit(0, 3);
  const auto& sent = f.world.wire.sent[f.connections[0]];
  REQUIRE(f.kinds(0) == Kinds{kData, kData, kData, kBarrier});
  for (std::uint32_t i = 0; i < 3; ++i) CHECK(sent[i]->backlog == 2 - i);  // not what is still being filled
}

TEST_CASE("what is written beyond a full queue is overdraft, over all channels of an output (BP-1)") {
  OutputFixture f(2, {1, 3, true, 2});  // a record a segment, 3 segments a queue, 2 of overdraft
  f.credit(0, 0);
  f.credit(1, 0);
  f.write(0, 4);  // the queue, and what was being filled
  f.write(1, 4);
  CHECK_FALSE(f.output->available());
  f.write(0, 1);
  f.write(1, 1);
  CHECK_FALSE(f.output->overdrawn());
  f.write(0, 1);
  CHECK(f.output->overdrawn());
  f.credit(1, 1);
  CHECK_FALSE(f.output->overdrawn());
  f.credit(0, 10);
  f.credit(1, 10);
  CHECK(f.output->available());
  f.write(0, 1 + 4 + 2);  // credit for all
  CHECK_FALSE(f.output->overdrawn());
}

TEST_CASE("to send what is partly filled takes no overdraft (BP-1)") {
  OutputFixture f(1, {2, 3, true, 0});
  f.credit(0, 0);
  f.write(0, 7);
  CHECK_FALSE(f.output->overdrawn());
  f.output->flush();
  CHECK_FALSE(f.output->overdrawn());
  f.write(0, 1);
  CHECK(f.output->overdrawn());
  f.credit(0, 1);
  CHECK_FALSE(f.output->overdrawn());
  CHECK_FALSE(f.output->available());
}

TEST_CASE("a barrier reports the cut of the records before it, per channel") {
  OutputFixture f;
  f.write(0, 3);
  f.write(1, 1);
  f.output->broadcast_barrier({CheckpointId{4}, Time{}});
  f.write(0, 5);
  const std::vector<Event> barriers = f.world.events.of(EventKind::BarrierSent);
  REQUIRE(barriers.size() == 2);
  ChannelCut first;
  for (std::uint64_t i = 0; i < 3; ++i) first.add(Origin::of(0, 0, i));
  CHECK(barriers[0].actor == actor_of(kProducer));
  CHECK(barriers[0].detail == 10);
  CHECK(barriers[0].a == 4);
  CHECK(barriers[0].b == first.packed());
  CHECK(barriers[1].detail == 11);
  CHECK(ChannelCut::count(barriers[1].b) == 1);
}

TEST_CASE("every data segment is reported once, when it leaves") {
  OutputFixture f(1);
  f.write(0, 4);
  CHECK(f.world.events.of(EventKind::SegmentSent).empty());
  f.credit(0, 5);
  const std::vector<Event> sent = f.world.events.of(EventKind::SegmentSent);
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].a == 2);
  CHECK(sent[0].b == 2 * (1 + 8 + 2));
}

TEST_CASE("cancel markers go to every channel behind its data") {
  OutputFixture f;
  f.credit(0, 5);
  f.credit(1, 5);
  f.write(0, 1);
  f.output->broadcast_cancel_marker(CheckpointId{9});
  CHECK(f.kinds(0) == Kinds{kData, SegmentKind::CancelMarker});
  CHECK(f.kinds(1) == Kinds{SegmentKind::CancelMarker});
  CHECK(f.world.events.of(EventKind::CancelMarkerSent).size() == 2);
}

TEST_CASE("credit finds its channel also when channels are not numbered in a row") {
  TaskWorld world;
  const ConnectionId far{ChannelId{90}, AttemptId{2}}, near{ChannelId{4}, AttemptId{2}};
  RecordOutput output(world.environment, kProducer, {far, near}, {1, 3});
  CHECK(output.owns(near));
  CHECK_FALSE(output.owns({ChannelId{4}, AttemptId{1}}));
  output.on_credit(near, 1);
  for (std::uint32_t i = 0; i < 2; ++i) output.write(i, Origin{1}, [](ByteWriter& w) { w.raw("x"); });
  CHECK(world.wire.kinds[near] == Kinds{kData});
  CHECK(world.wire.kinds[far].empty());
}

TEST_CASE("an output gives every segment back when it dies") {
  OutputFixture f;
  f.write(0, 7);
  f.write(1, 1);
  CHECK(f.world.segments.in_use() > 0);
  f.output.reset();
  CHECK(f.world.segments.in_use() == 0);
}

// --- barriers that overtake ------------------------------------------------------------------------------------------

namespace {

RecordOutput::Barrier overtaking(std::uint64_t id, Alignment alignment = Alignment::Unaligned) {
  return {CheckpointId{id}, at_ns(5), {}, alignment};
}
// The barriers among what was sent on the channel, by checkpoint.
std::vector<std::uint64_t> barriers(OutputFixture& f, std::uint32_t channel) {
  std::vector<std::uint64_t> ids;
  for (const Segment* s : f.world.wire.sent[f.connections[channel]]) {
    if (s->kind == kBarrier) ids.push_back(s->checkpoint.value);
  }
  return ids;
}
std::uint64_t saved_records(OutputFixture& f, std::size_t event) {
  return ChannelCut::count(f.world.events.of(EventKind::InFlightCaptured).at(event).b);
}

}  // namespace

TEST_CASE("an unaligned barrier overtakes what waits for credit, which is saved and sent all the same (BA-2, BA-29)") {
  OutputFixture f(1);
  f.credit(0, 1);
  f.write(0, 5);  // two segments and one that is open; the first goes
  f.output->broadcast_barrier(overtaking(1));
  CHECK(f.kinds(0) == Kinds{kData, kBarrier});
  const std::vector<Bytes> overtaken = f.output->take_overtaken();
  REQUIRE(overtaken.size() == 1);
  CHECK(overtaken[0].size() == 3 * 11);
  CHECK(saved_records(f, 0) == 3);
  f.write(0, 1);
  f.credit(0, 9);
  CHECK(f.kinds(0) == Kinds{kData, kBarrier, kData, kData});
  CHECK(f.world.wire.sent[f.connections[0]].back()->records == 2);  // the open one goes on behind the barrier
}

TEST_CASE("an unaligned barrier needs no credit, and is numbered as it is sent (BA-33)") {
  OutputFixture f(1);
  f.credit(0, 0);
  f.write(0, 2);
  f.output->broadcast_barrier(overtaking(1));
  f.credit(0, 1);
  const auto& sent = f.world.wire.sent[f.connections[0]];
  REQUIRE(f.kinds(0) == Kinds{kBarrier, kData});
  CHECK(sent[0]->sequence == 0);
  CHECK(sent[1]->sequence == 1);
}

TEST_CASE("unaligned barriers keep their order until the consumer asks (BA-2)") {
  OutputFixture f(1);
  f.write(0, 2);
  f.output->broadcast_barrier(overtaking(1));
  f.output->broadcast_barrier(overtaking(2));
  f.credit(0, 1);
  CHECK(f.kinds(0) == Kinds{kBarrier, kBarrier, kData});
  CHECK(barriers(f, 0) == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("where barriers may not overtake they are forced into line (BA-1)") {
  OutputFixture f(1, {2, 3, false});
  f.credit(0, 1);
  f.write(0, 4);
  f.output->broadcast_barrier(overtaking(1));
  CHECK(f.kinds(0) == Kinds{kData});
  f.credit(0, 1);
  CHECK(f.kinds(0) == Kinds{kData, kData, kBarrier});
  CHECK(f.world.wire.sent[f.connections[0]].back()->alignment == Alignment::ForcedAligned);
  CHECK(f.world.events.of(EventKind::InFlightCaptured).empty());
}

TEST_CASE("behind the end of the data a barrier stays in line (CO-55)") {
  OutputFixture f(1);
  f.credit(0, 0);
  f.write(0, 2);
  f.output->broadcast_end(SegmentKind::EndOfData);
  f.output->broadcast_barrier(overtaking(1));
  f.credit(0, 1);
  CHECK(f.kinds(0) == Kinds{kData, SegmentKind::EndOfData, kBarrier});
}

TEST_CASE("a barrier in line that times out overtakes what is before it, and nothing behind it is saved (BA-19)") {
  OutputFixture f(1);
  f.credit(0, 1);
  f.write(0, 4);
  f.output->broadcast_barrier(overtaking(1, Alignment::Timeoutable));
  f.write(0, 2);
  CHECK(f.output->barrier_in_line());
  f.output->time_out(CheckpointId{1});
  CHECK_FALSE(f.output->barrier_in_line());
  CHECK(f.kinds(0) == Kinds{kData, kBarrier});
  CHECK(f.world.wire.sent[f.connections[0]].back()->alignment == Alignment::Unaligned);
  CHECK(f.output->take_overtaken()[0].size() == 2 * 11);
  CHECK(saved_records(f, 0) == 2);
}

TEST_CASE("a barrier that goes in time is not in line any more, and saves nothing (BA-19)") {
  OutputFixture f(1);
  f.credit(0, 1);
  f.write(0, 4);
  f.output->broadcast_barrier(overtaking(1, Alignment::Timeoutable));
  f.credit(0, 1);
  CHECK_FALSE(f.output->barrier_in_line());
  f.output->time_out(CheckpointId{1});
  CHECK(f.kinds(0) == Kinds{kData, kData, kBarrier});
  CHECK(f.world.events.of(EventKind::InFlightCaptured).empty());
}

TEST_CASE("a newer checkpoint ends what an older one has in line (BA-31)") {
  OutputFixture f(1);
  f.credit(0, 1);
  f.write(0, 4);
  f.output->broadcast_barrier(overtaking(1, Alignment::Timeoutable));
  f.output->broadcast_barrier(overtaking(2));
  CHECK_FALSE(f.output->barrier_in_line());
  f.output->time_out(CheckpointId{1});
  CHECK(barriers(f, 0) == std::vector<std::uint64_t>{2});
  CHECK(f.output->take_overtaken()[0].size() == 2 * 11);  // what 2 overtook
}

TEST_CASE("a record that spans segments is whole again from what both ends saved (BA-28)") {
  OutputFixture f(1);
  f.credit(0, 1);
  f.output->write(0, Origin::of(0, 0, 7), [](ByteWriter& w) { w.raw(Bytes(600, 'x')); });
  f.output->broadcast_barrier(overtaking(1));
  Bytes bytes(f.world.wire.sent[f.connections[0]][0]->view());
  CHECK(records_in(bytes).packed() == ChannelCut().packed());
  bytes += f.output->take_overtaken()[0];
  ChannelCut whole;
  whole.add(Origin::of(0, 0, 7));
  CHECK(records_in(bytes).packed() == whole.packed());
  CHECK(f.world.events.of(EventKind::InFlightCaptured).at(0).b == whole.packed());  // it ends in what is saved here
}
