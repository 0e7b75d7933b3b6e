#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "model/advice.h"
#include "model/document.h"
#include "model/flink_reader.h"
#include "model/matrix.h"
#include "model/problems.h"
#include "model/scenario_reader.h"
#include "weir/scenarios/scenario.h"

namespace weir::scenarios {
namespace {

constexpr std::string_view kExtension = ".toml";

// An assignment also ends a sweep over its key.
void apply(Document& document, const std::vector<std::string>& set, std::vector<std::string>& problems) {
  for (const std::string& assignment : set) {
    const auto path = set_from_text(document, assignment, problems);
    if (!path) continue;
    const std::string swept = "matrix." + *path;
    auto& entries = document.entries;
    entries.erase(std::remove_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.path == swept; }),
                  entries.end());
  }
}

void check_names(LoadResult& loaded) {
  std::map<std::string, std::string> files;
  for (const Scenario& scenario : loaded.scenarios) {
    const auto [found, fresh] = files.emplace(scenario.name, scenario.file);
    if (fresh) continue;
    loaded.problems.push_back(scenario.file + ":1:1: " +
                              (found->second == scenario.file
                                   ? "the file is given twice; name it once"
                                   : "the name '" + scenario.name + "' is also used by " + found->second +
                                         "; give each scenario a scenario.name of its own"));
  }
}

void check_path(const std::string& path, const std::vector<std::string>& files, std::vector<std::string>& problems) {
  if (!files.empty()) return;
  if (path.empty()) return problems.push_back("a path is empty; name a scenario file, or a directory of them");
  problems.push_back(path + ":1:1: the directory itself holds no scenario (*.toml); name another one, or a file");
}

}  // namespace

std::vector<std::string> scenario_files(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return {path};
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    if (entry.path().extension() == kExtension) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

LoadResult load_scenario(const std::string& file, const JobCatalogue& catalogue, const std::vector<std::string>& set) {
  LoadResult loaded;
  Document document = read_document(file, loaded.problems);
  Problems problems;
  Problems warnings;
  translate_flink(document, problems, warnings, loaded.notes);
  apply(document, set, loaded.problems);
  if (!loaded.problems.empty()) return loaded;

  for (const Variant& variant : expand_matrix(document, problems)) {
    if (auto scenario = read_scenario(variant.document, variant.suffix, catalogue, problems)) {
      advise(variant.document, *scenario, warnings);
      loaded.scenarios.push_back(std::move(*scenario));
    }
  }
  loaded.problems = problems.take();
  loaded.warnings = warnings.take();
  if (!loaded.problems.empty()) loaded.scenarios.clear();
  return loaded;
}

LoadResult load_scenarios(const std::vector<std::string>& paths, const JobCatalogue& catalogue,
                          const std::vector<std::string>& set) {
  LoadResult all;
  for (const std::string& path : paths) {
    const auto files = path.empty() ? std::vector<std::string>() : scenario_files(path);
    check_path(path, files, all.problems);
    for (const std::string& file : files) {
      LoadResult one = load_scenario(file, catalogue, set);
      std::move(one.scenarios.begin(), one.scenarios.end(), std::back_inserter(all.scenarios));
      std::move(one.problems.begin(), one.problems.end(), std::back_inserter(all.problems));
      std::move(one.warnings.begin(), one.warnings.end(), std::back_inserter(all.warnings));
      std::move(one.notes.begin(), one.notes.end(), std::back_inserter(all.notes));
    }
  }
  check_names(all);
  return all;
}

}  // namespace weir::scenarios
