#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <limits>
#include <set>

#include "weir/engine/hash.h"
#include "weir/engine/serializer.h"

using namespace weir::engine;

namespace {

KeyGroupRange range(std::uint16_t first, std::uint16_t last) { return {KeyGroup{first}, KeyGroup{last}}; }

std::vector<KeyGroupRange> ranges(std::uint32_t max_parallelism, std::uint32_t parallelism) {
  std::vector<KeyGroupRange> all;
  for (std::uint32_t i = 0; i < parallelism; ++i) all.push_back(key_group_range(max_parallelism, parallelism, i));
  return all;
}

// Every subtask's range holds exactly the key groups that are routed to it.
bool formulas_agree(std::uint32_t max_parallelism, std::uint32_t parallelism) {
  std::uint32_t next = 0;
  for (std::uint32_t i = 0; i < parallelism; ++i) {
    const KeyGroupRange r = key_group_range(max_parallelism, parallelism, i);
    if (r.first.value != next || r.last < r.first) return false;
    for (std::uint32_t g = r.first.value; g <= r.last.value; ++g) {
      if (subtask_of(KeyGroup{static_cast<std::uint16_t>(g)}, max_parallelism, parallelism) != i) return false;
    }
    next = r.last.value + 1u;
  }
  return next == max_parallelism;
}

}  // namespace

TEST_CASE("key groups follow the test vectors of flink-semantics 6.1") {
  struct Vector {
    std::int32_t code;
    std::uint32_t hash, mod128, mod4096;
  };
  const Vector vectors[] = {
      {0, 593689054, 94, 2526},   {1, 68075478, 86, 4054},
      {2, 1085422463, 127, 2943}, {7, 1343918321, 113, 241},
      {42, 1134849565, 29, 3613}, {97, 1455541201, 81, 3025},
      {98, 516420758, 22, 1174},  {1000, 3506311, 7, 135},
      {-1, 1982413648, 80, 2896}, {std::numeric_limits<std::int32_t>::min(), 1718298732, 108, 2156}};
  for (const Vector& v : vectors) {
    CAPTURE(v.code);
    CHECK(murmur_hash(v.code) == v.hash);
    CHECK(key_group_of(v.code, 128) == KeyGroup{static_cast<std::uint16_t>(v.mod128)});
    CHECK(key_group_of(v.code, 4096) == KeyGroup{static_cast<std::uint16_t>(v.mod4096)});
  }
}

TEST_CASE("key group ranges follow the examples of flink-semantics 6.1") {
  CHECK(ranges(128, 3) == std::vector{range(0, 42), range(43, 85), range(86, 127)});
  CHECK(ranges(128, 5) == std::vector{range(0, 25), range(26, 51), range(52, 76), range(77, 102), range(103, 127)});
  CHECK(ranges(10, 4) == std::vector{range(0, 2), range(3, 4), range(5, 7), range(8, 9)});
  CHECK(ranges(720, 7) == std::vector{range(0, 102), range(103, 205), range(206, 308), range(309, 411), range(412, 514),
                                      range(515, 617), range(618, 719)});
}

TEST_CASE("the default maximum parallelism is a power of two between 128 and 32768") {
  CHECK(default_max_parallelism(1) == 128);
  CHECK(default_max_parallelism(85) == 128);
  CHECK(default_max_parallelism(86) == 256);
  CHECK(default_max_parallelism(171) == 256);
  CHECK(default_max_parallelism(1000) == 2048);
  CHECK(default_max_parallelism(20000) == 32768);
}

TEST_CASE("range and index formulas agree for every parallelism (RS-1)") {
  for (std::uint32_t max_parallelism = 1; max_parallelism <= 64; ++max_parallelism) {
    for (std::uint32_t p = 1; p <= max_parallelism; ++p) REQUIRE(formulas_agree(max_parallelism, p));
  }
  REQUIRE(rc::check("large ones, also not powers of two", [] {
    const auto max_parallelism = *rc::gen::inRange<std::uint32_t>(1, kMaxMaxParallelism + 1);
    const auto p = *rc::gen::inRange<std::uint32_t>(1, max_parallelism + 1);
    RC_ASSERT(formulas_agree(max_parallelism, p));
  }));
  REQUIRE(formulas_agree(kMaxMaxParallelism, kMaxMaxParallelism));
}

TEST_CASE("hash codes are those of Java, the same in every process (RS-2)") {
  CHECK(java_hash(std::string_view("a")) == 97);
  CHECK(java_hash(std::string_view("hello")) == 99162322);
  CHECK(java_hash(std::string_view("polygenelubricants")) == std::numeric_limits<std::int32_t>::min());
  CHECK(java_hash(std::int64_t{1} << 32) == 1);
  CHECK(java_hash(std::int64_t{-1}) == 0);
  CHECK(KeyHash<std::string>::code("a") == 97);
  CHECK(KeyHash<std::int32_t>::code(-5) == -5);
  CHECK(KeyHash<std::uint64_t>::code(0xFFFF'FFFF'0000'0000ull) == -1);
}

TEST_CASE("the hash of bytes is fixed for ever") {
  CHECK(hash_bytes("") == 0xE94C59AD4451B240ull);
  CHECK(hash_bytes("a") == 0x1B56D672CD203990ull);
  CHECK(hash_bytes("kafka-source") == 0x1B0F2B5208B26F0Bull);
  CHECK(hash_bytes("the quick brown fox jumps over the lazy dog") == 0xE634EE920C4D0129ull);
}

TEST_CASE("every byte and the length of a string count in its hash") {
  REQUIRE(rc::check([](const std::string& text) {
    std::set<std::uint64_t> seen{hash_bytes(text)};
    for (std::size_t i = 0; i < text.size(); ++i) {
      std::string other = text;
      other[i] = static_cast<char>(other[i] ^ 0x10);
      RC_ASSERT(seen.insert(hash_bytes(other)).second);
    }
    RC_ASSERT(seen.insert(hash_bytes(text + '\0')).second);
  }));
}

TEST_CASE("hashes of short keys spread over few buckets") {
  std::vector<int> buckets(64);
  for (int i = 0; i < 6400; ++i) ++buckets[hash_bytes("w" + std::to_string(i)) & 63];
  CHECK(*std::min_element(buckets.begin(), buckets.end()) > 60);
  CHECK(*std::max_element(buckets.begin(), buckets.end()) < 145);
}
