#include "weir/scenarios/run_spec.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "model/escape.h"
#include "model/key_values.h"
#include "model/restart_keys.h"
#include "model/suggest.h"
#include "model/text_file.h"
#include "weir/scenarios/keys.h"

namespace weir::scenarios {
namespace {

using engine::Result;
using engine::Status;
using engine::StatusCode;

constexpr std::string_view kLineStart = "weir";
constexpr std::string_view kParameter = "job.params.";
constexpr std::string_view kVersion = "version";
constexpr std::string_view kInterval = "checkpoint.interval";
constexpr std::string_view kEnabled = "checkpoint.enabled";
constexpr std::size_t kMostQuoted = 60;  // bytes of what is no key = value

struct Item {
  std::string key;
  std::string value;
};

std::string defect_list(const engine::DefectSet& defects) {
  std::vector<std::string_view> names;
  for (const engine::DefectInfo& info : engine::all_defects()) {
    if (defects.has(info.defect)) names.push_back(info.name);
  }
  return joined(names, ",");
}

// Everything that differs from a default RunSpec, in fixed order. An interval switches checkpoints on, so that beside
// one it is said when they are off; keys of a restart strategy choose it, so that beside them it is always said.
std::vector<Item> items_of(const RunSpec& spec) {
  const RunSpec standard;
  std::vector<Item> items;
  const bool interval_said = spec.options.checkpoint.interval != standard.options.checkpoint.interval;
  const bool restart_said = spec.options.restart != standard.options.restart;
  const bool short_restart = said_by_delay(spec.options.restart);
  for (const SpecKey& key : spec_keys()) {
    std::string value = key.get(spec);
    const bool said = value != key.get(standard) || (interval_said && key.name == kEnabled) ||
                      (restart_said && key.name == kRestartStrategy);
    if (short_restart && (key.name == kRestartStrategy || key.name == kRestartAttempts)) continue;
    if (said) items.push_back({std::string(key.name), std::move(value)});
  }
  for (const auto& [name, value] : spec.job.parameters) items.push_back({std::string(kParameter) + name, value});
  for (const sim::Fault& fault : spec.world.faults) items.push_back({"fault", sim::to_text(fault)});
  for (const ActionSpec& action : spec.actions) items.push_back({"action", to_text(action)});
  if (!spec.defects.empty()) items.push_back({"defects", defect_list(spec.defects)});
  return items;
}

std::string joined_items(const RunSpec& spec, std::string_view equals, std::string_view separator) {
  std::string text;
  for (const Item& item : items_of(spec)) {
    if (!text.empty()) text += separator;
    text += escaped_key(item.key);
    text += equals;
    text += escaped_value(item.value);
  }
  return text;
}

Status newer(std::string_view version) {
  return {StatusCode::Corrupt, "this run spec has version " + std::string(version) + ", this weir reads version " +
                                   std::to_string(kRunSpecVersion) + "; use the weir that wrote it, or a newer one"};
}

std::vector<std::string_view> known_keys() {
  std::vector<std::string_view> names{kVersion, "fault", "action", "defects"};
  for (const SpecKey& key : spec_keys()) names.push_back(key.name);
  return names;
}

Status set_defects(RunSpec& spec, std::string_view list) {
  for (const std::string_view word : split(list, ',')) {
    const auto defect = engine::defect_named(trimmed(word));
    if (!defect) return {StatusCode::Corrupt, in_quotes(word) + " is not a defect; see `weir defects`"};
    spec.defects.add(*defect);
  }
  return {};
}

Status add_fault(RunSpec& spec, std::string_view text) {
  auto fault = sim::parse_fault(text);
  if (!fault.ok()) return fault.status();
  spec.world.faults.push_back(std::move(fault).value());
  return {};
}

Status add_action(RunSpec& spec, std::string_view text) {
  auto action = parse_action(text);
  if (!action.ok()) return action.status();
  spec.actions.push_back(std::move(action).value());
  return {};
}

Status check_version(std::string_view text) {
  std::uint32_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc{} || end != text.data() + text.size() || version == 0) {
    return {StatusCode::Corrupt, in_quotes(text) + " is not a version; expected an integer from 1"};
  }
  return version > kRunSpecVersion ? newer(text) : Status();
}

// Reads items one by one; refuses what came before.
class SpecReader {
 public:
  Status take(const Item& item) {
    const std::string_view key = item.key;
    if (key == "fault") return add_fault(spec_, item.value);
    if (key == "action") return add_action(spec_, item.value);
    if (key == "defects") return set_defects(spec_, item.value);
    if (seen(key)) return {StatusCode::Corrupt, in_quotes(item.key) + " is given twice; remove one"};
    seen_.push_back(item.key);
    if (key == kVersion) return check_version(item.value);
    if (key.substr(0, kParameter.size()) == kParameter) {
      spec_.job.parameters[item.key.substr(kParameter.size())] = item.value;
      return {};
    }
    const SpecKey* known = spec_key(key);
    if (known == nullptr) {
      return {StatusCode::Corrupt, "unknown key " + in_quotes(item.key) + suggestion(key, known_keys())};
    }
    Status status = known->set(spec_, *known, item.value);
    return status.ok() ? Status() : Status(status.code(), item.key + ": " + status.message());
  }
  // After the last item: an interval switches checkpoints on, and keys of a restart strategy choose it, wherever they
  // stand.
  Result<RunSpec> finish() {
    if (seen(kInterval) && !seen(kEnabled)) spec_.options.checkpoint.enabled = true;
    const auto problem = choose_restart_strategy(spec_, {seen_.begin(), seen_.end()});
    if (problem) return Status(StatusCode::Corrupt, "run spec: " + std::string(problem->key) + ": " + problem->what);
    return std::move(spec_);
  }

