#include "export/json_writer.h"

#include "text/escape.h"
#include "text/numbers.h"

namespace weir::reports {

void JsonWriter::separate() {
  if (!first_) out_.push_back(',');
  if (new_line_) out_.push_back('\n');
  first_ = false;
  new_line_ = false;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_.push_back(bracket);
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  if (new_line_) out_.push_back('\n');
  new_line_ = false;
  out_.push_back(bracket);
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view value) {
  separate();
  out_ += value;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  raw(json_string(name));
  out_.push_back(':');
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) { return raw(json_string(value)); }
JsonWriter& JsonWriter::count(std::uint64_t value) { return raw(std::to_string(value)); }
JsonWriter& JsonWriter::nanoseconds(std::int64_t value) { return raw(std::to_string(value)); }
JsonWriter& JsonWriter::hex_value(std::uint64_t value) { return raw("\"" + hex(value) + "\""); }
JsonWriter& JsonWriter::digits(std::uint64_t value) { return raw("\"" + reports::hex_digits(value) + "\""); }
JsonWriter& JsonWriter::boolean(bool value) { return raw(value ? "true" : "false"); }
JsonWriter& JsonWriter::null() { return raw("null"); }

JsonWriter& JsonWriter::line_break() {
  new_line_ = true;
  return *this;
}

}  // namespace weir::reports
