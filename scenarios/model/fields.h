#pragma once

// Typed access to the values of a document; what does not fit becomes a problem with its place.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/document.h"
#include "model/problems.h"
#include "weir/engine/types.h"
#include "weir/scenarios/keys.h"

namespace weir::scenarios {

// Keys below `prefix`, which ends in a dot or is empty. Absent keys and wrong values both read as nothing.
class Fields {
 public:
  Fields(const Document& document, std::string prefix, Problems& problems)
      : document_(document), prefix_(std::move(prefix)), problems_(problems) {}

  bool has(std::string_view key) const { return document_.find(path(key)) != nullptr; }
  Place place(std::string_view key) const { return document_.place_of(path(key)); }
  void problem(std::string_view key, const std::string& what) const;

  std::optional<std::string> text(std::string_view key) const;
  std::optional<bool> boolean(std::string_view key) const;
  std::optional<std::uint64_t> integer(std::string_view key, std::uint64_t low, std::uint64_t high) const;
  std::optional<engine::Duration> duration(std::string_view key) const;
  std::vector<Value> texts(std::string_view key) const;

 private:
  std::string path(std::string_view key) const { return prefix_ + std::string(key); }
  const Value* of_kind(std::string_view key, ValueKind kind, std::string_view expected) const;

  const Document& document_;
  std::string prefix_;
  Problems& problems_;
};

// Sets the key from a value of the right kind; a message otherwise.
engine::Status set_from_value(RunSpec& spec, const SpecKey& key, const Value& value);

}  // namespace weir::scenarios
