#include <charconv>
#include <utility>

#include "weir/engine/schema_text.h"

namespace weir::engine {
namespace {

// Reads text by a schema and writes the bytes. The first thing that does not fit is remembered; nothing counts then.
class TextReader {
 public:
  TextReader(std::string_view text, ByteWriter& out) : text_(text), out_(out) {}

  void value(const SchemaNode& schema);
  void end() {
    blanks();
    if (at_ != text_.size()) expected("nothing more");
  }
  bool failed() const { return !problem_.empty(); }
  const std::string& problem() const { return problem_; }

 private:
  void fail(std::string problem) {
    if (!failed()) problem_ = std::move(problem);
    at_ = text_.size();
  }
  void expected(const std::string& what) { fail(what + " is expected at character " + std::to_string(at_ + 1)); }
  void blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(std::string_view word) {
    blanks();
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  void need(char c) {
    if (!take(std::string_view(&c, 1))) expected(std::string("'") + c + "'");
  }

  template <class T>
  void number(const char* what) {
    blanks();
    T value{};
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error != std::errc{}) return expected(what);
    at_ = static_cast<std::size_t>(end - text_.data());
    Serializer<T>::write(value, out_);
  }
  void word(const std::string& name);
  void boolean() {
    if (take("true")) return Serializer<bool>::write(true, out_);
    if (take("false")) return Serializer<bool>::write(false, out_);
    expected("true or false");
  }
  void quoted();
  void escaped(std::string& text);
  void list(const SchemaNode& element);
  void parts(const SchemaNode& schema);

  std::string_view text_;
  ByteWriter& out_;
  std::size_t at_ = 0;
  std::string problem_;
};

void TextReader::word(const std::string& name) {
  if (name == "string") return quoted();
  if (name == "bool") return boolean();
  if (name == "i8") return number<std::int8_t>("an integer of 8 bits");
  if (name == "i16") return number<std::int16_t>("an integer of 16 bits");
  if (name == "i32") return number<std::int32_t>("an integer of 32 bits");
  if (name == "i64") return number<std::int64_t>("an integer of 64 bits");
  if (name == "u8") return number<std::uint8_t>("an integer from 0, of 8 bits");
  if (name == "u16") return number<std::uint16_t>("an integer from 0, of 16 bits");
  if (name == "u32") return number<std::uint32_t>("an integer from 0, of 32 bits");
  if (name == "u64") return number<std::uint64_t>("an integer from 0, of 64 bits");
  if (name == "f32") return number<float>("a number");
  if (name == "f64") return number<double>("a number");
  fail("the schema does not tell how a '" + name + "' is written");
}

void TextReader::quoted() {
  if (!take("\"")) return expected("a text in double quotes");
  std::string text;
  while (at_ < text_.size() && text_[at_] != '"') {
    text_[at_] == '\\' ? escaped(text) : text.push_back(text_[at_++]);
  }
  need('"');
  out_.sized(text);
}

// \" and \\ for themselves, \xNN for any byte.
void TextReader::escaped(std::string& text) {
  const std::string_view rest = text_.substr(at_ + 1);
  if (!rest.empty() && (rest[0] == '"' || rest[0] == '\\')) {
    text += rest[0];
    at_ += 2;
    return;
  }
  std::uint8_t byte = 0;
  const bool hex = rest.size() >= 3 && rest[0] == 'x' &&
                   std::from_chars(rest.data() + 1, rest.data() + 3, byte, 16).ptr == rest.data() + 3;
  if (!hex) return expected("\\xNN, \\\" or \\\\");
  text += static_cast<char>(byte);
  at_ += 4;
}

void TextReader::list(const SchemaNode& element) {
  need('[');
  ByteBuffer elements;
  std::uint64_t count = 0;
  {
    ByteWriter writer(elements);
    TextReader inner(text_, writer);
    inner.at_ = at_;
    while (!failed() && !inner.failed() && !inner.take("]")) {
      if (count++ > 0) inner.need(',');
      inner.value(element);
    }
    at_ = inner.at_;
    if (!failed()) problem_ = inner.problem_;
  }
  out_.varint(count);
  out_.raw(elements);
}

void TextReader::parts(const SchemaNode& schema) {
  need('{');
  for (std::size_t i = 0; i < schema.parts.size() && !failed(); ++i) {
    if (i > 0) need(',');
    if (!schema.field_names.empty() && take(schema.field_names[i] + ":")) blanks();
    value(schema.parts[i]);
  }
  need('}');
}

void TextReader::value(const SchemaNode& schema) {
  switch (schema.form) {
    case SchemaNode::Form::Word:
      return word(schema.name);
    case SchemaNode::Form::List:
      return list(schema.parts.front());
    case SchemaNode::Form::Optional: {
      const bool none = take("none");
      out_.fixed<std::uint8_t>(none ? 0 : 1);
      return none ? void() : value(schema.parts.front());
    }
    case SchemaNode::Form::Tuple:
    case SchemaNode::Form::Struct:
      return parts(schema);
    case SchemaNode::Form::Custom:
      return word(schema.name);
  }
}

}  // namespace

Result<Bytes> value_from_text(const SchemaNode& schema, std::string_view text) {
  ByteBuffer bytes;
  ByteWriter writer(bytes);
  if (schema.form == SchemaNode::Form::Word && schema.name == "string" && text.substr(0, 1) != "\"") {
    writer.sized(text);
    return writer.bytes();
  }
  TextReader reader(text, writer);
  reader.value(schema);
  if (!reader.failed()) reader.end();
  if (reader.failed()) return Status(StatusCode::Invalid, reader.problem());
  return writer.bytes();
}

}  // namespace weir::engine
