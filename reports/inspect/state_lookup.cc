#include "inspect/state_lookup.h"

#include <optional>

#include "cli/nearest.h"
#include "text/numbers.h"

namespace weir::reports {
namespace {

using engine::Result;
using engine::Status;
using engine::StatusCode;

Status unknown(const std::string& what, const std::string& name, const std::vector<std::string>& known) {
  std::string meant = did_you_mean(name, known);
  if (known.empty())
    return {StatusCode::NotFound, what + " '" + name + "' is not in this checkpoint, nor is any other"};
  if (meant.empty()) {
    for (const std::string& word : known) meant += (meant.empty() ? "; known: " : ", ") + word;
  }
  return {StatusCode::NotFound, what + " '" + name + "' is not in this checkpoint" + meant};
}

}  // namespace

std::string operator_name(const engine::SnapshotOperator& op) {
  return op.uid.empty() ? hex_digits(op.id.value) : op.uid;
}

Result<const engine::SnapshotOperator*> find_operator(const engine::SnapshotContent& content, const std::string& name) {
  std::vector<std::string> known;
  for (const engine::SnapshotOperator& op : content.operators) {
    if (name == op.uid || name == hex_digits(op.id.value)) return &op;
    known.push_back(operator_name(op));
  }
  return unknown("operator", name, known);
}

Result<const engine::SnapshotState*> find_state(const engine::SnapshotOperator& op, const std::string& name) {
  std::vector<std::string> known;
  for (const engine::SnapshotState& state : op.states) {
    if (name == state.meta.name) return &state;
    known.push_back(state.meta.name);
  }
  return unknown("state", name, known);
}

Result<std::vector<ShownEntry>> find_entries(const engine::SnapshotState& state, const std::string* key) {
  const engine::EntryText text(state);
  std::optional<engine::Bytes> wanted;
  if (key != nullptr) {
    auto parsed = text.parse_key(*key);
    if (!parsed.ok()) {
      return Status(StatusCode::Invalid, "key '" + *key + "'" +
                                             (state.key_schema.empty() ? "" : " is no " + state.key_schema) + ": " +
                                             parsed.status().message());
    }
    wanted = std::move(parsed).value();
  }
  std::vector<ShownEntry> found;
  for (const engine::SnapshotEntry& entry : state.entries) {
    if (wanted && entry.key != *wanted) continue;
    found.push_back({text.key(entry), text.name_space(entry), text.value(entry), entry.subtask});
  }
  return found;
}

}  // namespace weir::reports
