#include "state/subtask_snapshot.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "weir/engine/bytes.h"
#include "weir/engine/hash.h"
#include "weir/engine/serializer.h"

using namespace weir::engine;

namespace {

SubtaskSnapshot example() {
  return {{{OperatorId{17}, "keyed bytes", {{"splits", {"0:12", ""}}, {"pending", {}}}},
           {OperatorId{0xFFFF'FFFF'FFFF'FFFF}, "", {}}}};
}

void reseal(Bytes& bytes) {
  bytes.resize(bytes.size() - 8);
  const std::uint64_t checksum = hash_bytes(bytes);
  bytes += serialize(checksum);
}

}  // namespace

TEST_CASE("a subtask snapshot comes back as it was written") {
  const auto back = decode_subtask_snapshot(encode(example()));
  REQUIRE(back.ok());
  CHECK(back.value() == example());
  CHECK(decode_subtask_snapshot(encode(SubtaskSnapshot{})).value() == SubtaskSnapshot{});
}

TEST_CASE("any subtask snapshot comes back as it was written") {
  REQUIRE(rc::check([](const std::vector<std::vector<std::string>>& lists, const std::string& keyed) {
    SubtaskSnapshot snapshot;
    for (const auto& list : lists) {
      snapshot.operators.push_back({OperatorId{list.size()}, keyed, {{keyed, list}, {"second", list}}});
    }
    const auto back = decode_subtask_snapshot(encode(snapshot));
    RC_ASSERT(back.ok());
    RC_ASSERT(back.value() == snapshot);
  }));
}

TEST_CASE("a truncated subtask snapshot is refused at every length") {
  const Bytes whole = encode(example());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto result = decode_subtask_snapshot(BytesView(whole).substr(0, size));
    REQUIRE_FALSE(result.ok());
    CHECK(result.status().code() == StatusCode::Corrupt);
    CHECK(result.status().message().find("subtask snapshot: ") == 0);
  }
}

TEST_CASE("a flipped bit in a subtask snapshot is refused wherever it is") {
  Bytes bytes = encode(example());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    CHECK(decode_subtask_snapshot(bytes).status().code() == StatusCode::Corrupt);
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
  }
  CHECK(decode_subtask_snapshot(bytes).ok());
}

TEST_CASE("what is wrong with a subtask snapshot is named") {
  Bytes other_kind = encode(example());
  other_kind[0] = 'X';
  CHECK(decode_subtask_snapshot(other_kind).status().message() ==
        "subtask snapshot: wrong magic number, this is another kind of file");
  Bytes newer = encode(example());
  newer[4] = 9;
  CHECK(decode_subtask_snapshot(newer).status().message() ==
        "subtask snapshot: version 9 is newer than the newest known, 1");
  Bytes altered = encode(example());
  altered.back() = static_cast<char>(altered.back() + 1);
  CHECK(decode_subtask_snapshot(altered).status().message().find("checksum does not match") != std::string::npos);
  CHECK(decode_subtask_snapshot("abc").status().message() == "subtask snapshot: truncated, only 3 bytes");
}

TEST_CASE("counts that the checksum vouches for are still not trusted") {
  Bytes too_many = encode(example());
  too_many[5] = 100;  // operators
  reseal(too_many);
  CHECK(decode_subtask_snapshot(too_many).status().message().find("ends inside operator") != std::string::npos);
  Bytes too_few = encode(example());
  too_few[5] = 1;
  reseal(too_few);
  CHECK(decode_subtask_snapshot(too_few).status().message().find("left over") != std::string::npos);
}
