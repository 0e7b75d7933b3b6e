// The JSON Schema of scenario files, for editors: what check_known and the tables of keys accept, as far as a schema
// can say it.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "model/flink_keys.h"
#include "model/key_values.h"
#include "weir/scenarios/keys.h"

namespace weir::scenarios {
namespace {

constexpr std::string_view kDuration = R"("type": "string", "pattern": "^[0-9]+(ns|us|ms|s|min|h)$")";
constexpr std::string_view kScalar = R"("type": ["string", "integer", "number", "boolean"])";
constexpr std::uint64_t kExact = std::uint64_t{1} << 53;  // readers in JavaScript lose what is above

std::string quoted(std::string_view text) {
  std::string out(1, '"');
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// A table of TOML, or a value of it, or both in turn: `state.backend` and `state.backend.type`.
struct Node {
  std::string name;
  std::string value;  // members of the schema of a value; empty: none
  std::vector<Node> members;
  bool open = false;  // any further members
};

Node& member(Node& table, std::string_view name) {
  const auto found =
      std::find_if(table.members.begin(), table.members.end(), [&](const Node& node) { return node.name == name; });
  if (found != table.members.end()) return *found;
  table.members.push_back({std::string(name), {}, {}, false});
  return table.members.back();
}

Node& at(Node& root, std::string_view path) {
  Node* node = &root;
  for (const std::string_view part : split(path, '.')) node = &member(*node, part);
  return *node;
}

std::string described_by(std::string_view doc) { return ", \"description\": " + quoted(doc); }

std::string integer(const SpecKey& key) {
  std::string out = "\"type\": \"integer\", \"minimum\": " + std::to_string(key.low);
  if (key.high < kExact) out += ", \"maximum\": " + std::to_string(key.high);
  return out;
}

std::string one_of(std::string_view words, std::string_view separator) {
  std::string out;
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(separator));
    out += (out.empty() ? "" : ", ") + quoted(word);
    words.remove_prefix(std::min(words.size(), word.size() + separator.size()));
  }
  return "\"enum\": [" + out + "]";
}

std::string value_of(const SpecKey& key) {
  switch (key.type) {
    case KeyType::Integer:
      return integer(key);
    case KeyType::Hex:
      return R"("type": ["integer", "string"])";
    case KeyType::Boolean:
      return R"("type": "boolean")";
    case KeyType::Duration:
      return std::string(kDuration);
    case KeyType::Choice:
      return one_of(key.words, "|");
    case KeyType::Range:
    case KeyType::Text:
      break;
  }
  return R"("type": "string")";
}

// From what the key says that it expects.
std::string value_of(const ScenarioKey& key) {
  const auto starts = [&](std::string_view start) { return key.expects.substr(0, start.size()) == start; };
  constexpr std::string_view kChoice = "one of ";
  if (starts(kChoice)) return one_of(key.expects.substr(kChoice.size()), ", ");
  if (starts("an integer")) return R"("type": "integer")";
  if (starts("true or false")) return R"("type": "boolean")";
  if (starts("a list of values")) return R"("type": "array", "items": {)" + std::string(kScalar) + "}";
  if (starts("a value")) return std::string(kScalar);
  if (starts("a list")) return R"("type": "array", "items": {"type": "string"})";
  if (starts("a table")) return R"("type": "object")";
  return starts("a duration") ? std::string(kDuration) : R"("type": "string")";
}

std::string value_of(const FlinkKey& key) {
  switch (key.use) {
    case FlinkUse::Sets:
      return std::string(kScalar) + described_by(std::string(key.sets) + ": " + flink_expectation(key.form, key.words));
    case FlinkUse::Only:
      return std::string(kScalar) + described_by("only " + std::string(key.words) + ": " + std::string(key.why));
    case FlinkUse::Ignored:
      return std::string(kScalar) + described_by("no effect: " + std::string(key.why));
    case FlinkUse::Unmodelled:
      break;
  }
  return "\"not\": {}" + described_by("not modelled: " + std::string(key.why));
}

// Once below the tables that dots make, and once in quotes.
void add_flink(Node& flink, std::string_view name, const FlinkKey& key) {
  if (name.back() == '*') {
    at(flink, name.substr(0, name.size() - 2)).open = true;
    return;
  }
  at(flink, name).value = value_of(key);
  member(flink, name).value = value_of(key);
}

Node whole() {
  Node root;
  for (const ScenarioKey& key : scenario_keys()) at(root, key.name).value = value_of(key) + described_by(key.doc);
  for (const SpecKey& key : spec_keys()) {
    if (!key.per_seed) at(root, key.name).value = value_of(key) + described_by(key.doc);
  }
  at(root, "job.params").open = true;
  at(root, "matrix").open = true;
  for (const FlinkKey& key : flink_keys()) add_flink(member(root, "flink"), key.name, key);
  for (const FlinkOldName& old : flink_old_names()) add_flink(member(root, "flink"), old.name, *flink_key(old.present));
  return root;
}

class Writer {
 public:
  std::string write(const Node& root) {
    out_ = "{\n  \"$schema\": \"http://json-schema.org/draft-04/schema#\",\n  \"title\": \"a scenario of weir\",\n  ";
    table(root, 1);
    return out_ + "\n}\n";
  }

 private:
  void node(const Node& node, std::size_t depth) {
    const bool list = depth == 2 && (node.name == "fault" || node.name == "action");
    const bool both = !node.value.empty() && is_table(node);
    if (list) out_ += R"("type": "array", "items": {)";
    if (both) out_ += "\"anyOf\": [{" + node.value + "}, {";
    if (is_table(node)) {
      table(node, depth);
    } else {
      out_ += node.value;
    }
    if (both) out_ += "}]";
    if (list) out_ += "}";
  }
  static bool is_table(const Node& node) { return node.open || !node.members.empty(); }

  void table(const Node& node, std::size_t depth) {
    out_ += "\"type\": \"object\"";
    if (!node.open) out_ += ", \"additionalProperties\": false";
    if (node.name == "flink") families(depth);
    if (node.members.empty()) return;
    out_ += ", \"properties\": {";
    const std::string line = "\n" + std::string(2 * depth, ' ');
    for (const Node& inner : node.members) {
      out_ += (&inner == &node.members.front() ? "" : ",") + line + quoted(inner.name) + ": {";
      this->node(inner, depth + 1);
      out_ += "}";
    }
    out_ += line + "}";
  }
  // Families in quotes: "rest.port".
  void families(std::size_t depth) {
    std::string some;
    for (const FlinkKey& key : flink_keys()) {
      if (key.name.back() != '*') continue;
      std::string pattern;
      for (const char c : key.name.substr(0, key.name.size() - 1)) pattern += c == '.' ? "\\." : std::string(1, c);
      some += (some.empty() ? "" : ",") + ("\n" + std::string(2 * depth, ' ')) + quoted("^" + pattern) + ": {}";
    }
    out_ += ", \"patternProperties\": {" + some + "\n" + std::string(2 * depth, ' ') + "}";
  }

  std::string out_;
};

}  // namespace

std::string scenario_schema() { return Writer().write(whole()); }

}  // namespace weir::scenarios
