#include "model/flink_values.h"

#include <catch2/catch.hpp>

#include <utility>
#include <vector>

namespace weir::scenarios {
namespace {

using Spelling = std::pair<std::string, std::string>;  // Flink's, weir's; weir's is empty: refused

void check_all(FlinkForm form, const std::vector<Spelling>& spellings, std::string_view words = {}) {
  for (const auto& [text, expected] : spellings) {
    CAPTURE(text);
    const auto read = weir_value(form, words, text);
    CHECK(read.ok() == !expected.empty());
    if (read.ok()) CHECK(read.value() == expected);
  }
}

}  // namespace

TEST_CASE("durations take every unit of Flink, with and without a blank, and plain numbers as milliseconds") {
  check_all(FlinkForm::Duration, {
                                     {"10 s", "10s"},
                                     {"10s", "10s"},
                                     {" 10  sec ", "10s"},
                                     {"10 SECONDS", "10s"},
                                     {"1 min", "1min"},
                                     {"1m", "1min"},
                                     {"2 minutes", "2min"},
                                     {"1 h", "1h"},
                                     {"3 hours", "3h"},
                                     {"2 d", "48h"},
                                     {"1 day", "24h"},
                                     {"500 ms", "500ms"},
                                     {"500", "500ms"},
                                     {"0", "0ms"},
                                     {"7 millis", "7ms"},
                                     {"7 milliseconds", "7ms"},
                                     {"250 µs", "250us"},
                                     {"250 micros", "250us"},
                                     {"8 nanoseconds", "8ns"},
                                     {"1.5 s", ""},
                                     {"-1", ""},
                                     {"10 parsecs", ""},
                                     {"s", ""},
                                     {"", ""},
                                     {"10 s 5", ""},
                                     {"99999999999 d", ""},
                                     {"99999999999999999999", ""},
                                 });
}

TEST_CASE("memory sizes take every unit of Flink, and plain numbers as bytes") {
  check_all(FlinkForm::Size, {
                                 {"4096", "4096"},
                                 {"64 b", "64"},
                                 {"64bytes", "64"},
                                 {"20 kb", "20480"},
                                 {"20k", "20480"},
                                 {"1 kibibytes", "1024"},
                                 {"32 mb", "33554432"},
                                 {"32MB", "33554432"},
                                 {"1g", "1073741824"},
                                 {"1 gb", "1073741824"},
                                 {"1 t", "1099511627776"},
                                 {"2.5 mb", ""},
                                 {"32 mib", ""},
                                 {"mb", ""},
                                 {"99999999999 tb", ""},
                             });
}

TEST_CASE("booleans and words are read in any case, integers from their least") {
  check_all(FlinkForm::Flag, {{"true", "true"}, {"FALSE", "false"}, {"True", "true"}, {"yes", ""}, {"1", ""}});
  check_all(FlinkForm::Word, {{"hashmap", "heap"}, {"RocksDB", "rocksdb"}, {"heap", ""}, {"", ""}},
            "hashmap=heap|rocksdb=rocksdb");
  check_all(FlinkForm::Count, {{"0", "0"}, {"12", "12"}, {"-1", ""}, {"1.0", ""}, {"many", ""}});
  check_all(FlinkForm::Positive, {{"1", "1"}, {"0", ""}});
  check_all(FlinkForm::Positive, {{"-1", "0"}, {"128", "128"}, {"0", ""}}, "-1=0");
}

TEST_CASE("a ratio becomes percent exactly, without rounding") {
  check_all(FlinkForm::Ratio, {
                                  {"2.0", "200"},
                                  {"2", "200"},
                                  {"1.5", "150"},
                                  {"1.05", "105"},
                                  {"1.500", "150"},
                                  {"1", "100"},
                                  {"0.99", ""},
                                  {"1.005", ""},
                                  {"two", ""},
                                  {"1e2", ""},
                                  {"-2", ""},
                              });
}

TEST_CASE("a factor becomes thousandths exactly, without rounding") {
  check_all(FlinkForm::Factor, {
                                   {"1.5", "1500"},
                                   {"0.1", "100"},
                                   {"0", "0"},
                                   {"1.0625", ""},
                                   {"0.1250", "125"},
                                   {"-1", ""},
                                   {"many", ""},
                               });
}

TEST_CASE("a refused value says what is allowed") {
  CHECK(weir_value(FlinkForm::Word, "hashmap=heap|rocksdb=rocksdb", "forst").status().message() ==
        "expected one of hashmap, rocksdb, not 'forst'");
  CHECK(weir_value(FlinkForm::Duration, {}, "soon").status().message() ==
        "expected a duration such as \"10 s\", \"500 ms\" or \"1 min\", not 'soon'");
  CHECK(weir_value(FlinkForm::Positive, "-1=0", "0").status().message() ==
        "expected an integer from 1, or -1, not '0'");
}

}  // namespace weir::scenarios
