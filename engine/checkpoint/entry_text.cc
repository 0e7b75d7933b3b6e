#include <utility>

#include "weir/engine/schema_text.h"
#include "weir/engine/snapshot_reader.h"

namespace weir::engine {
namespace {

std::optional<SchemaNode> parsed(const std::string& schema) {
  return schema.empty() ? std::nullopt : parse_schema(schema);
}

// Bytes that nothing is known of: as text when they are text, so that names of transactions can be read.
std::string unknown_text(BytesView bytes) {
  std::string text;
  for (const char c : bytes) {
    if (c < 0x20 || c == 0x7F) return append_hex(bytes, text = {}), text;
  }
  append_quoted(bytes, text);
  return bytes.empty() ? "0x" : text;
}

}  // namespace

EntryText::EntryText(const SnapshotState& state)
    : state_(state),
      key_(parsed(state.key_schema)),
      user_key_(parsed(state.meta.user_key)),
      value_(parsed(state.meta.value)) {}

std::string EntryText::key(const SnapshotEntry& entry) const {
  switch (state_.form) {
    case StateForm::Keyed:
    case StateForm::Timers:
      return value_text(key_, entry.key);
    case StateForm::RawKeyed:
      return "key group " + std::to_string(entry.group.value);
    case StateForm::Broadcast:
      return unknown_text(entry.key);
    case StateForm::SplitList:
    case StateForm::UnionList:
    case StateForm::RawPartitions:
      break;
  }
  return "subtask " + std::to_string(entry.subtask);
}

std::string EntryText::name_space(const SnapshotEntry& entry) const {
  return entry.name_space.empty() ? std::string() : value_text(std::nullopt, entry.name_space);
}

std::string EntryText::value(const SnapshotEntry& entry) const {
  if (state_.form != StateForm::Keyed && !value_) return unknown_text(entry.value);
  std::string out;
  std::uint64_t elements = 0;
  ByteReader reader(entry.value);
  return describe_cell(reader, out, elements) ? out : value_text(std::nullopt, entry.value);
}

std::uint64_t EntryText::elements(const SnapshotEntry& entry) const {
  std::string ignored;
  std::uint64_t elements = 0;
  ByteReader reader(entry.value);
  return state_.form == StateForm::Keyed && describe_cell(reader, ignored, elements) ? elements : 1;
}

// What is shown comes first: also bytes that are no such key can be asked for.
Result<Bytes> EntryText::parse_key(std::string_view text) const {
  for (const SnapshotEntry& entry : state_.entries) {
    if (key(entry) == text) return entry.key;
  }
  if (key_) return value_from_text(*key_, text);
  return Status(StatusCode::Invalid, "keys of this state have no schema; write one as it is shown");
}

bool EntryText::describe_cell(ByteReader& reader, std::string& out, std::uint64_t& elements) const {
  if (!value_) return false;
  bool sound = true;
  if (state_.meta.kind == StateKind::Map) {
    sound = describe_map(reader, out, elements);
  } else if (state_.meta.kind == StateKind::List) {
    sound = describe_list(reader, out, elements);
  } else {
    elements = 1;
    sound = describe_value(reader, out);
  }
  return sound && !reader.failed() && reader.at_end();
}

// (ST-4) The bytes of an element say where it ends.
bool EntryText::describe_list(ByteReader& reader, std::string& out, std::uint64_t& elements) const {
  out += '[';
  while (!reader.at_end()) {
    if (elements++ > 0) out += ", ";
    const std::size_t before = reader.position();
    if (!describe_value(reader, out) || reader.position() == before) return false;
  }
  out += ']';
  return true;
}

bool EntryText::describe_map(ByteReader& reader, std::string& out, std::uint64_t& elements) const {
  out += '{';
  while (!reader.at_end()) {
    if (elements++ > 0) out += ", ";
    out += value_text(user_key_, reader.sized()) + ": ";
    ByteReader entry(reader.sized());
    const std::int64_t stamp = state_.meta.stamped ? entry.fixed<std::int64_t>() : 0;
    if (entry.fixed<std::uint8_t>() == 0) {
      out += "none";
    } else {
      describe_as(*value_, entry, out);
    }
    if (state_.meta.stamped) out += " (accessed at " + std::to_string(stamp) + "ns)";
    if (reader.failed() || entry.failed() || !entry.at_end()) return false;
  }
  out += '}';
  return true;
}

bool EntryText::describe_value(ByteReader& reader, std::string& out) const {
  const std::int64_t stamp = state_.meta.stamped ? reader.fixed<std::int64_t>() : 0;
  describe_as(*value_, reader, out);
  if (state_.meta.stamped) out += " (accessed at " + std::to_string(stamp) + "ns)";
  return !reader.failed();
}

}  // namespace weir::engine
