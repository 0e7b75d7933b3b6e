#include "model/suggest.h"

#include <catch2/catch.hpp>

namespace weir::scenarios {

TEST_CASE("edit distance counts insertions, deletions, replacements and swaps") {
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("timeuot", "timeout") == 1);
  CHECK(edit_distance("same", "same") == 0);
}

TEST_CASE("a name far from every other one suggests none") {
  CHECK(nearest("intervl", {"interval", "timeout"}) == "interval");
  CHECK(nearest("colour", {"interval", "timeout"}).empty());
  CHECK(suggestion("colour", {"interval", "timeout"}) == "; known: interval, timeout");
  CHECK(suggestion("x", {"abcd1", "abcd2", "abcd3", "abcd4", "abcd5", "abcd6", "abcd7", "abcd8", "abcd9"}).empty());
}

}  // namespace weir::scenarios
