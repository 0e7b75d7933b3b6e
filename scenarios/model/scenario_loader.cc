#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "model/advice.h"
#include "model/document.h"
#include "model/flink_reader.h"
#include "model/matrix.h"
#include "model/problems.h"
#include "model/scenario_reader.h"
#include "model/sweep_reader.h"
#include "weir/scenarios/scenario.h"
#include "weir/scenarios/sweep.h"

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

struct Loaded {
  LoadResult result;
  std::optional<SweepSection> sweep;
};

Loaded load(const std::string& file, const JobCatalogue& catalogue, const std::vector<std::string>& set) {
  Loaded loaded;
  LoadResult& result = loaded.result;
  Document document = read_document(file, result.problems);
  Problems problems;
  Problems warnings;
  translate_flink(document, problems, warnings, result.notes);
  apply(document, set, result.problems);
  if (!result.problems.empty()) return loaded;

  if (has_sweep(document)) loaded.sweep = read_sweep(document, problems);
  if (loaded.sweep) sweep_to_matrix(document, *loaded.sweep);
  for (const Variant& variant : expand_matrix(document, problems)) {
    if (auto scenario = read_scenario(variant.document, variant.suffix, catalogue, problems)) {
      advise(variant.document, *scenario, warnings);
      result.scenarios.push_back(std::move(*scenario));
    }
  }
  result.problems = problems.take();
  result.warnings = warnings.take();
  if (!result.problems.empty()) result.scenarios.clear();
  return loaded;
}

SweepAxis axis_of(const SweptKey& swept) {
  SweepAxis axis{swept.key, {}};
  for (const Value& value : swept.values) axis.values.push_back(value.text);
  return axis;
}

Sweep sweep_of(const SweepSection& section, std::vector<Scenario> points) {
  Sweep sweep;
  const Scenario& first = points.front();
  sweep.file = first.file;
  sweep.name = first.name.substr(0, first.name.find(" [" + section.x.key + "="));
  sweep.summary = first.summary;
  sweep.seeds = first.seeds;
  sweep.measure = section.measure;
  sweep.x = axis_of(section.x);
  if (section.series) sweep.series = axis_of(*section.series);
  sweep.points = std::move(points);
  return sweep;
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
  return load(file, catalogue, set).result;
}

SweepLoad load_sweep(const std::string& file, const JobCatalogue& catalogue, const std::vector<std::string>& set) {
  Loaded loaded = load(file, catalogue, set);
  SweepLoad sweep;
  sweep.problems = std::move(loaded.result.problems);
  sweep.warnings = std::move(loaded.result.warnings);
  if (!sweep.problems.empty()) return sweep;
  if (!loaded.sweep) {
    sweep.problems.push_back(file + ":1:1: has no section [sweep]; say in it what to vary and what to measure");
  } else {
    sweep.sweep = sweep_of(*loaded.sweep, std::move(loaded.result.scenarios));
  }
  return sweep;
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
