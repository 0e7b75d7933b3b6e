#include "model/sweep_reader.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "model/fields.h"
#include "model/geometric.h"
#include "model/known_keys.h"
#include "model/suggest.h"
#include "weir/scenarios/keys.h"
#include "weir/sim/fault.h"

namespace weir::scenarios {
namespace {

constexpr std::string_view kSweep = "sweep";
constexpr std::string_view kSection = "sweep.";
constexpr std::uint64_t kMostValues = 100;

bool starts_with(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

bool is_key_of_sweeps(std::string_view path) {
  const auto keys = scenario_keys();
  return starts_with(path, kSection) &&
         std::any_of(keys.begin(), keys.end(), [&](const ScenarioKey& key) { return key.name == path; });
}

class Reader {
 public:
  Reader(const Document& document, Problems& problems)
      : document_(document), problems_(problems), fields_(document, std::string(kSection), problems) {}

  std::optional<SweepSection> read() {
    const std::size_t before = problems_.size();
    SweepSection section;
    read_measure(section);
    read_x(section.x);
    read_series(section);
    refuse_matrix();
    if (section.series && section.series->key == section.x.key) fields_.problem("series", "is also the key of sweep.x");
    if (problems_.size() > before) return std::nullopt;
    return section;
  }

 private:
  void read_measure(SweepSection& section) {
    std::vector<std::string_view> names;
    for (const MeasureInfo& measure : all_measures()) names.push_back(measure.name);
    if (!fields_.has("measure")) {
      return fields_.problem("measure", "is missing; say one of " + joined(names, ", "));
    }
    const auto name = fields_.text("measure");
    if (!name) return;
    const auto found = std::find(names.begin(), names.end(), *name);
    if (found == names.end()) {
      return fields_.problem("measure", "no measure is called " + in_quotes(*name) + suggestion(*name, names));
    }
    section.measure = all_measures()[static_cast<std::size_t>(found - names.begin())].measure;
  }

  void read_x(SweptKey& x) {
    if (!fields_.has("x")) return fields_.problem("x", "is missing; name a key, e.g. x = \"checkpoint.interval\"");
    x.key = read_key("x");
    const bool listed = fields_.has("values");
    const bool ranged = fields_.has("from") || fields_.has("to") || fields_.has("steps");
    if (listed && ranged && !assigned("values"))
      return fields_.problem("values", "are given beside from, to and steps; remove one of them");
    if (listed) {
      x.values = read_list("values");
    } else if (fields_.has("from") && fields_.has("to") && fields_.has("steps")) {
      x.values = read_range();
    } else {
      fields_.problem(ranged ? "steps" : "values", "missing; write a list values = […], or all of from, to and steps");
    }
  }

  // On the command line; it replaces a range in the file.
  bool assigned(std::string_view field) const { return fields_.place(field).file != document_.file; }

  void read_series(SweepSection& section) {
    const bool has_values = fields_.has("series-values");
    if (!fields_.has("series")) {
      if (has_values) fields_.problem("series-values", "belong to a key; name it, e.g. series = \"checkpoint.mode\"");
      return;
    }
    section.series = SweptKey{read_key("series"), {}};
    if (!has_values) return fields_.problem("series", "has no values; write a list series-values = […]");
    section.series->values = read_list("series-values");
  }

  // Empty: a problem was added.
  std::string read_key(std::string_view field) {
    std::string key = fields_.text(field).value_or("");
    if (key.empty()) return key;
    std::vector<std::string_view> known;
    for (const SpecKey& spec : spec_keys()) {
      if (!spec.per_seed && spec.name != "scenario.name") known.push_back(spec.name);
    }
    for (const ScenarioKey& other : scenario_keys()) {
      if (!starts_with(other.name, "scenario.") && !starts_with(other.name, kSection)) known.push_back(other.name);
    }
    const std::string plain = without_index(key);
    const bool is_known = std::find(known.begin(), known.end(), plain) != known.end();
    if (!is_known && !starts_with(key, "job.params.")) {
      fields_.problem(field, "no key is called " + in_quotes(key) + suggestion(plain, known));
    }
    refuse_fixed(field, key);
    return key;
  }
  void refuse_fixed(std::string_view field, const std::string& key) {
    const Value* value = document_.find(key);
    if (value == nullptr || value->place.file == document_.file) return;
    problems_.add(value->place, key + " takes the values of the sweep in turn; set sweep." +
                                    (field == "x" ? "values" : "series-values") + " instead");
  }

  std::vector<Value> read_list(std::string_view field) {
    const Value* value = document_.find(std::string(kSection) + std::string(field));
    if (value->kind != ValueKind::List || value->list.empty()) {
      fields_.problem(field, "expected a list of values, e.g. [\"50ms\", \"100ms\"]");
      return {};
    }
    if (value->list.size() > kMostValues) {
      fields_.problem(field, "has more than " + std::to_string(kMostValues) + " values; shorten the list");
    }
    return value->list;
  }

  std::vector<Value> read_range() {
    const auto steps = fields_.integer("steps", 2, kMostValues);
    const Value* from = document_.find("sweep.from");
    const bool durations = from->kind == ValueKind::Text;
    const auto first = read_end("from", durations);
    const auto last = read_end("to", durations);
    std::vector<Value> values;
    if (!steps || !first || !last) return values;
    for (const std::uint64_t number : geometric(*first, *last, static_cast<std::uint32_t>(*steps))) {
      values.push_back(value_of(number, durations, from->place));
    }
    return values;
  }
  std::optional<std::uint64_t> read_end(std::string_view field, bool duration) {
    constexpr std::uint64_t kMost = std::uint64_t{1} << 53;
    if (!duration) return fields_.integer(field, 1, kMost);
    const auto read = fields_.duration(field);
    if (!read) return std::nullopt;
    if (read->count() > 0) return static_cast<std::uint64_t>(read->count());
    fields_.problem(field, "a factor leads nowhere from 0; begin above it, or write a list of values");
    return std::nullopt;
  }
  static Value value_of(std::uint64_t number, bool duration, const Place& place) {
    if (!duration) return {ValueKind::Integer, std::to_string(number), {}, place};
    return {ValueKind::Text, sim::duration_text(engine::Duration{static_cast<std::int64_t>(number)}), {}, place};
  }

  void refuse_matrix() {
    if (document_.find("matrix") == nullptr) return;
    problems_.add(document_.place_of("matrix"), "a sweep has no [matrix] beside it; use sweep.series, or remove one");
  }

  const Document& document_;
  Problems& problems_;
  Fields fields_;
};

void add_axis(Document& document, const SweptKey& swept) {
  document.set("matrix." + swept.key, {ValueKind::List, "", swept.values, swept.values.front().place});
}

}  // namespace

bool has_sweep(const Document& document) {
  return std::any_of(document.entries.begin(), document.entries.end(),
                     [](const Entry& entry) { return entry.path == kSweep || starts_with(entry.path, kSection); });
}

std::optional<SweepSection> read_sweep(const Document& document, Problems& problems) {
  return Reader(document, problems).read();
}

void sweep_to_matrix(Document& document, const SweepSection& section) {
  std::erase_if(document.entries,
                [](const Entry& entry) { return entry.path == kSweep || is_key_of_sweeps(entry.path); });
  add_axis(document, section.x);
  if (section.series) add_axis(document, *section.series);
}

}  // namespace weir::scenarios
