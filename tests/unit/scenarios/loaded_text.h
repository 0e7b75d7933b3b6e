#pragma once

// Scenario files given as text, loaded as "x.toml".

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "temporary_directory.h"
#include "weir/scenarios/scenario.h"

namespace weir::scenarios::test {

inline LoadResult load(const std::string& text, const std::vector<std::string>& set = {}) {
  const TemporaryDirectory directory;
  LoadResult loaded = load_scenario(directory.write("x.toml", text), JobCatalogue::built_in(), set);
  const std::string prefix = directory.path("");
  for (auto* lines : {&loaded.problems, &loaded.warnings, &loaded.notes}) {
    for (std::string& line : *lines) {
      for (std::size_t at = line.find(prefix); at != std::string::npos; at = line.find(prefix)) {
        line.erase(at, prefix.size());
      }
    }
  }
  return loaded;
}

inline Scenario loaded(const std::string& text, const std::vector<std::string>& set = {}) {
  LoadResult result = load(text, set);
  for (const std::string& problem : result.problems) UNSCOPED_INFO(problem);
  REQUIRE(result.problems.empty());
  REQUIRE(result.scenarios.size() == 1);
  return result.scenarios.front();
}

// The only problem of a file.
inline std::string problem(const std::string& text) {
  const LoadResult result = load(text);
  for (const std::string& line : result.problems) UNSCOPED_INFO(line);
  REQUIRE(result.problems.size() == 1);
  CHECK(result.scenarios.empty());
  return result.problems.front();
}

inline const std::string kJob = "[job]\nname = \"keyed-count\"\nparallelism = 2\n";  // three lines

}  // namespace weir::scenarios::test
