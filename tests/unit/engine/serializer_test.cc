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

struct Reading {
  std::string sensor;
  std::pair<bool, double> value;
  static constexpr auto fields() { return std::tuple{&Reading::sensor, &Reading::value}; }
  static constexpr auto field_names() { return std::array{"sensor", "value"}; }
};

struct Opaque {
  std::uint8_t byte = 0;
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

// A serializer of the user's own, without a `describe`.
template <>
struct weir::engine::Serializer<Opaque> {
  static void write(const Opaque& v, ByteWriter& w) { w.fixed(v.byte); }
  static void read(Opaque& v, ByteReader& r) { v.byte = r.fixed<std::uint8_t>(); }
};

TEST_CASE("values read as people write them") {
  CHECK(describe(std::int64_t{-17}) == "-17");
  CHECK(describe(std::uint8_t{200}) == "200");
  CHECK(describe(true) == "true");
  CHECK(describe(0.1) == "0.1");
  CHECK(describe(1.5f) == "1.5");
  CHECK(describe(Colour::Green) == "1");
  CHECK(describe(std::string("a \"b\"\n")) == R"("a \x22b\x22\x0a")");
  CHECK(describe(std::tuple{1, std::string("x")}) == R"({1, "x"})");
  CHECK(describe(std::vector<std::int32_t>{1, 2, 3}) == "[1, 2, 3]");
  CHECK(describe(std::vector<std::string>{}) == "[]");
  CHECK(describe(std::optional<std::int32_t>{}) == "none");
  CHECK(describe(std::optional<std::int32_t>{5}) == "5");
  CHECK(describe(click("ann", 5, {1, 2})) == R"({"ann", 5, [1, none]})");
  CHECK(describe(Reading{"roof", {true, 21.5}}) == R"({sensor: "roof", value: {true, 21.5}})");
  CHECK(describe(std::vector<Opaque>{{7}, {'x'}}) == R"(["\x07", "x"])");
}

TEST_CASE("a topic's records are described when they decode, and only then") {
  const TopicRecords records = records_of<Reading>("readings");
  CHECK(records.topic == "readings");
  const Bytes bytes = serialize(Reading{"roof", {false, 2}});
  CHECK(records.describe(bytes) == R"({sensor: "roof", value: {false, 2}})");
  CHECK_FALSE(records.describe(bytes + "x").has_value());
  CHECK_FALSE(records.describe("").has_value());
}

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
