#include "checkpoint/metadata.h"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "unit/engine/fakes/coord_graph.h"

namespace weir::engine {
namespace {

CheckpointMetadata sample() {
  return {CheckpointId{300},
          {{"reader/0", "kafka", {{"chk-300/reader-0-1", 1234567}, false}}, {"totals/0", "", {{}, true}}}};
}

TEST_CASE("metadata survives encoding and decoding (SH-13)") {
  const auto decoded = decode_metadata(encode(sample()));
  REQUIRE(decoded.ok());
  CHECK(decoded.value() == sample());

  CHECK(rc::check("any metadata round-trips", [] {
    CheckpointMetadata metadata{CheckpointId{*rc::gen::arbitrary<std::uint64_t>()}, {}};
    const auto names = *rc::gen::arbitrary<std::vector<std::string>>();
    for (const std::string& name : names) {
      metadata.subtasks.push_back(
          {name,
           *rc::gen::arbitrary<std::string>(),
           {{*rc::gen::arbitrary<std::string>(), *rc::gen::arbitrary<std::uint64_t>()}, *rc::gen::arbitrary<bool>()}});
    }
    const auto back = decode_metadata(encode(metadata));
    RC_ASSERT(back.ok());
    RC_ASSERT(back.value() == metadata);
  }));
}

TEST_CASE("metadata starts with the magic number and the version (SH-13)") {
  const Bytes bytes = encode(sample());
  CHECK(bytes.substr(0, 8) == Bytes("\x2d\x67\x60\x49\x01\x00\x00\x00", 8));
}

TEST_CASE("every truncation of metadata is refused") {
  const Bytes bytes = encode(sample());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto decoded = decode_metadata(BytesView(bytes).substr(0, length));
    REQUIRE_FALSE(decoded.ok());
    REQUIRE(decoded.status().code() == StatusCode::Corrupt);
  }
}

TEST_CASE("every changed byte of metadata is refused") {
  const Bytes bytes = encode(sample());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int change = 1; change < 256; ++change) {
      Bytes changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ change);
      REQUIRE_FALSE(decode_metadata(changed).ok());
    }
  }
}

TEST_CASE("bytes behind the end, and any other bytes, are refused") {
  CHECK_FALSE(decode_metadata(encode(sample()) + "x").ok());
  CHECK(rc::check("arbitrary bytes never crash the decoder", [] {
    const auto bytes = *rc::gen::arbitrary<std::string>();
    RC_ASSERT(!decode_metadata(bytes).ok());
  }));
}

TEST_CASE("metadata names every subtask with its uid") {
  const auto graph = coord_test::small_graph();
  CompletedCheckpoint checkpoint{CheckpointId{2}, std::vector<SubtaskPart>(6)};
  checkpoint.subtasks[3] = {{"f", 9}, false};
  const CheckpointMetadata metadata = describe(*graph, checkpoint);
  CHECK(metadata.checkpoint == CheckpointId{2});
  REQUIRE(metadata.subtasks.size() == 6);
  CHECK(metadata.subtasks[3] == SubtaskMetadata{"totals/1", "totals-uid", {{"f", 9}, false}});
}

}  // namespace
}  // namespace weir::engine
