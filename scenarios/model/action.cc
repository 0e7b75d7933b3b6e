#include "weir/scenarios/action.h"

#include <algorithm>
#include <array>

#include "model/action_words.h"
#include "model/suggest.h"
#include "weir/scenarios/keys.h"

namespace weir::scenarios {
namespace {

using engine::Result;
using engine::Status;
using engine::StatusCode;

constexpr std::array<std::string_view, kActionKinds.size()> kKindNames{"savepoint", "stop",    "cancel",
                                                                       "restore",   "rescale", "upgrade"};
constexpr std::string_view kChange = "set.";
constexpr std::string_view kParameter = "job.params.";
constexpr std::string_view kParallelism = "job.parallelism";
constexpr std::array<std::string_view, 5> kFixed{"job.input", "job.input-hash", "job.records", "job.keys",
                                                 "job.workload-seed"};
constexpr std::array<std::string_view, 7> kSections{"job.",     "state.", "checkpoint.", "restart.",
                                                    "cluster.", "cost.",  "network."};

bool read_flag(std::string_view word, bool& chosen) {
  chosen = word == "true";
  return chosen || word == "false";
}

std::string set_parameter(ActionSpec& action, const std::string& key, const std::string& value) {
  bool good = true;
  if (key == "format") {
    good = choose(value, kSavepointFormats, action.format);
  } else if (key == "drain") {
    good = read_flag(value, action.drain);
  } else if (key == "from") {
    good = choose(value, kOrigins, action.from);
  } else if (key == "claim") {
    good = choose(value, kClaimModes, action.claim);
  } else if (key == "allow-non-restored-state") {
    good = read_flag(value, action.allow_non_restored_state);
  } else if (key.compare(0, kChange.size(), kChange) == 0) {
    action.changes.emplace_back(key.substr(kChange.size()), value);
  } else {
    return in_quotes(key) + " is not a parameter of an action; known: format, drain, from, claim, " +
           "allow-non-restored-state, set.KEY";
  }
  return good ? std::string() : in_quotes(value) + " is not a value of " + key;
}

bool changes_parallelism(const ActionSpec& action) {
  return std::any_of(action.changes.begin(), action.changes.end(),
                     [](const auto& change) { return change.first == kParallelism; });
}

}  // namespace

std::string_view name(ActionKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

bool starts_next(ActionKind kind) { return kind >= ActionKind::Restore; }

bool may_change(std::string_view key) {
  if (key.substr(0, kParameter.size()) == kParameter) return true;
  if (std::find(kFixed.begin(), kFixed.end(), key) != kFixed.end() || spec_key(key) == nullptr) return false;
  return std::any_of(kSections.begin(), kSections.end(),
                     [&](std::string_view section) { return key.substr(0, section.size()) == section; });
}

std::string problem_of(const ActionSpec& action) {
  const std::string what(name(action.kind));
  if (action.drain && action.kind != ActionKind::Stop) return what + " does not drain; only stop does";
  if (!action.changes.empty() && !starts_next(action.kind)) return "no job follows a " + what + "; nothing can be set";
  if (action.kind == ActionKind::Rescale && !changes_parallelism(action)) {
    return "a rescale needs the parallelism that it leads to";
  }
  for (const auto& [key, value] : action.changes) {
    if (!may_change(key)) return in_quotes(key) + " cannot change from one job of a run to the next";
  }
  return {};
}

std::string to_text(const ActionSpec& action) {
  const ActionSpec standard;
  sim::Call call{std::string(name(action.kind)), {}, action.trigger};
  const auto add = [&](std::string key, std::string_view value, bool said) {
    if (said) call.parameters.emplace_back(std::move(key), std::string(value));
  };
  add("format", engine::name(action.format), action.format != standard.format);
  add("drain", "true", action.drain);
  add("from", sim::name(action.from), action.from != standard.from);
  add("claim", engine::name(action.claim), action.claim != standard.claim);
  add("allow-non-restored-state", "true", action.allow_non_restored_state);
  for (const auto& [key, value] : action.changes) add(std::string(kChange) + key, value, true);
  return sim::to_text(call);
}

Result<ActionSpec> parse_action(std::string_view text) {
  const auto bad = [&](const std::string& why) {
    return Status(StatusCode::Corrupt, "action " + in_quotes(text) + ": " + why);
  };
  ActionSpec action;
  const std::string_view word = text.substr(0, text.find('('));
  if (!choose(word, kActionKinds, action.kind)) {
    return bad(in_quotes(word) + " is not an action; known: " + joined(words_of(kActionKinds), ", "));
  }
  auto call = sim::parse_call(text);
  if (!call.ok()) return bad(call.status().message());
  for (const auto& [key, value] : call.value().parameters) {
    if (const std::string why = set_parameter(action, key, value); !why.empty()) return bad(why);
  }
  action.trigger = std::move(call.value().trigger);
  if (const std::string why = problem_of(action); !why.empty()) return bad(why);
  return action;
}

}  // namespace weir::scenarios
