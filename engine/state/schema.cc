#include "weir/engine/schema.h"

#include <algorithm>
#include <cctype>

namespace weir::engine {
namespace {

constexpr int kDeepest = 64;  // of nested types; more is no description that this code wrote

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.'; }

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}
  std::optional<SchemaNode> whole() {
    SchemaNode node;
    if (!type(node, 0) || at_ != text_.size()) return std::nullopt;
    return node;
  }

 private:
  bool take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string word() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }
  bool type(SchemaNode& node, int depth) {
    if (depth > kDeepest) return false;
    if (take('[')) return one_part(node, SchemaNode::Form::List, depth) && take(']');
    if (take('?')) return one_part(node, SchemaNode::Form::Optional, depth);
    if (take('(')) return parts(node, SchemaNode::Form::Tuple, ')', depth);
    if (take('{')) return parts(node, SchemaNode::Form::Struct, '}', depth) && version(node);
    node.name = word();
    if (node.name.empty() || !version(node)) return false;
    if (node.version != 0) node.form = SchemaNode::Form::Custom;
    node.reads_older = node.version != 0 && take('+');
    return true;
  }
  bool one_part(SchemaNode& node, SchemaNode::Form form, int depth) {
    node.form = form;
    return type(node.parts.emplace_back(), depth + 1);
  }
  bool parts(SchemaNode& node, SchemaNode::Form form, char end, int depth) {
    node.form = form;
    if (take(end)) return true;
    do {
      if (form == SchemaNode::Form::Struct && !field_name(node)) return false;
      if (!type(node.parts.emplace_back(), depth + 1)) return false;
    } while (take(','));
    return take(end) && (node.field_names.empty() || node.field_names.size() == node.parts.size());
  }
  // "name:" if it is there; a word without a colon is the field's type.
  bool field_name(SchemaNode& node) {
    const std::size_t before = at_;
    std::string name = word();
    if (!name.empty() && take(':')) {
      node.field_names.push_back(std::move(name));
    } else {
      at_ = before;
    }
    return true;
  }
  bool version(SchemaNode& node) {
    if (!take('@')) return true;
    const std::string digits = word();
    if (digits.empty() || digits.size() > 9) return false;
    if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) return false;
    node.version = static_cast<std::uint32_t>(std::stoul(digits));
    return node.version != 0;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// Whether a field of this type can be stepped over once the program has no such field any more.
bool has_known_end(const SchemaNode& node) {
  if (node.form == SchemaNode::Form::Custom) return false;
  if (node.form == SchemaNode::Form::Word) return node.name == "string" || size_of_word(node.name) > 0;
  return std::all_of(node.parts.begin(), node.parts.end(), has_known_end);
}

Compatibility compare(const SchemaNode& written, const SchemaNode& now);

Compatibility compare_parts(const SchemaNode& written, const SchemaNode& now) {
  if (written.parts.size() != now.parts.size()) return Compatibility::Incompatible;
  Compatibility worst = Compatibility::AsIs;
  for (std::size_t i = 0; i < now.parts.size(); ++i) worst = std::max(worst, compare(written.parts[i], now.parts[i]));
  return worst;
}

// ST-19: fields may come and go, those that stay keep their type.
Compatibility compare_by_name(const SchemaNode& written, const SchemaNode& now) {
  for (std::size_t i = 0; i < written.parts.size(); ++i) {
    const auto at = std::find(now.field_names.begin(), now.field_names.end(), written.field_names[i]);
    const bool usable =
        at == now.field_names.end()
            ? has_known_end(written.parts[i])
            : compare(written.parts[i], now.parts[static_cast<std::size_t>(at - now.field_names.begin())]) !=
                  Compatibility::Incompatible;
    if (!usable) return Compatibility::Incompatible;
  }
  return Compatibility::AfterMigration;
}

Compatibility compare_structs(const SchemaNode& written, const SchemaNode& now) {
  const bool both_named = !written.field_names.empty() && !now.field_names.empty();
  if (both_named && written.field_names != now.field_names) return compare_by_name(written, now);
  const Compatibility parts = compare_parts(written, now);
  const bool same = written.field_names == now.field_names && written.version == now.version;
  return same ? parts : std::max(parts, Compatibility::Reconfigured);
}

Compatibility compare_custom(const SchemaNode& written, const SchemaNode& now) {
  if (written.name != now.name) return Compatibility::Incompatible;
  if (written.version == now.version) return Compatibility::Reconfigured;
  return now.reads_older && written.version < now.version ? Compatibility::AfterMigration : Compatibility::Incompatible;
}

Compatibility compare(const SchemaNode& written, const SchemaNode& now) {
  if (written.form != now.form) return Compatibility::Incompatible;
  switch (now.form) {
    case SchemaNode::Form::Word:
      return written.name == now.name ? Compatibility::AsIs : Compatibility::Incompatible;
    case SchemaNode::Form::Struct:
      return compare_structs(written, now);
    case SchemaNode::Form::Custom:
      return compare_custom(written, now);
    default:
      return compare_parts(written, now);
  }
}

// Elements that take no bytes are stepped over at once, however many there are said to be.
void skip_list(const SchemaNode& element, ByteReader& reader) {
  for (std::uint64_t n = reader.varint(); n > 0 && !reader.failed(); --n) {
    const std::size_t before = reader.position();
    skip_value(element, reader);
    if (reader.position() == before) return;
  }
}

void skip_word(const std::string& name, ByteReader& reader) {
  if (name == "string") {
    reader.sized();
  } else if (const std::size_t size = size_of_word(name); size > 0) {
    reader.raw(size);
  } else {
    reader.fail();
  }
}

}  // namespace

std::optional<SchemaNode> parse_schema(std::string_view text) { return Parser(text).whole(); }

std::size_t size_of_word(std::string_view name) {
  if (name == "bool" || name == "i8" || name == "u8") return 1;
  if (name == "i16" || name == "u16") return 2;
  if (name == "i32" || name == "u32" || name == "f32") return 4;
  return name == "i64" || name == "u64" || name == "f64" ? 8 : 0;
}

Compatibility compare_schemas(std::string_view written, std::string_view now) {
  if (written == now) return Compatibility::AsIs;
  const std::optional<SchemaNode> was = parse_schema(written);
  const std::optional<SchemaNode> is = parse_schema(now);
  return was && is ? compare(*was, *is) : Compatibility::Incompatible;
}

void skip_value(const SchemaNode& schema, ByteReader& reader) {
  switch (schema.form) {
    case SchemaNode::Form::Word:
      return skip_word(schema.name, reader);
    case SchemaNode::Form::List:
      return skip_list(schema.parts.front(), reader);
    case SchemaNode::Form::Optional:
      if (reader.fixed<std::uint8_t>() != 0) skip_value(schema.parts.front(), reader);
      return;
    case SchemaNode::Form::Tuple:
    case SchemaNode::Form::Struct:
      for (const SchemaNode& part : schema.parts) skip_value(part, reader);
      return;
    case SchemaNode::Form::Custom:
      reader.fail();
      return;
  }
}

}  // namespace weir::engine