 private:
  bool seen(std::string_view key) const { return std::find(seen_.begin(), seen_.end(), key) != seen_.end(); }

  RunSpec spec_;
  std::vector<std::string> seen_;
};

std::optional<Item> parse_item(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  auto key = unescaped(trimmed(text.substr(0, equals)));
  auto value = unescaped(trimmed(text.substr(equals + 1)));
  if (!key || !value) return std::nullopt;
  return Item{std::move(*key), std::move(*value)};
}

std::string beginning(std::string_view text) {
  if (text.size() <= kMostQuoted) return std::string(text);
  return std::string(text.substr(0, kMostQuoted)) + "...";
}

bool skipped(std::string_view text) { return text.empty() || text.front() == '#'; }

Result<RunSpec> parse_items(std::string_view body, char separator, std::string_view place_name) {
  SpecReader reader;
  std::size_t number = 0;
  for (const std::string_view piece : split(body, separator)) {
    ++number;
    const std::string_view text = trimmed(piece);
    if (skipped(text)) continue;
    const std::string place = "run spec, " + std::string(place_name) + " " + std::to_string(number) + ": ";
    const auto item = parse_item(text);
    if (!item) {
      return Status(StatusCode::Corrupt, place + in_quotes(beginning(text)) +
                                             " is not 'key = value' (with %XX for '%', ';', quotes and line ends)");
    }
    const Status status = reader.take(*item);
    if (!status.ok()) return Status(status.code(), place + status.message());
  }
  return reader.finish();
}

// "weir1: …" → the version and what follows; nothing for the form of lines.
std::optional<std::pair<std::string_view, std::string_view>> one_line_form(std::string_view text) {
  if (text.substr(0, kLineStart.size()) != kLineStart) return std::nullopt;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view version = text.substr(kLineStart.size(), colon - kLineStart.size());
  if (version.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  return std::pair{version, text.substr(colon + 1)};
}

}  // namespace

std::string to_text(const RunSpec& spec) {
  const std::string head = std::string(kVersion) + " = " + std::to_string(kRunSpecVersion) + "\n";
  const std::string body = joined_items(spec, " = ", "\n");
  return body.empty() ? head : head + body + "\n";
}

std::string to_line(const RunSpec& spec) {
  return std::string(kLineStart) + std::to_string(kRunSpecVersion) + ": " + joined_items(spec, "=", "; ");
}

Result<RunSpec> parse_run_spec(std::string_view text) {
  const std::string_view body = trimmed(text);
  if (const auto line = one_line_form(body)) {
    const Status version = check_version(line->first);
    if (!version.ok()) return version;
    return parse_items(line->second, ';', "item");
  }
  if (body.empty()) {
    return Status(StatusCode::Corrupt, "run spec: it is empty; it starts with 'version = 1' or 'weir1:'");
  }
  return parse_items(text, '\n', "line");
}

Result<RunSpec> load_run_spec(const std::string& file) {
  const auto text = read_text_file(file);
  if (!text.ok()) return text.status();
  auto spec = parse_run_spec(text.value());
  if (spec.ok()) return spec;
  return Status(spec.status().code(), in_quotes(file) + ": " + spec.status().message());
}

}  // namespace weir::scenarios
