#include "weir/engine/schema_text.h"

#include <utility>

namespace weir::engine {
namespace {

template <class T>
void describe_number_of(ByteReader& reader, std::string& out) {
  T value{};
  Serializer<T>::read(value, reader);
  if (!reader.failed()) Serializer<T>::describe(value, out);
}

void describe_word(const std::string& name, ByteReader& reader, std::string& out) {
  if (name == "string") return append_quoted(reader.sized(), out);
  if (name == "bool") return describe_number_of<bool>(reader, out);
  if (name == "i8") return describe_number_of<std::int8_t>(reader, out);
  if (name == "i16") return describe_number_of<std::int16_t>(reader, out);
  if (name == "i32") return describe_number_of<std::int32_t>(reader, out);
  if (name == "i64") return describe_number_of<std::int64_t>(reader, out);
  if (name == "u8") return describe_number_of<std::uint8_t>(reader, out);
  if (name == "u16") return describe_number_of<std::uint16_t>(reader, out);
  if (name == "u32") return describe_number_of<std::uint32_t>(reader, out);
  if (name == "u64") return describe_number_of<std::uint64_t>(reader, out);
  if (name == "f32") return describe_number_of<float>(reader, out);
  if (name == "f64") return describe_number_of<double>(reader, out);
  reader.fail();
}

// Elements that take no bytes are not counted out: a few bytes could ask for any number of them.
void describe_list(const SchemaNode& element, ByteReader& reader, std::string& out) {
  out += '[';
  bool first = true;
  for (std::uint64_t n = reader.varint(); n > 0 && !reader.failed(); --n) {
    if (!std::exchange(first, false)) out += ", ";
    const std::size_t before = reader.position();
    describe_as(element, reader, out);
    if (reader.position() == before) reader.fail();
  }
  out += ']';
}

void describe_parts(const SchemaNode& schema, ByteReader& reader, std::string& out) {
  out += '{';
  for (std::size_t i = 0; i < schema.parts.size() && !reader.failed(); ++i) {
    if (i > 0) out += ", ";
    if (!schema.field_names.empty()) out.append(schema.field_names[i]).append(": ");
    describe_as(schema.parts[i], reader, out);
  }
  out += '}';
}

}  // namespace

void describe_as(const SchemaNode& schema, ByteReader& reader, std::string& out) {
  switch (schema.form) {
    case SchemaNode::Form::Word:
      return describe_word(schema.name, reader, out);
    case SchemaNode::Form::List:
      return describe_list(schema.parts.front(), reader, out);
    case SchemaNode::Form::Optional:
      if (reader.fixed<std::uint8_t>() != 0) return describe_as(schema.parts.front(), reader, out);
      out += "none";
      return;
    case SchemaNode::Form::Tuple:
    case SchemaNode::Form::Struct:
      return describe_parts(schema, reader, out);
    case SchemaNode::Form::Custom:
      return reader.fail();
  }
}

std::string value_text(const std::optional<SchemaNode>& schema, BytesView bytes) {
  std::string out;
  if (schema) {
    ByteReader reader(bytes);
    describe_as(*schema, reader, out);
    if (!reader.failed() && reader.at_end()) return out;
    out.clear();
  }
  append_hex(bytes, out);
  return out;
}

void append_hex(BytesView bytes, std::string& out) {
  constexpr char kDigits[] = "0123456789abcdef";
  out += "0x";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
}

}  // namespace weir::engine
