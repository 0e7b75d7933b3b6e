#include "model/known_keys.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "model/flink_keys.h"
#include "model/suggest.h"
#include "weir/scenarios/keys.h"

namespace weir::scenarios {
namespace {

constexpr std::array<std::string_view, 2> kLists{"fault", "action"};
constexpr std::string_view kParameters = "job.params";
constexpr std::string_view kFlink = "flink.";

std::vector<std::string_view> known_keys() {
  std::vector<std::string_view> names;
  for (const ScenarioKey& key : scenario_keys()) names.push_back(key.name);
  for (const SpecKey& key : spec_keys()) {
    if (!key.per_seed && key.name != "scenario.name") names.push_back(key.name);
  }
  return names;
}

// Every proper prefix of a known key, and the sections without fixed keys.
std::vector<std::string_view> known_tables() {
  std::vector<std::string_view> names{kParameters, "matrix", "action.set", "flink"};
  for (const std::string_view key : known_keys()) {
    for (std::size_t dot = key.find('.'); dot != std::string_view::npos; dot = key.find('.', dot + 1)) {
      const std::string_view table = key.substr(0, dot);
      if (std::find(names.begin(), names.end(), table) == names.end()) names.push_back(table);
    }
  }
  return names;
}

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('.') + 1); }

std::string_view section_of(std::string_view path) { return path.substr(0, path.rfind('.')); }

bool starts_with(std::string_view path, std::string_view start) { return path.substr(0, start.size()) == start; }

// The list that a path leads into; none: empty.
std::string_view list_of(std::string_view path) {
  const std::string_view first = path.substr(0, path.find('.'));
  const auto found = std::find(kLists.begin(), kLists.end(), first);
  return found == kLists.end() ? std::string_view() : *found;
}

// A near spelling in the same section is what was meant; else a key of that name in another section; else any near one.
std::string meant(std::string_view path, const std::vector<std::string_view>& known) {
  const std::string_view near = nearest(path, known);
  if (section_of(near) == section_of(path)) return suggestion(path, known);
  for (const std::string_view candidate : known) {
    const bool same_name = last_part(candidate) == last_part(path) && list_of(candidate).empty();
    if (same_name) return "; did you mean " + in_quotes(candidate) + "?";
  }
  return suggestion(path, known);
}

// What [flink] holds was translated; a sweep or an assignment comes later and names keys of weir.
std::string misplaced_flink_key(std::string_view path) {
  const FlinkKey* key = flink_key(present_name(path.substr(kFlink.size())));
  const bool sets = key != nullptr && key->use == FlinkUse::Sets;
  return in_quotes(path) + " cannot be set here: Flink's keys stand below [flink] only; " +
         (sets ? "write " + std::string(key->sets) : "write a key of weir");
}

std::string unknown_key(const std::string& path, const std::vector<std::string_view>& known) {
  const SpecKey* key = spec_key(path);
  if (key != nullptr && key->per_seed) {
    return in_quotes(path) + " differs from seed to seed; choose seeds with scenario.seeds or on the command line";
  }
  if (starts_with(path, kFlink)) return misplaced_flink_key(path);
  return "unknown key " + in_quotes(path) + meant(path, known);
}

}  // namespace

std::string without_index(const std::string& path) {
  const std::string_view list = list_of(path);
  if (list.empty() || path.size() == list.size()) return path;
  const std::size_t start = list.size() + 1;
  const std::size_t end = std::min(path.find('.', start), path.size());
  if (!digits(std::string_view(path).substr(start, end - start))) return path;
  return path.substr(0, list.size()) + path.substr(end);
}

void check_known(const Document& document, Problems& problems) {
  const auto keys = known_keys();
  const auto tables = known_tables();
  std::string unknown_table;  // what is below one was said already
  for (const Entry& entry : document.entries) {
    const std::string path = without_index(entry.path);
    if (!unknown_table.empty() && path.compare(0, unknown_table.size(), unknown_table) == 0) continue;
    const bool indexed = path != entry.path;
    if (starts_with(path, "matrix.") || starts_with(path, "job.params.") || starts_with(path, "action.set.")) continue;
    const bool table = entry.value.kind == ValueKind::Table;
    const std::string_view list = indexed ? std::string_view() : list_of(path);
    if (!list.empty()) {
      const std::string name(list);
      const std::string article = name == "action" ? "an " : "a ";
      if (path == name)
        problems.add(entry.value.place, article + name + " is written [[" + name + "]], with double brackets");
    } else if (table && !contains(tables, path) && !contains(keys, path)) {
      problems.add(entry.value.place, "unknown section " + in_quotes(path) + suggestion(path, tables));
      unknown_table = path + ".";
    } else if (!table && contains(tables, path)) {
      problems.add(entry.value.place, in_quotes(path) + " is a section: write [" + path + "] and its keys below it");
    } else if (!table && !contains(keys, path)) {
      problems.add(entry.key_place, unknown_key(path, keys));
    }
  }
}

}  // namespace weir::scenarios
