#include "text/escape.h"

#include <catch2/catch.hpp>

#include "text/numbers.h"
#include "text/table.h"

using namespace weir::reports;

TEST_CASE("markup escapes what has a meaning and drops what XML forbids") {
  CHECK(markup("<a href=\"x\">&'") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
  CHECK(markup(std::string("a\0b\x1b[31mc\x7f\n", 11)) == "ab[31mc\n");
  CHECK(attribute("two\nlines") == "two&#10;lines");
}

TEST_CASE("bytes that are not UTF-8 become replacement characters, one a byte") {
  CHECK(markup("\xff\xfe") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(markup("\xc3\xa9") == "\xc3\xa9");
  CHECK(markup("\xed\xa0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // a surrogate
  CHECK(markup("\xf0\x9f\x92") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // cut short
  CHECK(json_string("\xc0\xaf") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");         // overlong
}

TEST_CASE("JSON strings escape quotes, backslashes and control characters") {
  CHECK(json_string("a\"b\\c\n\x01") == "\"a\\\"b\\\\c\\n\\u0001\"");
}

TEST_CASE("a shell argument survives its own quotes") { CHECK(shell_argument("it's; $x") == "'it'\\''s; $x'"); }

TEST_CASE("file names keep what is harmless") {
  CHECK(file_name("word-count [state.backend=rocksdb]") == "word-count-state.backend=rocksdb");
  CHECK(file_name("../../etc") == "_..-..-etc");
  CHECK(file_name("///") == "scenario");
}

TEST_CASE("long words are shortened by code points") {
  CHECK(shortened("abcdef", 6) == "abcdef");
  CHECK(shortened("äöüäöü", 4) == "äöü…");
}

TEST_CASE("numbers read the same everywhere") {
  CHECK(grouped(1'234'567) == "1,234,567");
  CHECK(hex(0) == "0x0");
  CHECK(hex(0x2a) == "0x2a");
  CHECK(hex_digits(0x2a) == "000000000000002a");
  CHECK(clock_time(350'012'345) == "350.012345ms");
  CHECK(axis_time(1'129'718'999) == "1129.718ms");
  CHECK(short_duration(1'500'000'000) == "1.5s");
  CHECK(short_duration(350'012'345) == "350.012ms");
  CHECK(short_duration(85'000) == "85us");
  CHECK(short_duration(7) == "7ns");
  CHECK(byte_size(812) == "812 B");
  CHECK(byte_size(4096) == "4.00 KB");
  CHECK(byte_size(3ull << 20) == "3.00 MB");
  CHECK(counted(1, "seed", "seeds") == "1 seed");
}

TEST_CASE("columns of a table line up and leave no trailing blanks") {
  using Align = TextTable::Align;
  TextTable table({Align::Left, Align::Right, Align::Left});
  table.add({"é", "1", ""});
  table.add({"abc", "22", "x"});
  CHECK(table.text("> ") == "> é     1\n> abc  22  x\n");
}
