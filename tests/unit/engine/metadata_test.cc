#include "checkpoint/metadata.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "unit/engine/fakes/coord_graph.h"
#include "unit/engine/fakes/coord_state.h"
#include "weir/engine/assert.h"
#include "weir/engine/bytes.h"

namespace weir::engine {
namespace {

using Reals = std::vector<std::uint64_t>;

StateHandle inlined(Bytes bytes) {
  const std::uint64_t size = bytes.size();
  return {{}, std::move(bytes), size};
}

// One of everything: a plain and an incremental keyed handle, inlined and written, every mode, a finished subtask.
CompletedCheckpoint example() {
  OperatorSubtaskState full;
  full.managed_keyed.push_back({{KeyGroup{0}, KeyGroup{63}}, {"chk-300/totals/0-1/0-keyed", {}, 1234567}});
  full.raw_keyed.push_back({{KeyGroup{0}, KeyGroup{63}}, inlined("raw")});
  full.managed_operator.push_back({{{"splits", OperatorStateMode::SplitDistribute, {0, 300}},
                                    {"everybody", OperatorStateMode::Union, {7}},
                                    {"rules", OperatorStateMode::Broadcast, {9}}},
                                   inlined("lists")});
  full.raw_operator.push_back({{{"raw", OperatorStateMode::SplitDistribute, {}}}, {"chk-300/f", {}, 3}});
  full.in_flight.push_back({{{OperatorId{3}, OperatorId{17}, 1, 2, 0, false, 0, 40},
                             {OperatorId{17}, OperatorId{4}, 0, 0, 700, true, 40, 300}},
                            {"chk-300/totals/0-1/in-flight", {}, 360}});
  OperatorSubtaskState incremental;
  incremental.managed_keyed.push_back({{KeyGroup{64}, KeyGroup{127}},
                                       inlined("meta"),
                                       {{"000012.sst", "shared/12", 77, false}},
                                       {{"CURRENT", inlined("c")}, {"MANIFEST", {"chk-300/m", {}, 5}}}});
  return {CheckpointId{300},
          {{OperatorId{17}, "totals", 3, 128, {{full, false}, {incremental, false}, {{}, true}}},
           {OperatorId{~0ull}, "", 1, 32768, {{{}, false}}}}};
}

void reseal(Bytes& bytes) {
  bytes.resize(bytes.size() - 8);
  const std::uint64_t checksum = hash_bytes(bytes);
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(checksum >> shift);
}

TEST_CASE("metadata survives encoding and decoding (SH-13)") {
  const auto decoded = decode_metadata(encode(example()));
  REQUIRE(decoded.ok());
  CHECK(decoded.value() == example());
  CHECK(decode_metadata(encode(CompletedCheckpoint{CheckpointId{1}, {}})).ok());
}

TEST_CASE("any metadata survives encoding and decoding (SH-13)") {
  CHECK(rc::check([](const std::vector<std::string>& uids, const std::string& bytes, const Reals& offsets) {
    CompletedCheckpoint checkpoint{CheckpointId{*rc::gen::arbitrary<std::uint64_t>()}, {}};
    for (const std::string& uid : uids) {
      OperatorSubtaskState state = coord_test::keyed_file(uid + "f", offsets.size());
      state.managed_operator.push_back({{{uid, OperatorStateMode::Union, offsets}}, inlined(bytes)});
      checkpoint.operators.push_back({OperatorId{hash_bytes(uid)}, uid, 2, 128, {{state, false}, {{}, true}}});
    }
    const auto back = decode_metadata(encode(checkpoint));
    RC_ASSERT(back.ok());
    RC_ASSERT(back.value() == checkpoint);
  }));
}

TEST_CASE("metadata starts with the magic number and the version (SH-13)") {
  CHECK(encode(example()).substr(0, 5) == Bytes("\x2d\x67\x60\x49\x05", 5));
}

TEST_CASE("every truncation of metadata is refused and named") {
  const Bytes bytes = encode(example());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto decoded = decode_metadata(BytesView(bytes).substr(0, length));
    REQUIRE_FALSE(decoded.ok());
    REQUIRE(decoded.status().code() == StatusCode::Corrupt);
    REQUIRE(decoded.status().message().find("checkpoint metadata: ") == 0);
  }
}

TEST_CASE("every changed byte of metadata is refused") {
  const Bytes bytes = encode(example());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int change = 1; change < 256; ++change) {
      Bytes changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ change);
      REQUIRE_FALSE(decode_metadata(changed).ok());
    }
  }
}

TEST_CASE("what the checksum vouches for is still read with care") {
  const Bytes bytes = encode(example());
  for (std::size_t at = 5; at + 8 < bytes.size(); ++at) {
    for (const int change : {0x01, 0x40, 0x80, 0xFF}) {
      Bytes changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ change);
      reseal(changed);
      const auto decoded = decode_metadata(changed);  // refused, or another checkpoint; never a crash
      if (decoded.ok()) CHECK_FALSE(decoded.value() == example());
    }
  }
}

TEST_CASE("bytes behind the end, and any other bytes, are refused") {
  CHECK_FALSE(decode_metadata(encode(example()) + "x").ok());
  CHECK(rc::check("arbitrary bytes never crash the decoder", [] {
    const auto bytes = *rc::gen::arbitrary<std::string>();
    RC_ASSERT(!decode_metadata(bytes).ok());
  }));
}

TEST_CASE("an operator without subtasks is none that was ever written (RS-1)") {
  CompletedCheckpoint checkpoint{CheckpointId{1}, {{OperatorId{17}, "totals", 0, 128, {}}}};
  CHECK_FALSE(decode_metadata(encode(checkpoint)).ok());
  checkpoint.operators[0].parallelism = 1;
  checkpoint.operators[0].subtasks = {{{}, false}};
  CHECK(decode_metadata(encode(checkpoint)).ok());
}

TEST_CASE("a placeholder never reaches metadata (SH-3)") {
  CompletedCheckpoint checkpoint = example();
  checkpoint.operators[0].subtasks[1].state.managed_keyed[0].shared[0].placeholder = true;
  CHECK_THROWS_AS(encode(checkpoint), InvariantViolation);
}

TEST_CASE("a checkpoint names every operator with its uid, parallelism and finished subtasks (CO-51)") {
  const auto graph = coord_test::small_graph();
  std::vector<SubtaskState> states(6);
  states[3] = coord_test::acked("totals-uid", "f", 9);
  std::vector<bool> finished(6);
  finished[0] = finished[1] = true;
  const CompletedCheckpoint checkpoint{CheckpointId{2}, assemble(*graph, states, finished)};
  REQUIRE(checkpoint.operators.size() == 3);
  CHECK(fully_finished(checkpoint.operators[0]));
  CHECK(checkpoint.operators[1] == OperatorPart{OperatorId{hash_bytes("totals-uid")},
                                                "totals-uid",
                                                2,
                                                128,
                                                {{{}, false}, {coord_test::keyed_file("f", 9), false}}});
  CHECK_FALSE(has_state(checkpoint.operators[2]));
  CHECK(total_size(checkpoint) == 9);
}

}  // namespace
}  // namespace weir::engine
