#include <catch2/catch.hpp>
#include <set>

#include "weir/engine/defects.h"

using namespace weir::engine;

TEST_CASE("every defect has a name of its own that parses back") {
  std::set<std::string_view> names;
  for (const DefectInfo& d : all_defects()) {
    CAPTURE(d.name);
    CHECK(names.insert(d.name).second);
    CHECK(defect_named(d.name) == d.defect);
    CHECK(&info(d.defect) == &d);
  }
  CHECK(names.size() == kDefects);
  CHECK(defect_named("no-such-defect") == std::nullopt);
}

TEST_CASE("every defect says what it does, which rule it breaks and what is behind it") {
  for (const DefectInfo& d : all_defects()) {
    CAPTURE(d.name);
    CHECK(d.summary.ends_with('.'));
    CHECK(d.rule.find('-') != std::string_view::npos);
    CHECK(d.source.size() > 20);
  }
}

TEST_CASE("a set of defects holds exactly what was added") {
  DefectSet set;
  CHECK(set.empty());
  set.add(Defect::CommitAtPreCommit);
  for (const DefectInfo& d : all_defects()) CHECK(set.has(d.defect) == (d.defect == Defect::CommitAtPreCommit));
}
