#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "weir/engine/defects.h"
#include "weir/scenarios/keys.h"
#include "weir/scenarios/scenario.h"

namespace weir::scenarios {
namespace {

std::filesystem::path room() { return WEIR_SOURCE_DIR "/scenarios"; }

LoadResult loaded(const std::string& directory) {
  LoadResult result = load_scenarios({(room() / directory).string()}, JobCatalogue::built_in());
  for (const std::string& problem : result.problems) UNSCOPED_INFO(problem);
  CHECK(result.problems.empty());
  return result;
}

}  // namespace

TEST_CASE("every scenario of the suites is well-formed and has a summary") {
  const LoadResult suites = loaded("suites");
  CHECK(suites.scenarios.size() > 20);
  for (const Scenario& scenario : suites.scenarios) {
    CAPTURE(scenario.name);
    CHECK(!scenario.summary.empty());
    CHECK_FALSE(scenario.expect_violated.has_value());
    CHECK(scenario.base.defects.empty());
  }
}

TEST_CASE("every defect has a scenario of its name that expects a property to find it") {
  std::set<std::string> expecting;
  for (const Scenario& scenario : loaded("suites/defects").scenarios) {
    CAPTURE(scenario.name);
    const std::string name = scenario.name.substr(0, scenario.name.find(" ["));  // several may share a file
    CHECK_FALSE(scenario.base.defects.empty());
    CHECK(scenario.expect_violated.has_value());
    CHECK(scenario.seeds <= 200);
    const auto defect = engine::defect_named(name);
    if (!defect) continue;  // another way to see one, which is named by what is special about it
    CHECK(scenario.base.defects.has(*defect));
    expecting.insert(name);
  }
  CHECK(expecting.size() == engine::kDefects);
}

TEST_CASE("the schema for editors is the one that the tables of keys give") {
  std::ifstream in(room() / "scenario.schema.json");
  const std::string schema{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (schema != scenario_schema()) FAIL("write it: weir list --schema > scenarios/scenario.schema.json");
  for (const SpecKey& key : spec_keys()) {
    if (key.per_seed) continue;
    CAPTURE(key.name);
    CHECK(schema.find("\"" + std::string(key.name.substr(key.name.rfind('.') + 1)) + "\": {") != std::string::npos);
  }
}

TEST_CASE("the room's README holds the format reference that the table of keys gives") {
  std::ifstream in(room() / "README.md");
  const std::string readme{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const std::string reference = key_reference();
  if (readme.find(reference) == std::string::npos) FAIL("paste this into scenarios/README.md:\n" << reference);
  CHECK(readme.size() > reference.size());
}

}  // namespace weir::scenarios
