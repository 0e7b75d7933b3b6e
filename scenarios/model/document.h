#pragma once

// A scenario file, flattened: dotted path → value, each with its place. Only this unit knows the TOML library.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::scenarios {

struct Place {
  std::string file;
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::string text() const;  // "file:line:column"
};

enum class ValueKind : std::uint8_t { Integer, Boolean, Text, Number, Date, List, Table };
std::string_view described(ValueKind kind);  // "an integer"

struct Value {
  ValueKind kind = ValueKind::Text;
  std::string text;         // of a scalar, as a key's `set` takes it
  std::vector<Value> list;  // List
  Place place;
};

struct Entry {
  std::string path;  // "checkpoint.interval", "fault.0.when.event"
  Value value;
  Place key_place;
};

class Document {
 public:
  // In the order of the file; tables come before what is in them.
  std::vector<Entry> entries;
  std::string file;
  std::vector<std::string> swept;  // paths whose values a matrix chose

  bool is_swept(std::string_view path) const;

  const Value* find(std::string_view path) const;
  // Replaces the value, or appends it.
  void set(std::string_view path, Value value);
  // First existing ancestor of a path, for problems about what is missing.
  Place place_of(std::string_view path) const;
};

// Problems are lines "file:line:column: …"; the document is what could be read.
Document read_document(const std::string& file, std::vector<std::string>& problems);
// "key=value" of a command line; the value is TOML, or else plain text. Gives the path that was set.
std::optional<std::string> set_from_text(Document& document, std::string_view assignment,
                                         std::vector<std::string>& problems);

}  // namespace weir::scenarios
