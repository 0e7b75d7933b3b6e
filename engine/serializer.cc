#include "weir/engine/serializer.h"

#include <charconv>

namespace weir::engine {
namespace {

template <class Number>
void append_shortest(Number value, std::string& out) {
  char digits[64];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

}  // namespace

void append_quoted(BytesView text, std::string& out) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\') {
      out += c;
    } else {
      out.append({'\\', 'x', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  out += '"';
}

namespace detail {

void describe_number(double value, std::string& out) { append_shortest(value, out); }
void describe_number(float value, std::string& out) { append_shortest(value, out); }

}  // namespace detail
}  // namespace weir::engine
