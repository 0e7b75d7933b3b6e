#include "model/document.h"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#include "model/toml.h"

#include "model/key_values.h"
#include "model/text_file.h"

namespace weir::scenarios {
namespace {

constexpr std::string_view kCommandLine = "--set";

Place place_of(const toml::source_region& region, const std::string& file) {
  return {file, region.begin ? region.begin.line : 1u, region.begin ? region.begin.column : 1u};
}

ValueKind kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::integer:
      return ValueKind::Integer;
    case toml::node_type::boolean:
      return ValueKind::Boolean;
    case toml::node_type::string:
      return ValueKind::Text;
    case toml::node_type::floating_point:
      return ValueKind::Number;
    case toml::node_type::array:
      return ValueKind::List;
    case toml::node_type::table:
      return ValueKind::Table;
    default:
      return ValueKind::Date;
  }
}

std::string number_text(double number) {
  char digits[32];
  return std::string(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

std::string scalar_text(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto integer = node.value_exact<std::int64_t>()) return std::to_string(*integer);
  if (const auto boolean = node.value_exact<bool>()) return *boolean ? "true" : "false";
  if (const auto number = node.value_exact<double>()) return number_text(*number);
  return {};
}

Value value_of(const toml::node& node, const std::string& file) {
  Value value{kind_of(node), scalar_text(node), {}, place_of(node.source(), file)};
  if (const toml::array* array = node.as_array()) {
    for (const toml::node& element : *array) value.list.push_back(value_of(element, file));
  }
  return value;
}

class Flattener {
 public:
  Flattener(const std::string& file, std::vector<Entry>& out) : file_(file), out_(out) {}

  void table(const toml::table& table, const std::string& prefix) {
    std::vector<std::pair<const toml::key*, const toml::node*>> members;
    for (const auto& [key, node] : table) members.emplace_back(&key, &node);
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) {
      const auto left = a.first->source().begin;
      const auto right = b.first->source().begin;
      return std::pair(left.line, left.column) < std::pair(right.line, right.column);
    });
    for (const auto& [key, node] : members) member(prefix + std::string(key->str()), *key, *node);
  }

 private:
  void member(const std::string& path, const toml::key& key, const toml::node& node) {
    if (const toml::table* inner = node.as_table()) {
      const Place place = place_of(key.source(), file_);
      out_.push_back({path, {ValueKind::Table, {}, {}, place}, place});
      table(*inner, path + ".");
    } else if (node.is_array_of_tables()) {
      elements(path, *node.as_array());
    } else {
      out_.push_back({path, value_of(node, file_), place_of(key.source(), file_)});
    }
  }
  void elements(const std::string& path, const toml::array& array) {
    std::size_t i = 0;
    for (const toml::node& element : array) {
      const std::string name = path + "." + std::to_string(i++);
      const Place place = place_of(element.source(), file_);
      out_.push_back({name, {ValueKind::Table, {}, {}, place}, place});
      table(*element.as_table(), name + ".");
    }
  }

  const std::string& file_;
  std::vector<Entry>& out_;
};

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// Flink has keys below keys (state.backend, state.backend.incremental); with dots TOML takes the first for a table.
std::string_view remedy(std::string_view description) {
  const bool below = contains(description, "as dotted key-value pair") ||
                     contains(description, "key-value pair: cannot redefine existing table");
  return below ? "; put keys of which one goes on below the other in quotes, e.g. \"state.backend\" = \"rocksdb\"" : "";
}

void add_parse_problem(const toml::parse_error& error, const std::string& file, std::vector<std::string>& problems) {
  const std::string_view what = error.description();
  problems.push_back(
      place_of(error.source(), file).text().append(": not valid TOML: ").append(what).append(remedy(what)));
}

Value plain_text(std::string_view text) {
  return {ValueKind::Text, std::string(text), {}, {std::string(kCommandLine), 1, 1}};
}

Value parsed_value(std::string_view text) {
  const toml::parse_result parsed = toml::parse("v = " + std::string(text));
  if (!parsed || parsed.table().size() != 1) return plain_text(text);
  const toml::node* node = parsed.table().get("v");
  if (node == nullptr || kind_of(*node) == ValueKind::Date) return plain_text(text);
  return value_of(*node, std::string(kCommandLine));
}

}  // namespace

std::string Place::text() const {
  if (file == kCommandLine) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

std::string_view described(ValueKind kind) {
  switch (kind) {
    case ValueKind::Integer:
      return "an integer";
    case ValueKind::Boolean:
      return "a boolean";
    case ValueKind::Text:
      return "text";
    case ValueKind::Number:
      return "a number with a fraction";
    case ValueKind::Date:
      return "a date or time";
    case ValueKind::List:
      return "a list";
    case ValueKind::Table:
      return "a table";
  }
  return "a value";
}

bool Document::is_swept(std::string_view path) const {
  return std::find(swept.begin(), swept.end(), path) != swept.end();
}

const Value* Document::find(std::string_view path) const {
  for (const Entry& entry : entries) {
    if (entry.path == path) return &entry.value;
  }
  return nullptr;
}

void Document::set(std::string_view path, Value value) {
  for (Entry& entry : entries) {
    if (entry.path != path) continue;
    entry.value = std::move(value);
    return;
  }
  const Place place = value.place;
  entries.push_back({std::string(path), std::move(value), place});
}

Place Document::place_of(std::string_view path) const {
  for (;;) {
    if (const Value* found = find(path)) return found->place;
    const std::size_t dot = path.rfind('.');
    if (dot == std::string_view::npos) return {file, 1, 1};
    path = path.substr(0, dot);
  }
}

Document read_document(const std::string& file, std::vector<std::string>& problems) {
  Document document;
  document.file = file;
  auto contents = read_text_file(file);
  if (!contents.ok()) {
    problems.push_back(Place{file, 1, 1}.text() + ": " + contents.status().message());
    return document;
  }
  const toml::parse_result parsed = toml::parse(contents.value());
  if (!parsed) {
    add_parse_problem(parsed.error(), file, problems);
    return document;
  }
  Flattener(file, document.entries).table(parsed.table(), "");
  return document;
}

std::optional<std::string> set_from_text(Document& document, std::string_view assignment,
                                         std::vector<std::string>& problems) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    problems.push_back("--set '" + std::string(assignment) + "': expected key=value, e.g. --set job.parallelism=2");
    return std::nullopt;
  }
  std::string path(trimmed(assignment.substr(0, equals)));
  document.set(path, parsed_value(trimmed(assignment.substr(equals + 1))));
  return path;
}

}  // namespace weir::scenarios
