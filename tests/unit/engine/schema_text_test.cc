#include "weir/engine/schema_text.h"

#include <rapidcheck.h>

#include <array>
#include <catch2/catch.hpp>
#include <tuple>

using namespace weir::engine;

namespace {

struct Visit {
  std::string page;
  std::optional<std::int32_t> seconds;
  static constexpr auto fields() { return std::tuple{&Visit::page, &Visit::seconds}; }
  static constexpr auto field_names() { return std::array{"page", "seconds"}; }
  friend bool operator==(const Visit&, const Visit&) = default;
};

enum class Color : std::uint8_t { Red, Green };

using Everything =
    std::tuple<std::int64_t, bool, std::string, std::vector<Visit>, double, std::pair<Color, std::uint8_t>>;

template <class T>
std::string by_schema(const T& value) {
  return value_text(parse_schema(schema_of<T>()), serialize(value));
}

// Whether the text of a value is what `describe` prints, and gives its bytes again.
template <class T>
bool round_trip(const T& value) {
  const auto back = value_from_text(*parse_schema(schema_of<T>()), describe(value));
  return by_schema(value) == describe(value) && back.ok() && back.value() == serialize(value);
}

std::string refusal(const std::string& schema, const std::string& text) {
  return value_from_text(*parse_schema(schema), text).status().message();
}

}  // namespace

TEST_CASE("bytes read by their schema as the value itself describes them, and back", "[inspect]") {
  REQUIRE(rc::check([](std::int64_t i, bool b, const std::string& s, const std::vector<std::string>& pages,
                       std::int32_t n, std::uint8_t u) {
    const std::optional<std::int32_t> seconds = b ? std::optional(n) : std::nullopt;
    std::vector<Visit> visits;
    for (const std::string& page : pages) visits.push_back({page, seconds});
    RC_ASSERT(round_trip(Everything{i, b, s, visits, static_cast<double>(i) / 3, {Color::Green, u}}));
    RC_ASSERT(round_trip(i));
    RC_ASSERT(round_trip(s));
    RC_ASSERT(round_trip(seconds));
  }));
  CHECK(by_schema(std::vector<Visit>{{"a\"b", 3}, {"", std::nullopt}}) ==
        R"([{page: "a\x22b", seconds: 3}, {page: "", seconds: none}])");
}

TEST_CASE("what a schema does not tell shows as hex digits, and so do bytes that are no such value", "[inspect]") {
  CHECK(value_text(std::nullopt, "ab") == "0x6162");
  CHECK(value_text(parse_schema("opaque"), "ab") == "0x6162");
  CHECK(value_text(parse_schema("{i8,money@3}"), "ab") == "0x6162");
  CHECK(value_text(parse_schema("xab"), "ab") == "0x6162");
  CHECK(value_text(parse_schema("i64"), "ab") == "0x6162");
  CHECK(value_text(parse_schema("i8"), "ab") == "0x6162");
  CHECK(value_text(parse_schema("i8"), "a") == "97");
}

TEST_CASE("elements that take no bytes are not counted out, however many there are said to be", "[inspect]") {
  const Bytes many = "\xff\xff\xff\xff\xff\xff\xff\xff\x7f";
  for (const char* schema : {"[()]", "[{}]", "[{((),{}),()}]"}) {
    const auto parsed = parse_schema(schema);
    CHECK(value_text(parsed, many) == "0xffffffffffffffff7f");
    ByteReader reader(many);
    skip_value(*parsed, reader);
    CHECK(reader.at_end());
    CHECK_FALSE(reader.failed());
  }
}

TEST_CASE("a word that nobody wrote has no known end (ST-19)", "[inspect]") {
  for (const char* word : {"xab", "i7", "i128", "opaque", "f16"}) {
    ByteReader reader("0123456789");
    skip_value(*parse_schema(word), reader);
    CHECK(reader.failed());
    CHECK(compare_schemas("{a:i64,b:" + std::string(word) + "}", "{a:i64}") == Compatibility::Incompatible);
  }
  CHECK(compare_schemas("{a:i64,b:u16}", "{a:i64}") == Compatibility::AfterMigration);
}

TEST_CASE("a key is written as it is shown, with fewer quotes and names if you like", "[inspect]") {
  const auto bytes = [](const std::string& schema, const std::string& text) {
    const auto value = value_from_text(*parse_schema(schema), text);
    REQUIRE(value.ok());
    return value.value();
  };
  CHECK(bytes("string", "ann") == serialize(std::string("ann")));
  CHECK(bytes("string", "\"a\\x0ab\\\"\"") == serialize(std::string("a\nb\"")));
  CHECK(bytes("{page:string,seconds:?i32}", "{\"a\",7}") == serialize(Visit{"a", 7}));
  CHECK(bytes("i64", " -5") == serialize(std::int64_t{-5}));
}

TEST_CASE("text that is no such value is refused with what was expected and where", "[inspect]") {
  CHECK(refusal("i32", "4x") == "nothing more is expected at character 2");
  CHECK(refusal("i8", "400") == "an integer of 8 bits is expected at character 1");
  CHECK(refusal("(i8,string)", "{4}") == "',' is expected at character 3");
  CHECK(refusal("(i8,string)", "{4, x}") == "a text in double quotes is expected at character 5");
  CHECK(refusal("[bool]", "[true, maybe]") == "true or false is expected at character 8");
  CHECK(refusal("[i8]", "[1, 2") == "',' is expected at character 6");
  CHECK(refusal("(i8,string)", "{4, \"\\x4\"}") == "\\xNN, \\\" or \\\\ is expected at character 6");
  CHECK(refusal("money@3", "4") == "the schema does not tell how a 'money' is written");
}
