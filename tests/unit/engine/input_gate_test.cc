#include <catch2/catch.hpp>

#include "channel/input_gate.h"
#include "fakes/task_world.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

struct GateFixture {
  explicit GateFixture(std::uint32_t channels = 3, std::uint32_t credits = 4) {
    for (std::uint32_t i = 0; i < channels; ++i) connections.push_back({ChannelId{20 + i}, AttemptId{1}});
    sequence.resize(channels);
    gate.emplace(world.environment, connections, credits);
  }
  // A data segment with one record whose origin is `origin`.
  void data(std::uint32_t channel, std::uint64_t origin = 1) {
    Segment* s = world.segments.acquire(SegmentKind::Data);
    s->bytes[0] = 0;
    for (int i = 0; i < 8; ++i) s->bytes[1 + i] = static_cast<char>(origin >> (8 * i));
    s->size = 9;
    s->records = 1;
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
