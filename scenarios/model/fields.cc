#include "model/fields.h"

#include "model/key_values.h"
#include "weir/sim/fault.h"

namespace weir::scenarios {
namespace {

using engine::Status;
using engine::StatusCode;

bool fits(KeyType type, ValueKind kind) {
  switch (type) {
    case KeyType::Integer:
      return kind == ValueKind::Integer;
    case KeyType::Hex:
      return kind == ValueKind::Integer || kind == ValueKind::Text;
    case KeyType::Boolean:
      return kind == ValueKind::Boolean;
    default:
      return kind == ValueKind::Text;
  }
}

bool scalar(ValueKind kind) {
  return kind == ValueKind::Integer || kind == ValueKind::Boolean || kind == ValueKind::Text;
}

std::string shown(const Value& value) {
  return std::string(described(value.kind)) + (scalar(value.kind) ? " (" + value.text + ")" : "");
}

std::string needs_unit(const Value& value) {
  return "a duration needs a unit and quotes, e.g. \"" + value.text + "ms\", not " + shown(value);
}

}  // namespace

void Fields::problem(std::string_view key, const std::string& what) const {
  problems_.add(place(key), path(key) + ": " + what);
}

const Value* Fields::of_kind(std::string_view key, ValueKind kind, std::string_view expected) const {
  const Value* value = document_.find(path(key));
  if (value == nullptr || value->kind == kind) return value;
  problem(key, "expected " + std::string(expected) + ", not " + shown(*value));
  return nullptr;
}

std::optional<std::string> Fields::text(std::string_view key) const {
  const Value* value = of_kind(key, ValueKind::Text, "text in quotes");
  if (value == nullptr) return std::nullopt;
  return value->text;
}

std::optional<bool> Fields::boolean(std::string_view key) const {
  const Value* value = of_kind(key, ValueKind::Boolean, "true or false");
  if (value == nullptr) return std::nullopt;
  return value->text == "true";
}

std::optional<std::uint64_t> Fields::integer(std::string_view key, std::uint64_t low, std::uint64_t high) const {
  const SpecKey limits{{}, KeyType::Integer, low, high, {}, {}, false, nullptr, nullptr};
  const Value* value = of_kind(key, ValueKind::Integer, expectation(limits));
  if (value == nullptr) return std::nullopt;
  auto number = read_integer(limits, value->text);
  if (number.ok()) return number.value();
  problem(key, number.status().message());
  return std::nullopt;
}

std::optional<engine::Duration> Fields::duration(std::string_view key) const {
  const Value* value = document_.find(path(key));
  if (value == nullptr) return std::nullopt;
  if (value->kind == ValueKind::Integer) return problem(key, needs_unit(*value)), std::nullopt;
  value = of_kind(key, ValueKind::Text, "a duration such as \"350ms\"");
  if (value == nullptr) return std::nullopt;
  auto duration = sim::parse_duration(value->text);
  if (duration.ok()) return duration.value();
  problem(key, duration.status().message());
  return std::nullopt;
}

std::vector<Value> Fields::texts(std::string_view key) const {
  const Value* value = of_kind(key, ValueKind::List, "a list of texts");
  if (value == nullptr) return {};
  for (const Value& element : value->list) {
    if (element.kind == ValueKind::Text) continue;
    problems_.add(element.place, path(key) + ": expected text in quotes, not " + shown(element));
    return {};
  }
  return value->list;
}

engine::Status set_from_value(RunSpec& spec, const SpecKey& key, const Value& value) {
  if (fits(key.type, value.kind)) return key.set(spec, key, value.text);
  const bool time = key.type == KeyType::Duration || key.type == KeyType::Range;
  if (time && value.kind == ValueKind::Integer) return Status(StatusCode::Corrupt, needs_unit(value));
  return Status(StatusCode::Corrupt, "expected " + expectation(key) + ", not " + shown(value));
}

}  // namespace weir::scenarios
