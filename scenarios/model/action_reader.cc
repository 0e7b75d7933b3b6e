#include "model/action_reader.h"

#include <array>

#include "model/action_words.h"
#include "model/fields.h"
#include "model/suggest.h"
#include "weir/scenarios/keys.h"

namespace weir::scenarios {
namespace {

struct Parameter {
  std::string_view key;
  bool (*belongs)(ActionKind);
};
bool takes_savepoint(ActionKind kind) { return kind != ActionKind::Cancel && kind != ActionKind::Restore; }
constexpr std::array<Parameter, 7> kParameters{{
    {"format", takes_savepoint},
    {"drain", [](ActionKind kind) { return kind == ActionKind::Stop; }},
    {"from", [](ActionKind kind) { return kind == ActionKind::Restore; }},
    {"claim", starts_next},
    {"allow-non-restored-state", starts_next},
    {"parallelism", [](ActionKind kind) { return kind == ActionKind::Rescale; }},
    {"set", starts_next},
}};

class Reader {
 public:
  Reader(const Document& document, const std::string& path, Problems& problems)
      : document_(document), path_(path), fields_(document, path + ".", problems), problems_(problems) {}

  std::optional<ActionSpec> read(const FaultTargets& targets) {
    const std::size_t before = problems_.size();
    if (read_kind()) {
      refuse_foreign_keys();
      read_parameters();
      read_changes();
      read_trigger(fields_, action_.trigger);
    }
    if (problems_.size() != before) return std::nullopt;
    if (const auto problem = check_trigger(action_.trigger, targets)) fields_.problem(problem->key, problem->what);
    if (const std::string problem = problem_of(action_); !problem.empty()) fields_.problem("do", problem);
    if (problems_.size() != before) return std::nullopt;
    return action_;
  }

 private:
  bool read_kind() {
    if (!fields_.has("do")) return fields_.problem("do", "is missing; say what to do, e.g. do = \"savepoint\""), false;
    return read_choice("do", kActionKinds, action_.kind);
  }
  void refuse_foreign_keys() {
    for (const Parameter& p : kParameters) {
      if (!fields_.has(p.key) || p.belongs(action_.kind)) continue;
      fields_.problem(p.key, "does not belong to " + in_quotes(name(action_.kind)) + "; remove it");
    }
  }
  template <class Enum, std::size_t N>
  bool read_choice(std::string_view key, const std::array<Enum, N>& all, Enum& chosen) {
    const auto word = fields_.text(key);
    if (!word) return false;
    if (choose(*word, all, chosen)) return true;
    const auto words = words_of(all);
    fields_.problem(key, in_quotes(*word) + " is not one of " + joined(words, ", ") + suggestion(*word, words));
    return false;
  }
  void read_parameters() {
    read_choice("format", kSavepointFormats, action_.format);
    read_choice("from", kOrigins, action_.from);
    read_choice("claim", kClaimModes, action_.claim);
    action_.drain = fields_.boolean("drain").value_or(false);
    action_.allow_non_restored_state = fields_.boolean("allow-non-restored-state").value_or(false);
    if (action_.kind == ActionKind::Rescale) need(fields_, "parallelism", "parallelism = 4");
    if (const auto parallelism = fields_.integer("parallelism", 1, 1024)) {
      action_.changes.emplace_back("job.parallelism", std::to_string(*parallelism));
    }
  }
  // set = { state.backend = "rocksdb", job.parallelism = 4 }
  void read_changes() {
    const std::string start = path_ + ".set.";
    for (const Entry& entry : document_.entries) {
      if (entry.path.compare(0, start.size(), start) != 0 || entry.value.kind == ValueKind::Table) continue;
      add_change(entry.path.substr(start.size()), entry);
    }
  }
  void add_change(const std::string& key, const Entry& entry) {
    if (!may_change(key)) {
      return problems_.add(entry.key_place, in_quotes(key) + " cannot change from one job of a run to the next" +
                                                suggestion(key, changeable()));
    }
    if (const SpecKey* known = spec_key(key)) {
      RunSpec trial;
      const engine::Status status = set_from_value(trial, *known, entry.value);
      if (!status.ok()) return problems_.add(entry.value.place, key + ": " + status.message());
    }
    action_.changes.emplace_back(key, entry.value.text);
  }
  static std::vector<std::string_view> changeable() {
    std::vector<std::string_view> names;
    for (const SpecKey& key : spec_keys()) {
      if (may_change(key.name)) names.push_back(key.name);
    }
    return names;
  }

  const Document& document_;
  const std::string& path_;
  Fields fields_;
  Problems& problems_;
  ActionSpec action_;
};

}  // namespace

std::optional<ActionSpec> read_action(const Document& document, const std::string& path, const FaultTargets& targets,
                                      Problems& problems) {
  return Reader(document, path, problems).read(targets);
}

}  // namespace weir::scenarios
