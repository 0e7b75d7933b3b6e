#pragma once

// Writes JSON by hand, in the order it is told. Values of 64 bits that are not counts go out as hex strings, since
// readers in JavaScript lose what is above 2^53.

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::reports {

class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);
  JsonWriter& text(std::string_view value);
  JsonWriter& count(std::uint64_t value);
  JsonWriter& nanoseconds(std::int64_t value);
  JsonWriter& hex_value(std::uint64_t value);  // "0x2a"
  JsonWriter& digits(std::uint64_t value);     // "9f2c…", sixteen digits: hashes
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  // A comma that starts a new line, for large arrays and objects.
  JsonWriter& line_break();
  const std::string& str() const { return out_; }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  JsonWriter& raw(std::string_view value);
  void separate();

  std::string out_;
  bool first_ = true;  // no comma is due
  bool new_line_ = false;
};

}  // namespace weir::reports
