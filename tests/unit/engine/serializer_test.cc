#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "weir/engine/serializer.h"

using namespace weir::engine;

namespace {

enum class Colour : std::uint8_t { Red, Green };

struct Click {
  std::string user;
  std::int64_t at = 0;
  std::vector<std::optional<std::uint16_t>> path;
  static constexpr auto fields() { return std::tuple{&Click::user, &Click::at, &Click::path}; }
  friend bool operator==(const Click&, const Click&) = default;
};

template <class T>
T round_trip(const T& value) {
  T back{};
  RC_ASSERT(deserialize(BytesView(serialize(value)), back));
  return back;
}

// A shorter or longer byte string is refused, and reading it stays inside of it.
template <class T>
void check_refused_when_cut(const T& value) {
  const Bytes whole = serialize(value);
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const Bytes part = whole.substr(0, n);
    T back{};
    RC_ASSERT(!deserialize(BytesView(part), back));
  }
  T back{};
  RC_ASSERT(!deserialize(BytesView(whole + "x"), back));
}

template <class T>
void check_type(const T& value) {
  RC_ASSERT(round_trip(value) == value);
  check_refused_when_cut(value);
}

Click click(const std::string& user, std::int64_t at, const std::vector<std::uint16_t>& path) {
  Click made{user, at, {}};
  for (const std::uint16_t step : path) made.path.push_back(step % 2 == 0 ? std::nullopt : std::optional(step));
  return made;
}

}  // namespace

TEST_CASE("values of every supported type come back, and truncated ones are refused") {
  REQUIRE(rc::check("integers", [](std::int32_t a, std::uint64_t b, bool c) {
    check_type(a);
    check_type(b);
    check_type(c);
  }));
  REQUIRE(rc::check("floating point", [](double a) { check_type(a); }));
  REQUIRE(rc::check("strings", [](const std::string& a) { check_type(a); }));
  REQUIRE(rc::check("pairs and tuples", [](const std::pair<std::string, std::int64_t>& a, const std::string& b) {
    check_type(a);
    check_type(std::tuple{b, a.second, a});
  }));
  REQUIRE(rc::check("vectors", [](const std::vector<std::string>& a) { check_type(a); }));
  REQUIRE(rc::check("structs", [](const std::string& user, std::int64_t at, const std::vector<std::uint16_t>& path) {
    check_type(click(user, at, path));
  }));
  REQUIRE(rc::check("enumerations", [](bool green) { check_type(green ? Colour::Green : Colour::Red); }));
}

TEST_CASE("bytes of any content decode or are refused, and never more than once over") {
  REQUIRE(rc::check([](const std::string& noise) {
    Click target;
    if (deserialize(BytesView(noise), target)) RC_ASSERT(serialize(target).size() <= noise.size() * 2 + 16);
    std::vector<std::vector<std::string>> nested;
    if (deserialize(BytesView(noise), nested)) RC_ASSERT(nested.size() <= noise.size());
  }));
}

TEST_CASE("a length beyond the bytes that are there is refused without reserving it") {
  ByteBuffer huge;
  ByteWriter(huge).varint(0xFFFF'FFFF'FFFFull);
  std::string text;
  std::vector<std::string> list;
  CHECK_FALSE(deserialize(BytesView(huge), text));
  CHECK_FALSE(deserialize(BytesView(huge), list));
}

TEST_CASE("integers are little-endian on every machine") {
  CHECK(serialize(std::uint32_t{0x01020304}) == Bytes("\x04\x03\x02\x01"));
  CHECK(serialize(std::string("hi")) == Bytes("\x02hi"));
}

TEST_CASE("a varint of too many bytes is refused") {
  const Bytes endless(11, '\xFF');
  ByteReader reader(endless);
  CHECK(reader.varint() == 0);
  CHECK(reader.failed());
  REQUIRE(rc::check([](std::uint64_t v) {
    ByteBuffer out;
    ByteWriter(out).varint(v);
    ByteReader r(out);
    RC_ASSERT(r.varint() == v);
    RC_ASSERT(r.at_end());
  }));
}

TEST_CASE("reading into a used object leaves nothing of the old value") {
  Click target = click("somebody", 5, {1, 2, 3});
  REQUIRE(deserialize(BytesView(serialize(click("x", 0, {}))), target));
  CHECK(target == click("x", 0, {}));
}
